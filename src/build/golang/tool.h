/*
 * One run of a program of the Go toolchain: its output collected, its end awaited.
 *
 * Life-cycle: tool_start, one call of on_done, tool_free (also inside on_done). tool_cancel signals
 * the whole group and leads to on_done with cancelled set, once the program and whatever it started
 * have gone. Lives on the loop's thread.
 */
#ifndef ZONDA_BUILD_GOLANG_TOOL_H
#define ZONDA_BUILD_GOLANG_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strs.h"
#include "platform/loop.h"
#include "platform/process.h"

#define TOOL_OUTPUT_MAX                                                                            \
    ((size_t)1 << 28) /* `go build -n -a` of a large program is some megabytes */

struct tool_result {
    struct exit_status status;
    bool cancelled;
    struct buf out, error; /* what it wrote; the callee may buf_steal them */
};

struct tool_request {
    const struct strs *argv, *env; /* copied by the kernel: borrowed for the call only */
    const char *cwd;
    int nice;
    bool gentle; /* cancel: SIGTERM, SIGKILL after half a second; the go command then tidies up */
    bool joined; /* standard output and error into out, in their order */
    /* Lines of the error output (of out where joined) as they come, without newline; or NULL. */
    void (*on_line)(void *data, const char *line);
    void (*on_done)(void *data, struct tool_result *result);
    void *data;
};

struct tool;
struct tool *tool_start(struct loop *loop, const struct tool_request *request, struct err *err);
void tool_cancel(struct tool *tool); /* twice is fine */
void tool_free(struct tool *tool);   /* after on_done; NULL is allowed */

#endif
