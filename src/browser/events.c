#include "browser/events.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "platform/random.h"

#define RUN_DIGITS    8
#define NUMBER_DIGITS 19 /* of the largest that is taken back */

struct kept {
    enum events_kind kind;
    uint64_t number;
    char *data; /* owned */
    size_t len;
};

struct listener {
    events_fn *fn;
    void *data;
};

struct events {
    char run[RUN_DIGITS + 1];
    uint64_t last;
    struct kept ring[EVENTS_KEPT]; /* number n stands at n % EVENTS_KEPT */
    uint64_t first;                /* the oldest that is kept */
    size_t bytes;
    struct kept state; /* the last of EVENTS_STATE, whatever became of its place in the ring */
    VEC(struct listener) listeners;
    size_t next; /* of those that are being told */
};

struct events *events_new(void)
{
    struct events *events = mem_new(1, sizeof *events);
    random_hex(events->run, RUN_DIGITS);
    events->first = 1;
    return events;
}

static void forget(struct events *events)
{
    struct kept *oldest = &events->ring[events->first++ % EVENTS_KEPT];
    events->bytes -= oldest->len;
    free(oldest->data);
    *oldest = (struct kept){0};
}

void events_free(struct events *events)
{
    if (!events)
        return;
    while (events->first <= events->last)
        forget(events);
    free(events->state.data);
    vec_fini(&events->listeners);
    free(events);
}

static struct events_message message_of(const struct kept *kept)
{
    return (struct events_message){
        .kind = kept->kind, .number = kept->number, .data = kept->data, .len = kept->len};
}

static void keep(struct events *events, const struct kept *kept)
{
    while (events->first < kept->number && (kept->number - events->first >= EVENTS_KEPT ||
                                            events->bytes + kept->len > EVENTS_BYTES_MAX))
        forget(events);
    events->ring[kept->number % EVENTS_KEPT] = *kept;
    events->bytes += kept->len;
    if (kept->kind != EVENTS_STATE)
        return;
    free(events->state.data);
    events->state = *kept;
    events->state.data = mem_string_n(kept->data, kept->len);
}

void events_publish(struct events *events, enum events_kind kind, const char *data, size_t len)
{
    struct kept kept = {
        .kind = kind, .number = ++events->last, .data = mem_string_n(data, len), .len = len};
    keep(events, &kept);
    struct events_message message = message_of(&kept);
    for (events->next = 0; events->next < events->listeners.len;) {
        struct listener listener = events->listeners.at[events->next++];
        listener.fn(listener.data, &message);
    }
}

void events_subscribe(struct events *events, events_fn *fn, void *listener)
{
    vec_push(&events->listeners, ((struct listener){.fn = fn, .data = listener}));
}

void events_unsubscribe(struct events *events, events_fn *fn, void *listener)
{
    for (size_t i = 0; i < events->listeners.len; i++) {
        if (events->listeners.at[i].fn != fn || events->listeners.at[i].data != listener)
            continue;
        vec_remove(&events->listeners, i);
        if (i < events->next)
            events->next--;
        return;
    }
}

size_t events_listeners(const struct events *events)
{
    return events->listeners.len;
}

void events_id(const struct events *events, uint64_t number, char id[EVENTS_ID_BYTES])
{
    (void)snprintf(id, EVENTS_ID_BYTES, "%s-%" PRIu64, events->run, number);
}

uint64_t events_last(const struct events *events)
{
    return events->last;
}

/* The number in an id of this run, or UINT64_MAX. */
static uint64_t number_in(const struct events *events, const char *id, size_t len)
{
    uint64_t number = 0;
    if (len < RUN_DIGITS + 2 || len > RUN_DIGITS + 1 + NUMBER_DIGITS - 1 ||
        memcmp(id, events->run, RUN_DIGITS) != 0 || id[RUN_DIGITS] != '-')
        return UINT64_MAX;
    for (size_t i = RUN_DIGITS + 1; i < len; i++) {
        if (id[i] < '0' || id[i] > '9')
            return UINT64_MAX;
        number = number * 10 + (uint64_t)(id[i] - '0');
    }
    return number;
}

bool events_replay(const struct events *events, const char *id, size_t len, events_fn *fn,
                   void *listener)
{
    uint64_t seen = number_in(events, id, len);
    if (seen > events->last || seen + 1 < events->first)
        return false;
    uint64_t from = seen + 1, state = 0;
    for (uint64_t number = from; number <= events->last; number++) {
        enum events_kind kind = events->ring[number % EVENTS_KEPT].kind;
        if (kind == EVENTS_REFRESH)
            from = number;
        else if (kind == EVENTS_STATE)
            state = number;
    }
    for (uint64_t number = seen + 1; number <= events->last; number++) {
        struct events_message message = message_of(&events->ring[number % EVENTS_KEPT]);
        if (message.kind == EVENTS_STATE ? number == state : number >= from)
            fn(listener, &message);
    }
    return true;
}

void events_state(const struct events *events, events_fn *fn, void *listener)
{
    if (!events->state.data)
        return;
    struct events_message message = message_of(&events->state);
    fn(listener, &message);
}

void events_each(const struct events *events, events_fn *fn, void *listener)
{
    for (uint64_t number = events->first; number <= events->last; number++) {
        struct events_message message = message_of(&events->ring[number % EVENTS_KEPT]);
        fn(listener, &message);
    }
}
