/*
 * What the files of the tools share. For them only.
 */
#ifndef ZONDA_MEASURE_BENCH_TOOL_PARTS_H
#define ZONDA_MEASURE_BENCH_TOOL_PARTS_H

#include "base/buf.h"
#include "measure/bench/tool.h"

extern const struct bench_tool TOOL_ZONDA, TOOL_AIR, TOOL_COMPILE_DAEMON, TOOL_FRESH, TOOL_GIN,
    TOOL_REFRESH, TOOL_WGO, TOOL_REFLEX, TOOL_ENTR, TOOL_WATCHEXEC, TOOL_GO_RUN;

/* The first of names (NULL-terminated) that the copy has, or NULL. */
const char *tool_own_file(const struct bench_place *place, const char *const *names);

/* The output below the copy, "./tmp/app", after its directory was made; heap, or NULL and err. */
char *tool_output(const struct bench_place *place, struct err *err);

/* argv begins with the tool's program and words (NULL-terminated). */
void tool_begin(struct bench_plan *plan, const struct bench_place *place, const char *const *words);

/* "go build -o OUTPUT PACKAGE" and "OUTPUT ARG …", as sh(1) reads them. */
void tool_build_line(struct buf *line, const struct bench_subject *subject, const char *output);
void tool_app_line(struct buf *line, const struct bench_subject *subject, const char *output);

/* For a tool that knows no Go: the program, words, and sh -c 'go build … && exec …'. */
int tool_plan_shell(const struct bench_subject *subject, const struct bench_place *place,
                    const char *const *words, struct bench_plan *plan, struct err *err);

/* The directory into which tools are installed; heap. ERR_SYSTEM where there is no home. */
char *tool_bin_dir(struct err *err);

/* The first thing that looks like a version: "v1.67.4", "go1.26.0", "5.3"; heap, "" where there is
   none. */
char *tool_version_in(const char *text);
/* That of the main module in what `go version -m` says. */
char *tool_version_of_module(const char *text);

#endif
