/*
 * The app could not start since somebody else has its port: no crash loop, but a look now and then,
 * and it starts as soon as the port is free.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "platform/loopback.h"
#include "run/parts.h"

#define LOOK_FIRST_MS 100
#define LOOK_MOST_MS  2000
#define WAIT_MS       600000 /* then it waits for a change or a key */

bool run_is_blocked(struct service *service)
{
    return service->taken_port && service->end_rules.restart != RESTART_NEVER &&
           policy_has_room(&service->policy, &service->end_rules, clock_mono_ns());
}

void run_block(struct service *service)
{
    service->blocked_port = service->taken_port;
    service->blocked_ns = clock_mono_ns();
    service->look_ms = LOOK_FIRST_MS;
    run_enter(service, RUN_BLOCKED);
    timer_start(service->timer, LOOK_FIRST_MS);
    service->events.on_blocked(service->events.data, service->blocked_port);
}

static void give_up(struct service *service)
{
    char why[128];
    (void)snprintf(why, sizeof why, "port %u is still in use; %s", service->blocked_port,
                   POLICY_WHAT_TO_DO);
    run_enter(service, RUN_DOWN);
    service->events.on_crash(service->events.data, false, 0, why);
}

void run_look_at_port(struct service *service)
{
    char text[96];
    if (loopback_port_is_free(service->blocked_port)) {
        (void)snprintf(text, sizeof text, "port %u is free: the app is started",
                       service->blocked_port);
        service->events.on_notice(service->events.data, text);
        run_launch(service);
    } else if (clock_mono_ns() - service->blocked_ns >= WAIT_MS * CLOCK_NS_PER_MS) {
        give_up(service);
    } else {
        service->look_ms += service->look_ms / 2;
        if (service->look_ms > LOOK_MOST_MS)
            service->look_ms = LOOK_MOST_MS;
        timer_start(service->timer, service->look_ms);
    }
}

void service_port_taken(struct service *service, uint16_t port)
{
    if (service->telling)
        service->taken_port = port;
}

uint16_t service_port_wanted(const struct service *service)
{
    return service->telling ? service->wanted_port : 0;
}
