/*
 * One connection to Delve's API, version 2: JSON-RPC 1.0 over TCP, a JSON value a line.
 * https://github.com/go-delve/delve/tree/master/Documentation/api
 *
 * Life-cycle: delve_open, on_open, calls one after the other, delve_close. A call is answered
 * exactly once, or on_failed ends it all; after that only delve_close is left. Both may close it.
 */
#ifndef ZONDA_RUN_DELVE_H
#define ZONDA_RUN_DELVE_H

#include <stdint.h>

#include "base/json.h"
#include "platform/loop.h"

struct delve;

struct delve_events {
    void (*on_open)(void *data);
    void (*on_failed)(void *data, const char *why);
    void *data;
};

/* Tries to connect to 127.0.0.1:port until somebody accepts. Everything up to delve_have_patience
   must be done within patience_ms. */
struct delve *delve_open(struct loop *loop, uint16_t port, uint32_t patience_ms,
                         const struct delve_events *events);
void delve_close(struct delve *delve); /* NULL is allowed */

/* result is borrowed until the function returns; error is NULL where the call succeeded. */
typedef void delve_answer_fn(void *data, const struct json *result, const char *error);
/* params: one JSON object. */
void delve_call(struct delve *delve, const char *method, const char *params,
                delve_answer_fn *answer);
/* The answer may take for ever. */
void delve_have_patience(struct delve *delve);

#endif
