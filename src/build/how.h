/*
 * How something was built, for whoever tells of it. Plain data.
 */
#ifndef ZONDA_BUILD_HOW_H
#define ZONDA_BUILD_HOW_H

#include <stdbool.h>
#include <stdint.h>

#define BUILD_WHY_BYTES 256

enum build_method {
    BUILT_NOT,
    BUILT_BY_COMMAND, /* the user's */
    BUILT_BY_GO,      /* go build */
    BUILT_DIRECTLY,   /* compile and link; see build/golang/direct.h */
    BUILT_QUICKLY,    /* … and importers' line tables follow in the background */
    BUILT_EARLIER,    /* by an earlier session, and nothing has changed since */
};

struct build_how {
    enum build_method method;
    bool fell_back;            /* a direct build needed the go command */
    char why[BUILD_WHY_BYTES]; /* … because of this, in words; else empty */
    /* Of direct builds; 0: did not happen. */
    uint64_t look_ns, compile_ns, link_ns;
};

#endif
