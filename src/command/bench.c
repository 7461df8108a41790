#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "measure/bench/bench.h"
#include "measure/bench/report.h"
#include "measure/bench/view.h"
#include "measure/report_file.h"
#include "platform/fs.h"

#define DEFAULT_TIMEOUT_MS 60000
#define OLD_MAX            ((size_t)64 << 20)

/* The report of --compare; *old stays NULL without one. */
static int read_old(const struct arguments *arguments, struct bench_result **old, struct err *err)
{
    const char *file = arguments->bench.compare;
    struct buf text = BUF_INIT(OLD_MAX);
    *old = NULL;
    if (!file)
        return 0;
    int failed = fs_read(file, &text, err);
    if (!failed) {
        *old = bench_result_read(buf_text(&text), text.len, file, err);
        failed = *old ? 0 : err->code;
    }
    buf_fini(&text);
    return failed;
}

/* Every report that can be written is, whatever became of the others. */
static int write_reports(const struct arguments *arguments, const struct bench_result *result,
                         const struct bench_result *old)
{
    int status = EXIT_OK;
    STRS_EACH (path, &arguments->reports) {
        struct err err;
        if (bench_report_write(result, old, *path, &err) != 0)
            status = command_report(&err);
        else if (!arguments->quiet)
            (void)fprintf(stderr, "zonda: the report is in %s\n", *path);
    }
    return status;
}

/* Did at least one tool give a sample? */
static bool is_measured(const struct bench_result *result)
{
    VEC_EACH (const struct bench_sample, sample, &result->samples)
        if (!sample->missed && sample->tool != result->floor)
            return true;
    return false;
}

static int tell(const struct arguments *arguments, const struct bench_result *result,
                const struct bench_result *old)
{
    struct buf text = BUF_INIT(OLD_MAX);
    if (arguments->json)
        bench_report_json(result, &text);
    else
        bench_report_text(result, old, &text);
    (void)fwrite(buf_text(&text), 1, text.len, stdout);
    buf_fini(&text);
    int status = write_reports(arguments, result, old);
    if (status != EXIT_OK)
        return status;
    return result->interrupted || !is_measured(result) ? EXIT_APP : EXIT_OK;
}

static int run_with(const struct arguments *arguments, const struct bench_result *old)
{
    struct load_view view;
    struct err err;
    char *self = fs_real("/proc/self/exe");
    load_view_init(&view);
    struct bench_options options = {
        .tools = arguments->bench.tools,
        .only = arguments->bench.only,
        .edits = arguments->edits,
        .project = arguments->bench.project ? arguments->bench.project : ".",
        .package = arguments->bench.package,
        .path = arguments->bench.path,
        .port = (uint16_t)arguments->bench.port,
        .rounds = arguments->bench.rounds,
        .storm_ms = arguments->bench.storm_ms,
        .idle_ms = arguments->bench.idle_ms,
        .timeout_ms = arguments->has_timeout ? arguments->timeout_ms : DEFAULT_TIMEOUT_MS,
        .install = arguments->bench.install,
        .raw = arguments->bench.raw,
        .zonda = self,
        .view = arguments->quiet ? NULL : bench_view_show,
        .view_ms = bench_view_every_ms(&view),
        .data = &view,
    };
    struct bench_result *result = bench_run(&options, &err);
    load_view_end(&view);
    int status = result ? tell(arguments, result, old) : command_report(&err);
    bench_result_free(result);
    free(self);
    return status;
}

static int run(const struct arguments *arguments)
{
    struct bench_result *old;
    struct err err;
    /* Before minutes of measuring, not after. */
    if (report_check_all(&arguments->reports, &err) != 0 || read_old(arguments, &old, &err) != 0)
        return command_report(&err);
    int status = run_with(arguments, old);
    bench_result_free(old);
    return status;
}

const struct command_entry COMMAND_BENCH = {
    .name = "bench",
    .usage = "zonda bench [OPTION]...",
    .summary = "Measure hot-reload tools on copies of a Go project",
    .help =
        "Runs zonda, air, CompileDaemon, fresh, gin, refresh, wgo, reflex, entr, watchexec and\n"
        "`go run` by hand, each in a copy of the project, round by round: start, edits of each\n"
        "kind until they are served, requests, idling, and a storm of saves; beside the floor,\n"
        "which is a bare compile, link and start. Tools that are missing are named and skipped.\n"
        "^C ends it with what was found so far. Exit status 0, 1 where no tool could be\n"
        "measured or it was interrupted. docs/bench.md says what each figure is.",
    .run = run,
};
