/* Between coding.c and the two files that wrap a library each. */
#ifndef ZONDA_HTTP_CODING_PARTS_H
#define ZONDA_HTTP_CODING_PARTS_H

#include "http/coding.h"

struct coder_kind {
    void *(*open)(void);
    enum coding_result (*step)(void *state, struct coding_step *step); /* moves step on */
    void (*close)(void *state);
};

extern const struct coder_kind coder_gunzip, coder_unbrotli;

#endif
