/* `go build` itself: where there is no plan, or it does not hold any more. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "build/golang/child.h"
#include "build/golang/direct_state.h"
#include "build/golang/flags.h"
#include "build/golang/go_build.h"
#include "platform/random.h"

#define ID_DIGITS 32

static void on_line(void *data, const char *line)
{
    struct direct *direct = data;
    const char *package = go_build_progress(line);
    if (package)
        direct_progress(direct, ++direct->result.packages, 0, package);
    else if (direct->events.on_line)
        direct->events.on_line(direct->events.data, line, true);
}

static void on_built(void *data, struct tool_result *built)
{
    struct direct *direct = data;
    struct err ignored = {0};
    bool done = !built->cancelled && !built->status.signalled && built->status.code == 0;
    direct->result.status = built->status;
    tool_free(direct->command);
    direct->command = NULL;
    done = done && !direct->cancelled &&
           fs_rename(direct->command_out, direct->request.artifact, &direct->result.err) == 0;
    (void)fs_unlink(direct->command_out, &ignored); /* there only where it failed */
    direct_done(direct, done ? DIRECT_DONE : DIRECT_FAILED);
}

/* The go command leaves a binary as it is whose build ID is the one that it would give, but for its
   time: only the first is offered, which is not running yet. */
static void offer_earlier(struct direct *direct)
{
    struct err ignored = {0}; /* there is none: it is linked */
    bool first = !direct->offered;
    direct->offered = true;
    if (first && direct->request.earlier)
        (void)fs_link_over(direct->request.earlier, direct->command_out, &ignored);
}

void direct_command(struct direct *direct)
{
    struct strs argv = {0};
    char id[ID_DIGITS + 1];
    random_hex(id, ID_DIGITS);
    free(direct->command_out);
    direct->command_out = mem_format("%s/%s.out", direct->work, id);
    offer_earlier(direct);
    direct->result.by_go_build = true;
    direct->noted = false;
    strs_clear(&direct->changed); /* the go command looks at everything */
    direct->all_changed = false;
    const char *const begin[] = {direct->request.go,  "build", "-v", "-o",
                                 direct->command_out, NULL};
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
    direct->built_ns = clock_wall_ns();
    direct->command = tool_start(direct->loop, &request, &direct->result.err);
    strs_fini(&argv);
    strs_fini(&env);
    if (!direct->command)
        direct_done(direct, DIRECT_FAILED);
}
