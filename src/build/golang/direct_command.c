/* `go build` itself: where there can be no plan, and where the go command has an error to tell. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "build/golang/child.h"
#include "build/golang/direct_state.h"
#include "build/golang/flags.h"
#include "platform/random.h"

#define ID_DIGITS 32

static void on_line(void *data, const char *line)
{
    struct direct *direct = data;
    if (direct->events.on_line)
        direct->events.on_line(direct->events.data, line, true);
}

static void on_built(void *data, struct tool_result *built)
{
    struct direct *direct = data;
    struct err ignored = {0};
    bool done = !built->cancelled && !built->status.signalled && built->status.code == 0;
    direct->result.status = built->status;
    direct->result.link_ns = clock_mono_ns() - direct->since_ns;
    tool_free(direct->command);
    direct->command = NULL;
    done = done && !direct->cancelled &&
           fs_rename(direct->command_out, direct->request.artifact, &direct->result.err) == 0;
    (void)fs_unlink(direct->command_out, &ignored); /* there only where it failed */
    direct_done(direct, done ? DIRECT_DONE : DIRECT_FAILED);
}

void direct_command(struct direct *direct, const char *reason)
{
    struct strs argv = {0};
    char id[ID_DIGITS + 1];
    random_hex(id, ID_DIGITS);
    free(direct->command_out);
    direct->command_out = mem_format("%s/%s.out", direct->work, id);
    direct->result.fell_back = direct->result.by_go_build = true;
    if (!direct->result.reason[0])
        (void)snprintf(direct->result.reason, sizeof direct->result.reason, "%.250s", reason);
    const char *const begin[] = {direct->request.go, "build", "-o", direct->command_out, NULL};
    strs_push_all(&argv, begin);
    goflags_make(&direct->request.flags, strs_env_get(&direct->request.env, "GOFLAGS"),
                 direct->request.debug_info, &argv);
    strs_push(&argv, direct->request.package);
    struct strs env = {0};
    go_child_env(&env, &direct->request.env, direct->request.dir);
    struct tool_request request = {.argv = &argv,
                                   .env = &env,
                                   .cwd = direct->request.dir,
                                   .gentle = true,
                                   .joined = true,
                                   .on_line = on_line,
                                   .on_done = on_built,
                                   .data = direct};
    direct->stage = DIRECT_COMMAND;
    direct->since_ns = clock_mono_ns();
    direct->command = tool_start(direct->loop, &request, &direct->result.err);
    strs_fini(&argv);
    strs_fini(&env);
    if (!direct->command)
        direct_done(direct, DIRECT_FAILED);
}
