#include "observe/bus.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

struct subscriber {
    bus_fn *fn; /* NULL: gone, its place is taken again by the next one */
    void *data;
};

struct bus {
    struct subscriber subscribers[BUS_SUBSCRIBERS_MAX];
};

struct bus *bus_new(void)
{
    return mem_new(1, sizeof(struct bus));
}

void bus_free(struct bus *bus)
{
    free(bus);
}

int bus_subscribe(struct bus *bus, bus_fn *fn, void *data)
{
    for (size_t i = 0; i < BUS_SUBSCRIBERS_MAX; i++) {
        if (!bus->subscribers[i].fn) {
            bus->subscribers[i] = (struct subscriber){.fn = fn, .data = data};
            return 0;
        }
    }
    return -1;
}

void bus_unsubscribe(struct bus *bus, bus_fn *fn, void *data)
{
    for (size_t i = 0; i < BUS_SUBSCRIBERS_MAX; i++) {
        struct subscriber *subscriber = &bus->subscribers[i];
        if (subscriber->fn == fn && subscriber->data == data)
            *subscriber = (struct subscriber){0};
    }
}

void bus_publish(struct bus *bus, struct event *event)
{
    if (!event->mono_ns)
        event->mono_ns = clock_mono_ns();
    if (!event->wall_ns)
        event->wall_ns = clock_wall_ns();
    for (size_t i = 0; i < BUS_SUBSCRIBERS_MAX; i++) {
        /* Read anew each time: a subscriber may come or go inside a call. */
        struct subscriber subscriber = bus->subscribers[i];
        if (subscriber.fn)
            subscriber.fn(subscriber.data, event);
    }
}
