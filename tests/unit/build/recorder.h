/* A build under test, with what it told. */
#ifndef ZONDA_TESTS_BUILD_RECORDER_H
#define ZONDA_TESTS_BUILD_RECORDER_H

#include "build/scratch.h"

#include "build/build.h"
#include "platform/await.h"

struct recorder {
    struct loop *loop;
    struct config config;
    struct strs env;
    struct fs_info running;
    struct build *build;
    struct build_result result;
    struct buf out, err_out, phases, packages;
    int done;
    void (*at_line)(const char *line);
    struct err err;
};

static struct recorder seen;

static void on_line(void *data, const char *line, bool error)
{
    struct buf *out = error ? &seen.err_out : &seen.out;
    (void)data;
    (void)buf_printf(out, "%s\n", line);
    if (seen.at_line)
        seen.at_line(line);
}

static void on_phase(void *data, enum build_phase phase, const char *command)
{
    (void)data;
    (void)buf_printf(&seen.phases, "%d %s\n", (int)phase, command);
    if (seen.build) /* not yet known inside build_start */
        assert_int_equal(build_phase(seen.build), phase);
}

static void on_progress(void *data, int packages_done, int total, const char *package)
{
    (void)total;
    (void)data;
    (void)buf_printf(&seen.packages, "%d %s\n", packages_done, package);
}

static void on_done(void *data, struct build_result *result)
{
    (void)data;
    seen.result = *result;
    seen.done++;
    build_free(seen.build);
    seen.build = NULL;
}

static const struct build_events EVENTS = {
    .on_line = on_line, .on_phase = on_phase, .on_progress = on_progress, .on_done = on_done};

static inline void forget_result(void)
{
    diagnostics_fini(&seen.result.diagnostics);
    seen.result = (struct build_result){0};
    buf_reset(&seen.out);
    buf_reset(&seen.err_out);
    buf_reset(&seen.phases);
    buf_reset(&seen.packages);
    seen.done = 0;
    seen.at_line = NULL;
    seen.err = (struct err){0};
}

static inline int recorder_open(void **state)
{
    struct err err;
    seen = (struct recorder){.out = BUF_INIT((size_t)1 << 24),
                             .err_out = BUF_INIT((size_t)1 << 20),
                             .phases = BUF_INIT(10000),
                             .packages = BUF_INIT((size_t)1 << 20)};
    if (scratch_make(state) != 0)
        return -1;
    environment_read(&seen.env);
    seen.config.root = mem_string(scratch);
    seen.config.tmp_dir = mem_string(at("tmp"));
    seen.config.build.output = mem_string("");
    seen.loop = loop_new(&err);
    return seen.loop && process_init(seen.loop, &err) == 0 ? 0 : -1;
}

static inline int recorder_close(void **state)
{
    struct config_build *build = &seen.config.build;
    forget_result();
    process_fini();
    loop_free(seen.loop);
    buf_fini(&seen.out);
    buf_fini(&seen.err_out);
    buf_fini(&seen.phases);
    buf_fini(&seen.packages);
    strs_fini(&seen.env);
    free(seen.config.root);
    free(seen.config.tmp_dir);
    free(build->output);
    free(build->command.line);
    strs_fini(&build->command.words);
    strs_fini(&build->before);
    strs_fini(&build->after);
    strs_fini(&build->flags);
    return scratch_remove(state);
}

static inline bool is_done(void *data)
{
    (void)data;
    return seen.done > 0;
}

/* Starts a build; false where that is refused. */
static inline bool begin(const char *package, bool is_default)
{
    struct build_request request = {.config = &seen.config,
                                    .env = &seen.env,
                                    .package = package,
                                    .is_default = is_default,
                                    .running = seen.running};
    forget_result();
    seen.build = build_start(seen.loop, &request, &EVENTS, &seen.err);
    return seen.build != NULL;
}

static inline void finish(void)
{
    assert_true(await(seen.loop, is_done, NULL));
    assert_int_equal(seen.done, 1);
    assert_null(seen.build);
}

static inline void run_line(const char *line)
{
    mem_replace(&seen.config.build.command.line, line);
    assert_true(begin(NULL, false));
    finish();
}

static inline void run_go(const char *package)
{
    if (!begin(package, true))
        fail_msg("%s", seen.err.message);
    finish();
}

#endif
