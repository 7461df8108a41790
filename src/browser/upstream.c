#include "browser/upstream.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define ERRORS_MAX 5 /* of a failed build that are shown */

void upstream_init(struct upstream *upstream)
{
    *upstream = (struct upstream){.state = UPSTREAM_COMING};
    buf_init(&upstream->why, UPSTREAM_WHY_MAX);
    buf_init(&upstream->reload, UPSTREAM_WHY_MAX);
    buf_init(&upstream->errors, UPSTREAM_WHY_MAX);
}

void upstream_fini(struct upstream *upstream)
{
    free(upstream->service);
    buf_fini(&upstream->why);
    buf_fini(&upstream->reload);
    buf_fini(&upstream->errors);
}

static void set_port(struct upstream *upstream, uint16_t port)
{
    enum tcp_family family = upstream->address.family == TCP_IPV6 ? TCP_IPV6 : TCP_IPV4;
    struct err ignored; /* both are numbers */
    (void)tcp_address_parse(&upstream->address, family == TCP_IPV6 ? "::1" : "127.0.0.1", port,
                            &ignored);
    upstream->has_address = true;
}

void upstream_other_family(struct upstream *upstream)
{
    struct err ignored; /* both are numbers */
    bool is_6 = upstream->address.family == TCP_IPV6;
    if (upstream->address.family == TCP_LOCAL)
        return;
    (void)tcp_address_parse(&upstream->address, is_6 ? "127.0.0.1" : "::1", upstream->address.port,
                            &ignored);
}

/* What the configuration says, else the port that was used before, else the first one found. */
void upstream_address(struct upstream *upstream, const struct config_proxy *config)
{
    const struct listeners *listeners = &upstream->listeners;
    struct err err;
    if (*config->app_socket) {
        upstream->has_address =
            tcp_address_local(&upstream->address, config->app_socket, &err) == 0;
        return;
    }
    if (config->app_port) {
        set_port(upstream, (uint16_t)config->app_port);
        return;
    }
    for (size_t i = 0; i < listeners->tcp_len; i++)
        if (upstream->has_address && upstream->address.family != TCP_LOCAL &&
            listeners->tcp_ports[i] == upstream->address.port)
            return;
    upstream->has_address = false;
    if (listeners->tcp_len)
        set_port(upstream, listeners->tcp_ports[0]);
}

static void forget_failure(struct upstream *upstream)
{
    buf_reset(&upstream->why);
    buf_reset(&upstream->reload);
    buf_reset(&upstream->errors);
}

static enum upstream_news serves(struct upstream *upstream, const struct config_proxy *config,
                                 const struct event *event)
{
    upstream->listeners = *event->listeners;
    upstream_address(upstream, config);
    upstream->generation = (uint64_t)event->number;
    forget_failure(upstream);
    if (upstream->has_address) {
        upstream->state = UPSTREAM_SERVES;
        return UPSTREAM_OTHER;
    }
    upstream->state = UPSTREAM_FAILED;
    (void)buf_puts(&upstream->why,
                   "The app runs, but listens on no port that zonda sees. Name it with [proxy] "
                   "app_port or app_socket; or give it longer with [run] ready_timeout.");
    return UPSTREAM_GIVEN_UP;
}

static enum upstream_news gone(struct upstream *upstream)
{
    if (upstream->state != UPSTREAM_SERVES)
        return UPSTREAM_SAME;
    upstream->state = UPSTREAM_COMING;
    upstream->generation = 0;
    return UPSTREAM_GONE;
}

static void put_errors(struct upstream *upstream, const struct diagnostics *diagnostics)
{
    size_t count = 0;
    VEC_EACH (const struct diagnostic, diagnostic, &diagnostics->list) {
        if (++count > ERRORS_MAX)
            break;
        (void)buf_printf(&upstream->errors, "%s%s:%d:%d: %s\n", count > 1 ? "\n" : "",
                         diagnostic->file, diagnostic->line, diagnostic->column,
                         diagnostic->message);
        diagnostic_excerpt(diagnostic, 2, 2, &upstream->errors);
    }
}

/* A reload has ended. Where an older version serves on, its failure is not the proxy's. */
static enum upstream_news ended(struct upstream *upstream, const struct reload *reload)
{
    enum reload_outcome outcome = reload->outcome;
    bool failed = outcome == RELOAD_BUILD_FAILED || outcome == RELOAD_START_FAILED;
    if (upstream->state == UPSTREAM_SERVES || !(failed || outcome == RELOAD_ENDED))
        return UPSTREAM_SAME;
    forget_failure(upstream);
    (void)buf_puts(&upstream->why, outcome == RELOAD_BUILD_FAILED   ? "The build failed."
                                   : outcome == RELOAD_START_FAILED ? "The app did not start."
                                                                    : "The app has ended.");
    if (*reload->message)
        (void)buf_printf(&upstream->why, " %s.", reload->message);
    reload_write_json(reload, &upstream->reload);
    if (upstream->reload.truncated)
        buf_reset(&upstream->reload);
    put_errors(upstream, &reload->diagnostics);
    upstream->state = UPSTREAM_FAILED;
    return UPSTREAM_GIVEN_UP;
}

/* It crashed and is not started again. */
static enum upstream_news down(struct upstream *upstream, const char *why)
{
    if (upstream->state != UPSTREAM_COMING)
        return UPSTREAM_SAME;
    forget_failure(upstream);
    (void)buf_printf(&upstream->why, "The app does not run: %s.", why);
    upstream->state = UPSTREAM_FAILED;
    return UPSTREAM_GIVEN_UP;
}

/* Of several services only one is the app: the configured one, else the first that listens. Until
   that has, what becomes of the others is told to those who wait. */
static bool concerns(struct upstream *upstream, const struct config_proxy *config,
                     const struct event *event)
{
    if (*config->service && event->service)
        return strcmp(config->service, event->service) == 0;
    if (upstream->service)
        return event->service && strcmp(upstream->service, event->service) == 0;
    if (event->kind != EVENT_APP_READY || !event->service)
        return true;
    if (event->listeners->tcp_len)
        upstream->service = mem_string(event->service);
    return upstream->service != NULL;
}

bool upstream_is(const struct upstream *upstream, const char *service)
{
    return !upstream->service || !service || strcmp(upstream->service, service) == 0;
}

/* docs/generations.md: the older one accepts what it has got still. */
static bool is_handing(const struct service_transition *step)
{
    return !step->one && strcmp(step->to, "HANDING") == 0 && strcmp(step->from, "HANDING") != 0;
}

enum upstream_news upstream_event(struct upstream *upstream, const struct config_proxy *config,
                                  const struct event *event)
{
    if (!concerns(upstream, config, event))
        return UPSTREAM_SAME;
    bool ours = upstream->generation && (uint64_t)event->number == upstream->generation;
    switch (event->kind) {
    case EVENT_APP_READY:
        return serves(upstream, config, event);
    case EVENT_APP_STOPPING:
    case EVENT_APP_EXIT:
        return ours ? gone(upstream) : UPSTREAM_SAME;
    case EVENT_TRANSITION:
        return is_handing(event->transition) ? UPSTREAM_MOVES : UPSTREAM_SAME;
    case EVENT_APP_DOWN:
        return down(upstream, event->text);
    case EVENT_RELOAD_BEGIN:
        if (upstream->state == UPSTREAM_FAILED && event->reload->action >= ACTION_RESTART)
            upstream->state = UPSTREAM_COMING;
        return UPSTREAM_SAME;
    case EVENT_RELOAD_END:
        return ended(upstream, event->reload);
    default:
        return UPSTREAM_SAME;
    }
}
