#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/load_reload.h"
#include "command/project.h"
#include "config/toml.h"
#include "measure/emit.h"
#include "measure/load.h"
#include "measure/load_view.h"
#include "measure/report.h"
#include "platform/fs.h"

/* The scenario of the command line, or NULL with the exit status. */
static struct scenario *read_scenario(const struct arguments *arguments, int *status)
{
    const char *file = arguments->words.at[0];
    struct problems problems = {0};
    struct buf text = BUF_INIT(TOML_BYTES_MAX);
    struct err err;
    struct scenario *scenario = NULL;
    *status = EXIT_CONFIG;
    if (fs_read(file, &text, &err) == 0)
        scenario = scenario_read(buf_text(&text), text.len, file, arguments->load.url, &problems);
    else
        *status = command_report(&err);
    project_problems(&problems);
    if (problems.errors)
        (void)fprintf(stderr, "%s: %d error%s\n", file, problems.errors,
                      problems.errors == 1 ? "" : "s");
    problems_fini(&problems);
    buf_fini(&text);
    return scenario;
}

/* The last one that was named, or NULL. */
static const char *edited(const struct arguments *arguments)
{
    return arguments->edits.len ? arguments->edits.at[arguments->edits.len - 1] : NULL;
}

/* Before minutes of load, not after. */
static int check_options(const struct arguments *arguments, struct err *err)
{
    if ((arguments->load.reload_every_ms != 0) != (edited(arguments) != NULL)) {
        err_set(err, ERR_USAGE, "--reload-every and --edit belong together");
        err_hint(err, "zonda load --reload-every 5s --edit internal/version/version.go …");
        return ERR_USAGE;
    }
    return report_check_all(&arguments->reports, err);
}

static void print_checked(const struct scenario *scenario)
{
    struct buf words = BUF_INIT(8000);
    report_stages(&words, scenario);
    (void)buf_puts(&words, "; ");
    report_span(&words, scenario_length_ns(scenario));
    (void)printf("%s: ok, %zu task%s on %s: %s\n", scenario->file, scenario->tasks.len,
                 scenario->tasks.len == 1 ? "" : "s", scenario->target.url, buf_text(&words));
    buf_fini(&words);
}

static int emit_for(const struct scenario *scenario, const char *engine)
{
    struct err err;
    struct buf out = BUF_INIT(EMIT_BYTES_MAX);
    int status = EXIT_OK;
    if (emit(scenario, engine, &out, &err) != 0)
        status = command_report(&err);
    else
        (void)fwrite(buf_text(&out), 1, out.len, stdout);
    buf_fini(&out);
    return status;
}

/* Every report that can be written is, whatever became of the others. */
static int write_reports(const struct arguments *arguments, const struct load_result *result)
{
    int status = EXIT_OK;
    STRS_EACH (path, &arguments->reports) {
        struct err err;
        if (report_write(result, *path, &err) != 0)
            status = command_report(&err);
        else if (!arguments->quiet)
            (void)fprintf(stderr, "zonda: the report is in %s\n", *path);
    }
    return status;
}

/* A broken threshold; without any, a run in which nothing went well. */
static bool is_bad(const struct load_result *result)
{
    VEC_EACH (const struct load_verdict, verdict, &result->verdicts)
        if (!verdict->kept)
            return true;
    return !result->verdicts.len && result->total.requests && !result->total.errors[LOAD_OK];
}

static int tell(const struct arguments *arguments, const struct load_result *result)
{
    struct buf text = BUF_INIT(REPORT_BYTES_MAX);
    if (arguments->json)
        report_json(result, &text);
    else
        report_text(result, &text);
    (void)fwrite(buf_text(&text), 1, text.len, stdout);
    buf_fini(&text);
    int status = write_reports(arguments, result);
    return status != EXIT_OK ? status : is_bad(result) ? EXIT_APP : EXIT_OK;
}

static int run_load(const struct arguments *arguments, const struct scenario *scenario)
{
    struct load_view view;
    struct reloader *reloader = NULL;
    struct err err;
    int status;
    load_view_init(&view);
    struct load_options options = {.threads = arguments->load.threads,
                                   .view = arguments->quiet ? NULL : load_view_show,
                                   .data = &view,
                                   .view_ms = load_view_every_ms(&view)};
    if (check_options(arguments, &err) != 0)
        return command_report(&err);
    if (arguments->load.reload_every_ms) {
        options.windows = windows_new();
        reloader = reloader_start(edited(arguments), arguments->load.reload_every_ms,
                                  options.windows, &err);
        if (!reloader) {
            windows_free(options.windows);
            return command_report(&err);
        }
    }
    struct load_result *result = load_run(scenario, &options, &err);
    struct err put_back;
    int failed = reloader_stop(reloader, &put_back);
    load_view_end(&view);
    status = result ? tell(arguments, result) : command_report(&err);
    if (failed)
        status = command_report(&put_back);
    load_result_free(result);
    windows_free(options.windows);
    return status;
}

static int run(const struct arguments *arguments)
{
    int status;
    if (arguments->words.len == 0) {
        struct err err;
        err_set(&err, ERR_USAGE, "zonda load needs a scenario");
        err_hint(&err, "name its file: zonda load load.toml; docs/load.md says what stands in it");
        return command_report(&err);
    }
    struct scenario *scenario = read_scenario(arguments, &status);
    if (!scenario)
        return status;
    if (arguments->load.emit) {
        status = emit_for(scenario, arguments->load.emit);
    } else if (arguments->load.check) {
        print_checked(scenario);
        status = EXIT_OK;
    } else {
        status = run_load(arguments, scenario);
    }
    scenario_free(scenario);
    return status;
}

const struct command_entry COMMAND_LOAD = {
    .name = "load",
    .usage = "zonda load [OPTION]... SCENARIO.toml",
    .summary = "Put a service under load and measure its answers",
    .help = "Runs the scenario: virtual users or arrivals, weighted tasks, stages, checks and\n"
            "thresholds, with a thread a processor. ^C ends it with what was found so far.\n"
            "Exit status 0 where all thresholds are kept, 1 where one is broken or nothing went\n"
            "well, 3 where the scenario is wrong. --emit writes it for k6 or locust instead.\n"
            "--reload-every 5s --edit FILE edits a file of the project that zonda runs here,\n"
            "reports what the requests around each reload saw, and puts the file back.",
    .run = run,
};
