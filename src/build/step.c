/* One command of a build: its process, from start to end. */
#include "build/golang/child.h"
#include "build/parts.h"
#include "platform/fs.h"

static void process_ended(void *data, struct exit_status status)
{
    struct build *build = data;
    build->result.status = status;
    streams_close(build, true); /* may lead to build_cancel */
    if (build->ending == ENDING_NOT)
        step_over(build); /* what it left running on purpose is let go */
}

/* The go command's own temporary files go to the directory of the build: on the same file system
   its binary needs no copy, and what a killed one leaves behind goes with that directory. */
static void go_env(const struct build *build, struct strs *env)
{
    const char *own = strs_env_get(&build->env, "GOTMPDIR");
    strs_copy(env, &build->env);
    if (!own || !*own)
        strs_env_set(env, "GOTMPDIR", build->work);
}

int step_start(struct build *build, struct err *err)
{
    const struct step *step = &build->steps.at[build->at];
    if (step->is_direct) {
        direct_step_start(build);
        return 0;
    }
    if (step->phase == BUILD_MAIN)
        build->result.how.method = step->is_go ? BUILT_BY_GO : BUILT_BY_COMMAND;
    struct spawn spawn = SPAWN_INIT;
    struct strs env = {0};
    int theirs[2] = {-1, -1};
    if (step->is_go)
        go_env(build, &env);
    int failed = streams_open(build, theirs, err);
    if (!failed) {
        spawn.argv = (const char *const *)step->argv.at;
        spawn.env = (const char *const *)(step->is_go ? env.at : build->env.at);
        spawn.cwd = build->config->root;
        spawn.nice = build->nice;
        spawn.stdout_fd = theirs[0];
        spawn.stderr_fd = theirs[1];
        build->process = process_spawn(build->loop, &spawn, process_ended, build, err);
        failed = build->process ? 0 : err->code;
        if (!failed)
            process_when_gone(build->process, kill_gone);
        if (failed && step->is_go)
            go_explain(step->argv.at[0], &build->env, err);
    }
    for (int i = 0; i < 2; i++)
        fs_fd_close(&theirs[i]);
    if (failed)
        streams_close(build, false);
    strs_fini(&env);
    return failed;
}

static void explain_space(struct build *build)
{
    if (!build->no_space || build->result.err.code)
        return;
    err_set(&build->result.err, ERR_APP, "there is no space left on device for the build");
    err_hint(&build->result.err,
             "free some below %.100s, or where TMPDIR and Go's cache are (go clean -cache)",
             build->config->tmp_dir);
}

void step_failed(struct build *build)
{
    explain_space(build);
    build_end(build, BUILD_FAILED);
}

void step_over(struct build *build)
{
    struct exit_status status = build->result.status;
    process_free(build->process);
    build->process = NULL;
    if (build->ending == ENDING_CANCELLED) {
        build_end(build, BUILD_CANCELLED);
    } else if (build->ending == ENDING_LATE) {
        build_end(build, BUILD_FAILED);
    } else if (status.signalled || status.code != 0) {
        step_failed(build);
    } else {
        build_next(build);
    }
}
