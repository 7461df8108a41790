/* air's configuration from text, without a file; the project lies in /tmp, which is everywhere. */
#ifndef ZONDA_TESTS_COMPAT_FIXTURE_H
#define ZONDA_TESTS_COMPAT_FIXTURE_H

#include <string.h>

#include "compat/dialects.h"
#include "config/reading.h"

#define PROJECT "/tmp"

static struct config *config;
static struct problems problems;
static struct buf told; /* the problems as they are printed */

static inline void forget(void)
{
    config_free(config);
    config = NULL;
    problems_fini(&problems);
    buf_fini(&told);
}

/* Loads text as .air.toml and gives what is told about it. */
static inline const char *load_as(const char *name, const char *text, bool lenient)
{
    struct config_request request = {
        .dir = PROJECT, .dialects = COMPAT_DIALECTS, .lenient = lenient};
    forget();
    buf_init(&told, (size_t)1 << 20);
    config = config_load_text(&request, name, text, strlen(text), &problems);
    problems_print(&problems, &told);
    return buf_text(&told);
}

static inline const char *load(const char *text)
{
    return load_as(PROJECT "/.air.toml", text, false);
}

#endif
