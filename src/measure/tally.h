/*
 * What was counted of requests: how many, how they failed, how long they took.
 *
 * A request is counted once, when it is over. Its latency counts where an answer came and where
 * waiting for it was given up; a connection that was refused or broken has none. Owns nothing.
 */
#ifndef ZONDA_MEASURE_TALLY_H
#define ZONDA_MEASURE_TALLY_H

#include <stdint.h>

#include "measure/histogram.h"

enum load_error {
    LOAD_OK,
    LOAD_REFUSED,   /* nobody listens there, or no way leads there */
    LOAD_RESET,     /* broken off by the peer */
    LOAD_CLOSED,    /* the connection ended before the answer did */
    LOAD_TIMEOUT,   /* no whole answer in time */
    LOAD_MALFORMED, /* what came is no HTTP */
    LOAD_TLS,       /* no TLS, or a certificate that is not trusted */
    LOAD_STATUS,    /* 400 and above, or one that the task's check does not name */
    LOAD_CHECK,     /* another check failed */
    LOAD_DROPPED,   /* open model: no connection became free, and too many waited already */
    LOAD_SYSTEM,    /* this machine refused: no descriptor or port left, too large a request */
    LOAD_ERRORS,
};
const char *load_error_name(enum load_error error); /* "timeout" */

struct tally {
    uint64_t requests;            /* that are over, good or bad */
    uint64_t errors[LOAD_ERRORS]; /* [LOAD_OK]: the good ones */
    uint64_t retried;     /* sent once more, as the server had just closed the kept connection */
    uint64_t connections; /* opened */
    uint64_t sent_bytes, received_bytes;
    struct histogram latency;
};

void tally_merge(struct tally *tally, const struct tally *more);
void tally_reset(struct tally *tally);
uint64_t tally_failed(const struct tally *tally);

#endif
