#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "build/dotenv.h"
#include "build/golang/flags.h"
#include "build/golang/gomod.h"
#include "build/golang/graph.h"
#include "command/project.h"
#include "engine/state.h"
#include "platform/environment.h"
#include "platform/file_events.h"
#include "platform/fs.h"
#include "platform/loop.h"
#include "platform/process.h"
#include "watch/classify.h"
#include "watch/watch.h"

#define OUTPUT_MAX ((size_t)4 << 20)

/* What the questions about all files need. */
struct explainer {
    struct config *config;
    struct target target;
    struct strs env, app_env;
    struct graph *graph;
    struct err graph_err; /* why graph is NULL */
    struct loop *loop;
    char *cwd;
};

/* The answer about one file. */
struct explanation {
    char *path;
    const char *shown;
    struct verdict verdict;
    bool ignored; /* not watched */
    struct buf why_ignored;
    bool is_dir, polled;
    const char *built; /* how, where it leads to a build; else NULL */
    char not_direct[BUILD_WHY_BYTES];
    const char *no_events; /* the file system that delivers none, or NULL */
};

/* --- the import graph, in one go --- */

static void loaded(void *data, struct graph *graph, const struct err *err)
{
    struct explainer *explainer = data;
    explainer->graph = graph;
    if (!graph)
        explainer->graph_err = *err;
    loop_stop(explainer->loop);
}

static void load_graph(struct explainer *explainer)
{
    const struct config *config = explainer->config;
    struct err *err = &explainer->graph_err;
    struct strs env = {0};
    const struct strs no_files = {0};
    struct graph_request request = {.go = "go",
                                    .dir = config->root,
                                    .package = explainer->target.package,
                                    .flags = &config->build.flags,
                                    .env = &env};
    explainer->loop = loop_new(err);
    if (!explainer->loop)
        return;
    struct graph_job *job = NULL;
    if (process_init(explainer->loop, err) == 0) {
        if (dotenv_environment(&explainer->env, &no_files, &config->build.env, &env, err) == 0)
            job = graph_load(explainer->loop, &request, loaded, explainer, err);
        if (job)
            loop_run(explainer->loop);
        process_fini();
    }
    loop_free(explainer->loop);
    strs_fini(&env);
}

/* --- one file --- */

/* By whom a change of it is built, and why not directly. */
static void explain_build(const struct explainer *explainer, struct explanation *explanation)
{
    const struct target *target = &explainer->target;
    const char *goflags = strs_env_get(&explainer->env, "GOFLAGS");
    const struct strs none = {0};
    char *why = explanation->not_direct;
    if (explanation->ignored || explanation->verdict.action != ACTION_BUILD || !target->builds)
        return;
    if (target->is_direct && goflags_understood(&none, goflags, why)) {
        explanation->built = "directly, by compile and link";
        return;
    }
    explanation->built = target->is_default ? "by go build" : "by its command";
    if (!target->is_direct && explainer->config->build.go == GO_COMMAND && target->is_go)
        (void)snprintf(why, BUILD_WHY_BYTES, "build.go is \"command\"");
    else if (!target->is_direct)
        (void)snprintf(why, BUILD_WHY_BYTES, "%s", target->why_not);
}

static void explain(const struct explainer *explainer, const char *word,
                    struct explanation *explanation)
{
    const struct config *config = explainer->config;
    char *joined = path_join(explainer->cwd, word);
    *explanation =
        (struct explanation){.path = path_clean(joined), .why_ignored = BUF_INIT((size_t)4096)};
    free(joined);
    explanation->shown = path_show(config->root, explanation->path);
    struct classify classify = {.config = config,
                                .graph = explainer->graph,
                                .is_go = explainer->target.is_go,
                                .app_env = &explainer->app_env};
    explanation->ignored = watch_ignored_by(config, explanation->path, &explanation->why_ignored);
    classify_file(&classify, explanation->path, CHANGE_WRITTEN, &explanation->verdict);
    explanation->is_dir = fs_is_dir(explanation->path);
    if (explanation->is_dir && !explanation->ignored)
        (void)snprintf(explanation->verdict.reason, sizeof explanation->verdict.reason,
                       "is a directory: name a file in it");
    if (!explanation->is_dir)
        explain_build(explainer, explanation);
    char *dir = path_dir(explanation->path);
    explanation->no_events = file_events_missing(fs_is_dir(dir) ? dir : config->root);
    explanation->polled = config->watch.backend == WATCH_POLL ||
                          (config->watch.backend == WATCH_AUTO && explanation->no_events);
    free(dir);
}

static void explanation_fini(struct explanation *explanation)
{
    free(explanation->path);
    buf_fini(&explanation->why_ignored);
}

/* Where the rule that decided stands: "zonda.toml:12", or "" for a rule that is built in. */
static void place_of(const struct config *config, const struct verdict *verdict, char *place,
                     size_t len)
{
    place[0] = '\0';
    if (verdict->rule && verdict->rule->line && config->file)
        (void)snprintf(place, len, "%s:%d", path_show(config->root, config->file),
                       verdict->rule->line);
}

static void print_text(const struct config *config, const struct explanation *explanation)
{
    const struct verdict *verdict = &explanation->verdict;
    char place[PATH_BYTES_MAX + 16];
    place_of(config, verdict, place, sizeof place);
    if (config->service)
        (void)printf("%s: ", config->service);
    if (explanation->is_dir) {
        (void)printf("%s is a directory: name a file in it\n", explanation->shown);
        return;
    }
    if (explanation->ignored) {
        (void)printf("ignore: %s is not watched: %s\n", explanation->shown,
                     buf_text(&explanation->why_ignored));
        return;
    }
    (void)printf("%s: %s %s\n", action_name(verdict->action), explanation->shown, verdict->reason);
    if (verdict->rule)
        (void)printf("  decided by: rule %s%s%s%s\n",
                     verdict->rule->name && *verdict->rule->name ? verdict->rule->name : "",
                     *place ? " (" : "", place, *place ? ")" : "");
    if (explanation->built)
        (void)printf("  built: %s%s%s\n", explanation->built, *explanation->not_direct ? ": " : "",
                     explanation->not_direct);
    if (!explanation->polled)
        (void)printf("  watched: by events\n");
    else if (explanation->no_events)
        (void)printf("  watched: by polling every %" PRIu32 " ms, as %s delivers no events\n",
                     config->watch.poll_interval_ms, explanation->no_events);
    else
        (void)printf("  watched: by polling every %" PRIu32 " ms\n",
                     config->watch.poll_interval_ms);
}

static void write_json(const struct config *config, const struct explanation *explanation,
                       struct json_writer *writer)
{
    const struct verdict *verdict = &explanation->verdict;
    char place[PATH_BYTES_MAX + 16];
    place_of(config, verdict, place, sizeof place);
    json_object_begin(writer, NULL);
    if (config->service)
        json_string(writer, "service", config->service);
    json_string(writer, "file", explanation->path);
    json_string(writer, "action",
                action_name(explanation->ignored ? ACTION_IGNORE : verdict->action));
    json_string(writer, "reason",
                explanation->ignored ? buf_text(&explanation->why_ignored) : verdict->reason);
    json_string(writer, "rule", verdict->rule ? verdict->rule->name : NULL);
    json_string(writer, "place", *place ? place : NULL);
    json_string(writer, "built", explanation->built);
    json_string(writer, "not_direct", *explanation->not_direct ? explanation->not_direct : NULL);
    json_bool(writer, "watched", !explanation->ignored);
    json_string(writer, "watched_by",
                explanation->ignored  ? NULL
                : explanation->polled ? "polling"
                                      : "events");
    json_object_end(writer);
}

/* --- all of them --- */

/* Appends to the array that writer is in, or prints. */
static void answer(const struct explainer *explainer, const struct arguments *arguments,
                   struct json_writer *writer)
{
    STRS_EACH (word, &arguments->words) {
        struct explanation explanation;
        explain(explainer, *word, &explanation);
        if (arguments->json)
            write_json(explainer->config, &explanation, writer);
        else
            print_text(explainer->config, &explanation);
        explanation_fini(&explanation);
    }
}

/* Target, environment and import graph, as the engine has them. */
static void prepare(struct explainer *explainer)
{
    const struct config *config = explainer->config;
    struct err err = {0};
    environment_read(&explainer->env);
    explainer->cwd = fs_cwd();
    if (dotenv_environment(&explainer->env, &config->env_files, &config->run.env,
                           &explainer->app_env, &err))
        (void)command_report(&err);
    if (target_find(config, &explainer->target, &err)) {
        explainer->target.is_go = gomod_is_in(config->root);
        explainer->graph_err = err;
    } else if (explainer->target.is_go && explainer->target.package) {
        load_graph(explainer);
    }
    if (explainer->target.is_go && !explainer->graph)
        (void)fprintf(stderr, "zonda: the import graph is not known (%s): every Go file counts\n",
                      explainer->graph_err.message[0] ? explainer->graph_err.message
                                                      : "no main package");
}

/* What the one service does, or the project as a whole. */
static void explain_one(struct config *config, const struct arguments *arguments,
                        struct json_writer *writer)
{
    struct explainer explainer = {.config = config};
    prepare(&explainer);
    answer(&explainer, arguments, writer);
    if (explainer.graph)
        graph_free(explainer.graph);
    target_fini(&explainer.target);
    strs_fini(&explainer.env);
    strs_fini(&explainer.app_env);
    free(explainer.cwd);
}

static void explain_all(struct config *config, const struct arguments *arguments)
{
    struct buf out = BUF_INIT(OUTPUT_MAX);
    struct json_writer writer = {.out = &out};
    json_object_begin(&writer, NULL);
    json_int(&writer, "v", 1);
    json_array_begin(&writer, "files");
    for (size_t i = 0; i < config->services.len; i++)
        explain_one(config->services.at[i], arguments, &writer);
    if (!config->services.len)
        explain_one(config, arguments, &writer);
    json_array_end(&writer);
    json_object_end(&writer);
    if (arguments->json)
        (void)puts(buf_text(&out));
    buf_fini(&out);
}

static int run(const struct arguments *arguments)
{
    struct err err;
    if (arguments->words.len == 0) {
        err_set(&err, ERR_USAGE, "explain needs a file");
        err_hint(&err, "usage: zonda explain FILE...");
        return command_report(&err);
    }
    struct problems problems = {0};
    struct config *config = project_config(arguments, NULL, &problems);
    project_problems(&problems);
    problems_fini(&problems);
    if (!config)
        return EXIT_CONFIG;
    explain_all(config, arguments);
    config_free(config);
    return EXIT_OK;
}

const struct command_entry COMMAND_EXPLAIN = {
    .name = "explain",
    .usage = "zonda explain FILE... [--json]",
    .summary = "Tell what a change to a file would lead to, and why",
    .help =
        "Prints for each FILE what zonda would do after a change of it (build, restart, signal,\n"
        "refresh, run, ignore), the reason, the rule that decided and how the file is watched,\n"
        "for each service where there are several. The file need not exist.",
    .run = run,
};
