/*
 * Asks an app's health path, GET on loopback (RFC 9110), until the answer is good: a status of 2xx
 * or 3xx.
 *
 * A connection of its own reaches the generation that is asked about, before it gets others
 * (handoff_child_probe). Where two generations share one queue of connections all the same, either
 * of them can take the one that asks. So nothing is sent before the kernel says who has accepted
 * it: the request goes out only where that is the generation that is asked about, and else the
 * connection is closed unused and another one made. No answer of the older one is ever taken for
 * the new one's.
 *
 * One attempt at a time, of 5 s at most, with growing pauses in between; of the answer the first
 * line is read and nothing else. It goes on until health_free.
 */
#ifndef ZONDA_RUN_HEALTH_H
#define ZONDA_RUN_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/handoff.h"
#include "platform/loop.h"

struct health_target {
    uint16_t port;
    const char *path;            /* from the '/' on; copied */
    int pid;                     /* the generation is this process and all below it */
    struct handoff_child *child; /* its listeners, borrowed; or NULL */
    bool shared;                 /* others may listen on the same socket */
};

struct health;
/* on_good is called once, on the loop, and may call health_free. */
struct health *health_new(struct loop *loop, const struct health_target *target,
                          void (*on_good)(void *data), void *data);
void health_free(struct health *health); /* NULL is allowed */
/* What became of the last attempt, as "GET /healthz …": "answers 503". */
const char *health_words(const struct health *health);

/* The status of an answer that begins with these bytes (RFC 9112, section 4); 0 where its first
   line is not whole yet, -1 where it is none. */
int health_status(const char *bytes, size_t len);

#endif
