#include "browser/events.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/random.h"

#define RUN_DIGITS        8
#define NUMBER_DIGITS_MAX 18 /* fits uint64_t whatever the digits */

struct kept {
    enum events_kind kind;
    uint64_t number;
    char *data; /* owned */
    size_t len;
};

struct events {
    char run[RUN_DIGITS + 1];
    uint64_t first, last;          /* kept are first to last; none while first > last */
    struct kept ring[EVENTS_KEPT]; /* number n stands at n % EVENTS_KEPT */
    size_t bytes;
    struct kept state; /* a copy of the last of EVENTS_STATE */
    struct {
        events_told_fn *fn;
        void *data;
    } told[EVENTS_TOLD_MAX];
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
    free(events);
}

void events_on_told(struct events *events, events_told_fn *fn, void *data)
{
    for (size_t i = 0; i < EVENTS_TOLD_MAX; i++) {
        if (events->told[i].fn)
            continue;
        events->told[i].fn = fn;
        events->told[i].data = data;
        return;
    }
}

void events_off_told(struct events *events, events_told_fn *fn, void *data)
{
    for (size_t i = 0; i < EVENTS_TOLD_MAX; i++)
        if (events->told[i].fn == fn && events->told[i].data == data)
            events->told[i].fn = NULL;
}

void events_publish(struct events *events, enum events_kind kind, const char *data, size_t len)
{
    struct kept kept = {
        .kind = kind, .number = events->last + 1, .data = mem_string_n(data, len), .len = len};
    while (events->first <= events->last &&
           (kept.number - events->first >= EVENTS_KEPT || events->bytes + len > EVENTS_BYTES_MAX))
        forget(events);
    events->last = kept.number;
    events->ring[kept.number % EVENTS_KEPT] = kept;
    events->bytes += len;
    if (kind == EVENTS_STATE) {
        free(events->state.data);
        events->state = kept;
        events->state.data = mem_string_n(data, len);
    }
    for (size_t i = 0; i < EVENTS_TOLD_MAX; i++)
        if (events->told[i].fn)
            events->told[i].fn(events->told[i].data);
}

static struct events_message message_of(const struct kept *kept)
{
    return (struct events_message){
        .kind = kept->kind, .number = kept->number, .data = kept->data, .len = kept->len};
}

bool events_after(const struct events *events, uint64_t number, events_fn *fn, void *data)
{
    if (number > events->last || number + 1 < events->first)
        return false;
    uint64_t refresh = 0, state = 0;
    for (uint64_t at = number + 1; at <= events->last; at++) {
        enum events_kind kind = events->ring[at % EVENTS_KEPT].kind;
        refresh = kind == EVENTS_REFRESH ? at : refresh;
        state = kind == EVENTS_STATE ? at : state;
    }
    for (uint64_t at = number + 1; at <= events->last; at++) {
        struct events_message message = message_of(&events->ring[at % EVENTS_KEPT]);
        bool counts = message.kind == EVENTS_STATE  ? at == state
                      : message.kind == EVENTS_NEWS ? true
                                                    : at >= refresh;
        if (counts)
            fn(data, &message);
    }
    return true;
}

void events_state(const struct events *events, events_fn *fn, void *data)
{
    if (!events->state.data)
        return;
    struct events_message message = message_of(&events->state);
    fn(data, &message);
}

uint64_t events_last(const struct events *events)
{
    return events->last;
}

void events_id(const struct events *events, uint64_t number, char id[EVENTS_ID_BYTES])
{
    (void)snprintf(id, EVENTS_ID_BYTES, "%s-%" PRIu64, events->run, number);
}

bool events_number(const struct events *events, const char *id, size_t len, uint64_t *number)
{
    *number = 0;
    if (len < RUN_DIGITS + 2 || len > RUN_DIGITS + 1 + NUMBER_DIGITS_MAX ||
        memcmp(id, events->run, RUN_DIGITS) != 0 || id[RUN_DIGITS] != '-')
        return false;
    for (size_t i = RUN_DIGITS + 1; i < len; i++) {
        if (id[i] < '0' || id[i] > '9')
            return false;
        *number = *number * 10 + (uint64_t)(id[i] - '0');
    }
    return *number <= events->last;
}
