/*
 * Requests that wait for the app.
 *
 * They stand in one list in the order in which they came, each with its deadline; at most HOLD_MAX
 * of them, with PASSING_BODY_KEPT bytes of body or a little more each. While something is known to
 * come (upstream.h) they wait for its event. Where the app should serve and its port is refused all
 * the same, some of them try again after a pause.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "browser/proxy_parts.h"

static bool is_over(const struct passing *passing, uint64_t now_ns)
{
    return passing->until_ns <= now_ns;
}

static void refuse_late(struct passing *passing)
{
    char time[CLOCK_WALL_BYTES], why[128];
    const struct config_proxy *config = &passing->proxy->config->proxy;
    clock_format_duration(config->hold_timeout_ms * CLOCK_NS_PER_MS, time);
    (void)snprintf(why, sizeof why, "The app did not serve within %s ([proxy] hold_timeout).",
                   time);
    refuse_unavailable(passing, why);
}

/* Those whose time is over are answered, wherever they stand: hold_timeout may have changed. */
static void refuse_those_late(struct proxy *proxy)
{
    uint64_t now_ns = clock_mono_ns();
    for (struct passing *next, *at = proxy->waiting.first; at; at = next) {
        next = at->next;
        if (is_over(at, now_ns))
            refuse_late(at);
    }
}

static void try_some(struct proxy *proxy)
{
    size_t count = proxy->waiting.count < HOLD_TRIES ? proxy->waiting.count : HOLD_TRIES;
    while (count-- > 0 && proxy->waiting.first)
        passing_send(proxy->waiting.first);
}

void hold_tick(void *data)
{
    struct proxy *proxy = data;
    refuse_those_late(proxy);
    if (proxy->upstream.state == UPSTREAM_SERVES)
        try_some(proxy);
    if (proxy->waiting.count)
        timer_start(proxy->pause, HOLD_PAUSE_MS);
}

void hold_add(struct passing *passing)
{
    struct proxy *proxy = passing->proxy;
    if (is_over(passing, clock_mono_ns())) {
        refuse_late(passing);
    } else if (proxy->upstream.state == UPSTREAM_FAILED) {
        refuse_unavailable(passing, NULL);
    } else if (proxy->waiting.count == HOLD_MAX) {
        refuse_unavailable(passing, "Too many requests wait for the app already.");
    } else {
        passing_list_remove(&proxy->under_way, passing);
        passing->state = PASSING_WAITING;
        passing_list_add(&proxy->waiting, passing);
        if (!timer_active(proxy->pause))
            timer_start(proxy->pause, HOLD_PAUSE_MS);
    }
}

void hold_release(struct proxy *proxy)
{
    size_t count = proxy->waiting.count; /* not those that come back at once */
    while (count-- > 0 && proxy->waiting.first)
        passing_send(proxy->waiting.first);
}

void hold_give_up(struct proxy *proxy)
{
    while (proxy->waiting.first)
        refuse_unavailable(proxy->waiting.first, NULL);
}
