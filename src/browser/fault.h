/*
 * What is wrong, as browsers are told: the event "error" of /refresh-signal, which the overlay and
 * the dashboard show.
 */
#ifndef ZONDA_BROWSER_FAULT_H
#define ZONDA_BROWSER_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "build/diagnostics.h"
#include "config/config.h"

#define FAULT_BYTES_MAX    ((size_t)256 << 10) /* of its JSON */
#define FAULT_EXCERPTS_MAX 12                  /* further places come without their source */

struct fault {
    const char *kind;    /* "build", "start", "crash" */
    const char *message; /* one sentence */
    uint64_t reload;     /* 0: none */
    bool serves;         /* an older version goes on */
    const struct diagnostics *diagnostics;
    const char *output; /* the app's last words; may be NULL */
    size_t output_len;
};

/* {"type":"error","payload":{…}}; config says root and editor. Reads the sources it shows. */
void fault_write(const struct fault *fault, const struct config *config, struct buf *out);

#endif
