#include "measure/bench/bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/version.h"
#include "config/load.h"
#include "measure/bench/parts.h"
#include "measure/bench/report.h"
#include "platform/environment.h"
#include "platform/fs.h"
#include "platform/random.h"
#include "platform/sysinfo.h"

#define SCRATCH_DIGITS 16
#define RUNTIME_MAX    70 /* a longer directory makes the path of zonda's socket too long, unix(7) */

/* --- samples --- */

void bench_take(struct bench *bench, int tool, enum bench_figure figure, double value, bool missed)
{
    if (bench->progress.round == 0)
        return;
    struct bench_sample sample = {.tool = tool,
                                  .figure = figure,
                                  .round = bench->progress.round > 0 ? bench->progress.round : 1,
                                  .missed = missed,
                                  .value = value};
    bench_sample_add(bench->result, sample);
    if (!bench->raw)
        return;
    struct buf line = BUF_INIT((size_t)2000);
    bench_report_sample(&line, bench->result, &sample);
    (void)fprintf(bench->raw, "%s\n", buf_text(&line));
    (void)fflush(bench->raw);
    buf_fini(&line);
}

/* --- the project --- */

static int refuse_config(const struct problems *problems, struct err *err)
{
    char place[PROBLEM_PLACE_BYTES];
    err_set(err, ERR_CONFIG, "the project's configuration is wrong");
    for (size_t i = problems->list.len; i-- > 0;)
        if (problems->list.at[i].error) /* the first one stays */
            err_set(err, ERR_CONFIG, "%.300s: %.500s",
                    problem_place(&problems->list.at[i], place, sizeof place),
                    problems->list.at[i].message);
    err_hint(err, "zonda validate tells all that is wrong with it; with --package it is not read");
    return ERR_CONFIG;
}

/* What zonda builds there: [build] package of its zonda.toml; heap, NULL where none says it. */
static int configured_package(const char *project, char **package, struct err *err)
{
    char *dir = fs_real(project);
    struct problems problems = {0};
    struct config_request request = {.dir = dir ? dir : project};
    struct config *config = config_load(&request, &problems);
    const char *below = config ? path_below(request.dir, config->root) : NULL;
    *package = NULL;
    if (below && *config->build.package)
        *package = path_join(*below ? below : ".", config->build.package);
    int result = config ? 0 : refuse_config(&problems, err);
    config_free(config);
    problems_fini(&problems);
    free(dir);
    return result;
}

static int find_subject(struct bench *bench, struct err *err)
{
    const struct bench_options *options = bench->options;
    char *package = NULL;
    int result = 0;
    if (!options->package && fs_is_dir(options->project))
        result = configured_package(options->project, &package, err);
    if (result == 0) {
        bench->subject = bench_subject_find(
            options->project, options->package ? options->package : package, &options->edits, err);
        result = bench->subject ? 0 : err->code;
    }
    free(package);
    return result;
}

/* --- the scratch directory --- */

static int make_scratch(struct bench *bench, struct err *err)
{
    char name[SCRATCH_DIGITS + 1];
    const char *tmp = strs_env_get(&bench->env, "TMPDIR");
    random_hex(name, SCRATCH_DIGITS);
    char *real = fs_real(tmp && path_is_absolute(tmp) ? tmp : "/tmp");
    bench->scratch = mem_format("%s/zonda-bench-%s", real ? real : "/tmp", name);
    free(real);
    return fs_mkdirs(bench->scratch, 0700, err);
}

/* What tools leave lying about is in the scratch directory, too. */
static int fill_scratch(struct bench *bench, struct err *err)
{
    char *tmp = path_join(bench->scratch, "tmp"), *run = path_join(bench->scratch, "run");
    int result = fs_mkdirs(tmp, 0700, err);
    if (result == 0)
        result = fs_mkdirs(run, 0700, err);
    strs_env_set(&bench->env, "TMPDIR", tmp);
    if (strlen(run) <= RUNTIME_MAX)
        strs_env_set(&bench->env, "XDG_RUNTIME_DIR", run);
    strs_env_add(&bench->env, &bench->subject->env);
    free(tmp);
    free(run);
    return result;
}

/* --- tools --- */

static void skip(struct bench *bench, int number, const char *why)
{
    mem_replace(&bench->result->tools.at[number].skipped, why);
}

/* It is there, or is fetched; else the result says why not. */
static void find_tool(struct bench *bench, const struct bench_tool *tool)
{
    int number = bench_result_tool(bench->result, tool->name);
    struct err err = {0};
    char *path = tool->program ? bench_tool_path(tool) : mem_string(bench->options->zonda);
    bench_step(bench, tool->name, "version");
    if (!path && bench->options->install && bench_tool_install(tool, &err) == 0)
        path = bench_tool_path(tool);
    if (!path) {
        skip(bench, number, err.code ? err.message : "not found in PATH");
        return;
    }
    struct bench_tool_result *result = &bench->result->tools.at[number];
    result->path = mem_string(path);
    result->version = bench_tool_version(tool, path);
    vec_push(&bench->contenders,
             ((struct contender){.tool = tool, .number = number, .path = path}));
}

static void find_tools(struct bench *bench)
{
    if (bench->options->tools.len == 0)
        for (const struct bench_tool *const *tool = BENCH_TOOLS; *tool; tool++)
            find_tool(bench, *tool);
    /* In the order in which they were named: the first is what others are compared with. */
    STRS_EACH (name, &bench->options->tools)
        if (bench_result_find(bench->result, *name) < 0)
            find_tool(bench, bench_tool_find(*name));
}

/* The copies, and the floor as a last contender. */
static int place_contenders(struct bench *bench, struct err *err)
{
    int floor = bench_result_tool(bench->result, "floor"), result = 0;
    bench_step(bench, "all tools", "copy");
    vec_push(&bench->contenders, ((struct contender){.number = floor}));
    VEC_EACH (struct contender, contender, &bench->contenders) {
        contender->copy =
            mem_format("%s/%s", bench->scratch, bench->result->tools.at[contender->number].name);
        if (result == 0)
            result = bench_subject_copy(bench->subject, contender->copy, err);
    }
    struct contender *last = &bench->contenders.at[bench->contenders.len - 1];
    struct err why = {0};
    bench_step(bench, "floor", "command lines");
    last->out = result == 0 && floor_prepare(bench, last->copy, &why) != 0;
    if (last->out)
        skip(bench, floor, why.message);
    else if (result == 0)
        bench->result->tools.at[floor].command = mem_string(floor_words(bench->floor));
    return result;
}

/* --- facts --- */

static void take_facts(struct bench *bench)
{
    struct bench_result *result = bench->result;
    const char *processor = sysinfo_processor();
    result->project = mem_string(path_base(bench->subject->root));
    result->package = mem_string(bench->subject->package);
    result->machine = mem_format("%s · %d × %s", sysinfo_system(), sysinfo_processors(),
                                 *processor ? processor : "processor");
    char *go = bench_tool_path(bench_tool_find("go-run"));
    result->go = go ? bench_tool_version(bench_tool_find("go-run"), go) : mem_string("");
    free(go);
    result->zonda = mem_string(ZONDA_VERSION);
    result->rounds = bench->options->rounds;
    result->started_wall_ns = clock_wall_ns();
    result->load_before = sysinfo_load_average();
    result->storm_s = bench->options->storm_ms / 1e3;
    result->idle_s = bench->options->idle_ms / 1e3;
}

static void take_subjects(struct bench *bench)
{
    for (int kind = 0; kind < KINDS; kind++) {
        const struct bench_edit_file *file = &bench->subject->files[kind];
        struct bench_subject_result *subject = vec_add(&bench->result->subjects);
        *subject = (struct bench_subject_result){
            .kind = mem_string(bench_kind_name((enum bench_kind)kind)),
            .file = mem_string(file->path),
            .why = mem_string(file->why),
        };
    }
}

/* --- the rounds --- */

static void run_rounds(struct bench *bench)
{
    size_t count = bench->contenders.len;
    for (int round = 0; round <= bench->options->rounds && !bench->interrupted; round++) {
        bench->progress.round = round;
        for (size_t i = 0; i < count && !bench->interrupted; i++) {
            struct contender *contender = &bench->contenders.at[(i + (size_t)round) % count];
            if (!contender->out)
                round_of(bench, contender);
        }
    }
}

static void run_calm(struct bench *bench, struct contender *contender)
{
    struct running running = {.bench = bench};
    const char *name = bench->result->tools.at[contender->number].name;
    bool storms = contender->tool && !contender->tool->by_hand && bench_wants(bench, "storm") &&
                  bench->subject->files[KIND_LEAF].path;
    bool idles = bench_wants(bench, "idle");
    bench->progress.at_ns = clock_mono_ns();
    bench->progress.calm--;
    if (contender->out || bench->interrupted || (!storms && !idles))
        return;
    /* Its start was measured in the rounds. */
    bench->progress.round = 0;
    bool runs = round_start(bench, contender, &running);
    bench->progress.round = -1;
    bench_step(bench, name, "idle");
    if (runs && idles)
        calm_idle(bench, contender, &running);
    bench_step(bench, name, "storm");
    if (runs && storms && !bench->interrupted)
        calm_storm(bench, contender, &running);
    running_stop(&running, false);
}

/* What ratios refer to. */
static void find_bases(struct bench *bench)
{
    VEC_EACH (const struct contender, contender, &bench->contenders) {
        if (contender->out)
            continue;
        if (!contender->tool)
            bench->result->floor = contender->number;
        else if (bench->result->first < 0)
            bench->result->first = contender->number;
    }
}

static int measure(struct bench *bench, struct err *err)
{
    int result = bench_open_loop(bench, err);
    if (result == 0)
        result = fill_scratch(bench, err);
    if (result == 0)
        result = trial_run(bench, err);
    if (result == 0) {
        take_subjects(bench);
        result = place_contenders(bench, err);
    }
    if (result == 0) {
        bench->progress.calm = (int)bench->contenders.len;
        run_rounds(bench);
        VEC_EACH (struct contender, contender, &bench->contenders)
            run_calm(bench, contender);
        find_bases(bench);
    }
    bench->result->load_after = sysinfo_load_average();
    bench->result->elapsed_ns = clock_mono_ns() - bench->progress.begun_ns;
    bench_close_loop(bench);
    return result;
}

/* --- the whole --- */

static int open_raw(struct bench *bench, struct err *err)
{
    const char *path = bench->options->raw;
    if (!path)
        return 0;
    bench->raw = fopen(path, "we");
    return bench->raw ? 0 : err_system(err, errno, "%.200s", path);
}

static int close_raw(struct bench *bench, struct err *err)
{
    bool failed = bench->raw && ferror(bench->raw);
    if (bench->raw && fclose(bench->raw) != 0)
        failed = true;
    return failed ? err_set(err, ERR_SYSTEM, "%.200s could not be written", bench->options->raw)
                  : 0;
}

static void bench_fini(struct bench *bench)
{
    struct err ignored;
    VEC_EACH (struct contender, contender, &bench->contenders) {
        free(contender->path);
        free(contender->copy);
    }
    vec_fini(&bench->contenders);
    floor_free(bench->floor);
    bench_subject_free(bench->subject);
    if (bench->scratch)
        (void)fs_remove_tree(bench->scratch, &ignored);
    free(bench->scratch);
    free(bench->page);
    free(bench->static_page);
    strs_fini(&bench->env);
}

struct bench_result *bench_run(const struct bench_options *options, struct err *err)
{
    struct bench bench = {.options = options, .result = bench_result_new()};
    bench.progress.begun_ns = clock_mono_ns();
    bench.progress.round = -1;
    bench.progress.tool = "the project";
    bench.progress.step = "go list";
    environment_read(&bench.env);
    int result = bench_check(options, err);
    if (result == 0)
        result = open_raw(&bench, err);
    if (result == 0)
        result = find_subject(&bench, err);
    if (result == 0) {
        take_facts(&bench);
        find_tools(&bench);
        result = make_scratch(&bench, err);
    }
    if (result == 0)
        result = measure(&bench, err);
    struct err raw_err;
    if (close_raw(&bench, &raw_err) != 0 && result == 0) {
        *err = raw_err;
        result = err->code;
    }
    bench_fini(&bench);
    if (result == 0 || bench.result->interrupted)
        return bench.result;
    bench_result_free(bench.result);
    return NULL;
}
