/* Between coding.c and the two files that wrap a library each. */
#ifndef ZONDA_HTTP_CODING_PARTS_H
#define ZONDA_HTTP_CODING_PARTS_H

#include "http/coding.h"

struct coder_kind {
    void *(*open)(void);
    /* flush: everything up to here is to come out. Moves step on. */
    enum coding_result (*step)(void *state, struct coding_step *step, bool flush);
    void (*close)(void *state);
};

extern const struct coder_kind coder_gunzip, coder_gzip, coder_unbrotli;

#endif
