/* One run of tests: the go command says what the change reaches, then go test. */
#include "engine/state.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "build/dotenv.h"

#define COMMAND_BYTES_MAX ((size_t)1 << 20) /* execve(2) takes 2 MiB with the environment */

/* --- the end --- */

static void publish_end(struct engine *engine, struct test_result *result)
{
    struct event event = {
        .kind = EVENT_TESTS_END,
        .level = result->outcome == TESTS_FAILED || result->outcome == TESTS_BROKEN ? LOG_ERROR
                                                                                    : LOG_INFO,
        .tests = result};
    publish(engine, &event);
}

/* result is moved. */
static void end(struct engine *engine, struct test_result *result)
{
    struct tests *tests = &engine->tests;
    result->ns = clock_mono_ns() - tests->start_ns;
    publish_end(engine, result);
    if (result->outcome == TESTS_OBSOLETE) {
        test_result_fini(result);
    } else {
        test_result_fini(&tests->last);
        tests->last = *result;
        tests->known = true;
        strs_clear(&tests->about);
    }
    test_output_fini(&tests->output);
    affected_fini(&tests->found);
    configure_release(engine);
    if (engine->quitting)
        quit_next(engine);
    else
        tests_next(engine);
}

static void broken(struct engine *engine, const char *message)
{
    struct test_result result = {.outcome = TESTS_BROKEN};
    (void)snprintf(result.message, sizeof result.message, "%.*s", (int)sizeof result.message - 1,
                   message);
    end(engine, &result);
}

/* --- go test --- */

static void show(void *data, const char *text)
{
    struct event event = {.kind = EVENT_TESTS_LINE, .level = LOG_ERROR, .text = text};
    publish(data, &event);
}

static void line(void *data, const char *text, bool error)
{
    struct engine *engine = data;
    test_output_line(&engine->tests.output, text, error);
}

static void explain(const struct test_output *output, const struct build_result *ended,
                    struct test_result *result)
{
    struct buf words = BUF_INIT(sizeof result->message);
    if (ended->err.code)
        (void)buf_puts(&words, ended->err.message);
    else if (*output->last)
        (void)buf_puts(&words, output->last);
    else
        exit_status_words(ended->status, &words);
    (void)snprintf(result->message, sizeof result->message, "%s", buf_text(&words));
    buf_fini(&words);
}

static void done(void *data, struct build_result *ended)
{
    struct engine *engine = data;
    struct tests *tests = &engine->tests;
    struct test_output *output = &tests->output;
    struct test_result result = {.packages = (int)tests->found.packages.len};
    build_free(tests->run);
    tests->run = NULL;
    diagnostics_fini(&ended->diagnostics); /* read as a build's */
    if (ended->outcome == BUILD_CANCELLED) {
        result.outcome = TESTS_OBSOLETE;
    } else {
        test_output_end(output);
        result.failed = output->failed;
        result.diagnostics = output->diagnostics;
        output->diagnostics = (struct diagnostics){0};
        if (ended->outcome == BUILD_DONE)
            result.outcome = TESTS_PASSED;
        else
            result.outcome = output->failed ? TESTS_FAILED : TESTS_BROKEN;
    }
    if (result.outcome == TESTS_BROKEN)
        explain(output, ended, &result);
    end(engine, &result);
}

/* The flags with which the app is built, where they are known. */
static const struct strs *build_flags(const struct engine *engine)
{
    static const struct strs none;
    if (engine->target.is_direct)
        return &engine->target.go_flags;
    return engine->target.is_default ? &engine->config->build.flags : &none;
}

static size_t push_command(const struct engine *engine, struct strs *words)
{
    size_t bytes = 0;
    strs_push(words, "go");
    strs_push(words, "test");
    STRS_EACH (flag, build_flags(engine)) {
        if (strcmp(*flag, "-v") != 0) /* for go test: the output of what passes, too */
            strs_push(words, *flag);
    }
    strs_copy(words, &engine->tests.found.packages);
    STRS_EACH (word, words)
        bytes += strlen(*word) + 1;
    return bytes;
}

static int environment(const struct engine *engine, struct strs *env, struct err *err)
{
    return dotenv_environment(engine->environment, &engine->config->env_files,
                              &engine->config->build.env, env, err);
}

static void begin(struct engine *engine)
{
    struct tests *tests = &engine->tests;
    struct command command = {0};
    struct build_events events = {.on_line = line, .on_done = done, .data = engine};
    struct strs env = {0};
    struct err err = {0};
    tests->output = (struct test_output){
        .packages = &tests->found, .root = engine->config->root, .show = show, .data = engine};
    if (push_command(engine, &command.words) > COMMAND_BYTES_MAX)
        err_set(&err, ERR_APP, "%zu packages are too many for one command",
                tests->found.packages.len);
    else if (environment(engine, &env, &err) == 0)
        tests->run = build_background(engine->loop, engine->config, &command, &env, &events, &err);
    strs_fini(&command.words);
    strs_fini(&env);
    if (tests->run)
        tell_number(engine, EVENT_TESTS_BEGIN, (int64_t)tests->found.packages.len, "go test",
                    false);
    else
        broken(engine, err.message);
}

/* --- what the change reaches --- */

static void listed(void *data, struct affected *found, const struct err *err)
{
    struct engine *engine = data;
    struct tests *tests = &engine->tests;
    tests->listing = NULL;
    tests->found = *found;
    if (err) {
        broken(engine, err->message);
    } else if (!found->packages.len) {
        notice(engine, LOG_DEBUG, NULL, "the change reaches no tests");
        strs_clear(&tests->about);
        affected_fini(&tests->found);
        tests_next(engine);
    } else {
        begin(engine);
    }
}

void tests_run(struct engine *engine)
{
    struct tests *tests = &engine->tests;
    struct strs env = {0};
    struct err err = {0};
    struct affected_request request = {.go = "go",
                                       .dir = engine->config->root,
                                       .flags = build_flags(engine),
                                       .env = &env,
                                       .changed = &tests->about};
    tests->start_ns = clock_mono_ns();
    if (environment(engine, &env, &err) == 0)
        tests->listing = affected_find(engine->loop, &request, listed, engine, &err);
    strs_fini(&env);
    if (!tests->listing)
        broken(engine, err.message);
}
