/*
 * The main step of a build that is done by the direct Go builder: no process of ours, but the same
 * lines, the same end, and the same way of the binary to its place.
 */
#include <stdio.h>

#include "build/golang/child.h"
#include "build/parts.h"
#include "platform/fs.h"

static void on_line(void *data, const char *line, bool error)
{
    output_line(data, line, error);
}

static void on_progress(void *data, int done, int total, const char *package)
{
    struct build *build = data;
    if (build->events.on_progress)
        build->events.on_progress(build->events.data, done, total, package);
}

static void note(struct build *build, const struct direct_result *result)
{
    struct build_how *how = &build->result.how;
    *how = (struct build_how){.method = result->by_go_build ? BUILT_BY_GO
                                        : result->earlier   ? BUILT_EARLIER
                                        : result->quick     ? BUILT_QUICKLY
                                                            : BUILT_DIRECTLY,
                              .fell_back = result->fell_back,
                              .look_ns = result->look_ns,
                              .compile_ns = result->compile_ns,
                              .link_ns = result->link_ns};
    (void)snprintf(how->why, sizeof how->why, "%s", result->reason);
    build->result.packages = result->packages;
    build->result.status = result->status;
    if (!build->result.err.code)
        build->result.err = result->err;
    if (result->err.code && build->ending == ENDING_NOT)
        go_explain("go", &build->env, &build->result.err);
}

/* The builder's binary and the one in its place are two names of one file. */
static bool is_in_place(const struct build *build, const char *artifact)
{
    struct fs_info ours = fs_stat(artifact, true), there = fs_stat(build->place->artifact, true);
    return ours.kind == FS_FILE && there.kind == FS_FILE && ours.inode == there.inode &&
           ours.device == there.device;
}

static void good(struct build *build, const struct direct_result *result)
{
    struct place *place = build->place;
    if (result->unchanged && is_in_place(build, result->artifact)) {
        place->unchanged = place_is_running(place);
        build_go_on(build);
        return;
    }
    place->from = mem_string(result->artifact);
    place->compare = result->by_go_build ? PLACE_BY_ID
                     : result->unchanged ? PLACE_BY_CONTENT
                                         : PLACE_DIFFERS;
    build_place(build);
}

static void on_done(void *data, const struct direct_result *result)
{
    struct build *build = data;
    build->directing = false;
    note(build, result);
    if (build->ending == ENDING_CANCELLED || result->outcome == DIRECT_CANCELLED)
        build_end(build, build->ending == ENDING_LATE ? BUILD_FAILED : BUILD_CANCELLED);
    else if (build->ending == ENDING_LATE)
        build_end(build, BUILD_FAILED);
    else if (result->outcome == DIRECT_FAILED)
        step_failed(build);
    else
        good(build, result);
}

/* Everything is looked at: a file that is not watched (.gitignore) may be compiled all the same.
   Those that are known to have changed were named by direct_touch. */
void direct_step_start(struct build *build)
{
    struct direct_events events = {
        .on_line = on_line, .on_progress = on_progress, .on_done = on_done, .data = build};
    build->directing = true;
    direct_build(build->direct, NULL, false, &events);
}

void direct_step_cancel(struct build *build)
{
    direct_cancel(build->direct);
}
