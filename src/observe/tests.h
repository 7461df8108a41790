/*
 * How a run of tests ended.
 */
#ifndef ZONDA_OBSERVE_TESTS_H
#define ZONDA_OBSERVE_TESTS_H

#include <stdint.h>

#include "build/diagnostics.h"

enum tests_outcome {
    TESTS_PASSED,
    TESTS_FAILED,   /* of at least one package */
    TESTS_BROKEN,   /* go test could not do its work; message says why */
    TESTS_OBSOLETE, /* a newer change took over, or zonda ended */
};

struct test_result {
    enum tests_outcome outcome;
    int packages, failed; /* of them */
    uint64_t ns;
    char message[256];
    struct diagnostics diagnostics; /* the places that failing tests name */
};

struct buf;
struct json_writer;
const char *tests_outcome_name(enum tests_outcome outcome); /* "passed" */
/* "tests: 1 of 3 packages failed · 1.2 s" */
void test_result_words(const struct test_result *result, struct buf *out);
/* Into an object that was begun. */
void test_result_write_members(const struct test_result *result, struct json_writer *json);
void test_result_fini(struct test_result *result);

#endif
