/*
 * What `go test` prints, line by line: the lines that tell of failures, the places they name, and
 * how many packages passed and failed.
 *
 * go test prints a package's output before the line that names it (FAIL, ok), and the names in it
 * are relative to that package: its lines are held until then. Of the rest of a failed test
 * binary's output (logs) nothing is kept.
 *
 * Life-cycle: {.packages, .root, .show, .data}, test_output_line for each line, test_output_end,
 * test_output_fini. show is called inside test_output_line and test_output_end.
 */
#ifndef ZONDA_BUILD_GOLANG_TEST_OUTPUT_H
#define ZONDA_BUILD_GOLANG_TEST_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "build/diagnostics.h"
#include "build/golang/affected.h"

struct test_output {
    const struct affected *packages; /* that run; borrowed */
    const char *root;                /* where go test runs; borrowed */
    void (*show)(void *data, const char *line);
    void *data;

    int passed, failed;             /* packages */
    struct diagnostics diagnostics; /* the places */
    char last[256];                 /* the last line of stderr */

    struct strs held;
    size_t left_out;    /* lines past the bound of held */
    size_t indent;      /* of the place whose message may go on; 0: none */
    size_t trace_lines; /* of a panic, that are still taken */
    bool compiling;     /* lines of the compiler or of vet */
    char *panic;        /* its first line, until a place of ours is found in its trace */
};

void test_output_line(struct test_output *output, const char *line, bool error);
void test_output_end(struct test_output *output); /* what is still held is shown */
void test_output_fini(struct test_output *output);

#endif
