/* A configuration from text, without a file: the project lies in /tmp, which is everywhere. */
#ifndef ZONDA_TESTS_CONFIG_FIXTURE_H
#define ZONDA_TESTS_CONFIG_FIXTURE_H

#include <string.h>

#include "config/reading.h"

#define PROJECT "/tmp"

struct fixture {
    struct config_request request;
    struct strs flags, env;
    struct problems problems;
    struct config *config;
    struct buf told; /* the problems as they are printed */
};

static inline void fixture_fini(struct fixture *fixture)
{
    config_free(fixture->config);
    problems_fini(&fixture->problems);
    buf_fini(&fixture->told);
    strs_fini(&fixture->flags);
    strs_fini(&fixture->env);
    *fixture = (struct fixture){0};
}

/* Loads text under the name file; flags and env may have been pushed before. What was loaded before
   is forgotten. */
static inline const char *fixture_load(struct fixture *fixture, const char *file, const char *text)
{
    config_free(fixture->config);
    problems_fini(&fixture->problems);
    buf_fini(&fixture->told);
    buf_init(&fixture->told, (size_t)1 << 20);
    fixture->request.dir = PROJECT;
    fixture->request.flags = &fixture->flags;
    fixture->request.env = &fixture->env;
    fixture->config = config_load_text(&fixture->request, file, text, text ? strlen(text) : 0,
                                       &fixture->problems);
    problems_print(&fixture->problems, &fixture->told);
    return buf_text(&fixture->told);
}

#endif
