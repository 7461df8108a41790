/* A result from the JSON of a report: strict, as what is compared must be what was measured. */
#include <string.h>

#include "base/json.h"
#include "measure/bench/result.h"
#include "measure/report.h"

#define TOOLS_MAX  64
#define ROUNDS_MAX 1000000

struct reader {
    const char *file;
    struct err *err;
    bool failed;
};

/* The first mistake is told. */
static void wrong(struct reader *reader, const char *where, const char *name, const char *wanted)
{
    if (reader->failed)
        return;
    reader->failed = true;
    err_set(reader->err, ERR_CONFIG, "%.200s: %s%s%s is not %s", reader->file, where,
            *where && *name ? "." : "", name, wanted);
    err_hint(reader->err, "name a .json report that `zonda bench --report` wrote");
}

static double get_number(struct reader *reader, const struct json *object, const char *where,
                         const char *name)
{
    double value = 0;
    if (!json_double_of(json_get(object, name), &value) || value < 0) {
        wrong(reader, where, name, "a number from 0");
        return 0;
    }
    return value;
}

static int64_t get_int(struct reader *reader, const struct json *object, const char *where,
                       const char *name, int64_t max)
{
    int64_t value = json_number(json_get(object, name), -1);
    if (value < 0 || value > max) {
        wrong(reader, where, name, "a whole number in range");
        return 0;
    }
    return value;
}

static bool get_bool(struct reader *reader, const struct json *object, const char *where,
                     const char *name)
{
    struct buf text = BUF_INIT(10);
    const struct json *value = json_get(object, name);
    bool truth = json_truth(value);
    if (!truth &&
        (json_text(value) || !json_scalar(value, &text) || strcmp(buf_text(&text), "false") != 0))
        wrong(reader, where, name, "true or false");
    buf_fini(&text);
    return truth;
}

/* A copy; null where that is allowed. */
static char *get_text(struct reader *reader, const struct json *object, const char *where,
                      const char *name, bool null)
{
    struct buf text = BUF_INIT(10);
    const struct json *value = json_get(object, name);
    bool is_null = null && !json_text(value) && json_scalar(value, &text) &&
                   strcmp(buf_text(&text), "null") == 0;
    buf_fini(&text);
    if (!is_null && !json_text(value))
        wrong(reader, where, name, null ? "a text or null" : "a text");
    return mem_string(json_text(value));
}

/* The number of the tool of this name, -1 for null or where there is none. */
static int get_tool(struct reader *reader, const struct bench_result *result,
                    const struct json *object, const char *where, const char *name, bool null)
{
    char *text = get_text(reader, object, where, name, null);
    int tool = text ? bench_result_find(result, text) : -1;
    if (text && tool < 0)
        wrong(reader, where, name, "the name of one of the tools");
    free(text);
    return tool;
}

static size_t list_len(struct reader *reader, const struct json *root, const char *name, size_t max)
{
    const struct json *list = json_get(root, name);
    size_t len = json_len(list);
    if (json_is_list(list) && len <= max)
        return len;
    wrong(reader, "", name, "a list of bounded length");
    return 0;
}

static void read_tools(struct reader *reader, struct bench_result *result, const struct json *root)
{
    size_t len = list_len(reader, root, "tools", TOOLS_MAX);
    for (size_t i = 0; i < len && !reader->failed; i++) {
        const struct json *one = json_at(json_get(root, "tools"), i);
        char *name = get_text(reader, one, "tools", "name", false);
        if (name && bench_result_find(result, name) >= 0)
            wrong(reader, "tools", "name", "there only once");
        if (name && !reader->failed) {
            int tool = bench_result_tool(result, name);
            struct bench_tool_result *into = &result->tools.at[tool];
            into->version = get_text(reader, one, "tools", "version", true);
            into->path = get_text(reader, one, "tools", "path", true);
            into->command = get_text(reader, one, "tools", "command", true);
            into->skipped = get_text(reader, one, "tools", "skipped", true);
        }
        free(name);
    }
    result->first = get_tool(reader, result, root, "", "first", true);
    result->floor = get_tool(reader, result, root, "", "floor", true);
}

static void read_subjects(struct reader *reader, struct bench_result *result,
                          const struct json *root)
{
    size_t len = list_len(reader, root, "subjects", TOOLS_MAX);
    for (size_t i = 0; i < len && !reader->failed; i++) {
        const struct json *one = json_at(json_get(root, "subjects"), i);
        struct bench_subject_result *into = vec_add(&result->subjects);
        into->kind = get_text(reader, one, "subjects", "kind", false);
        into->file = get_text(reader, one, "subjects", "file", true);
        into->why = get_text(reader, one, "subjects", "why", true);
    }
}

static void read_samples(struct reader *reader, struct bench_result *result,
                         const struct json *root)
{
    size_t len = list_len(reader, root, "samples", BENCH_SAMPLES_MAX);
    for (size_t i = 0; i < len && !reader->failed; i++) {
        const struct json *one = json_at(json_get(root, "samples"), i);
        char *name = get_text(reader, one, "samples", "figure", false);
        int figure = name ? bench_figure_find(name) : -1;
        if (figure < 0)
            wrong(reader, "samples", "figure", "a figure that this zonda knows");
        struct bench_sample sample = {
            .tool = get_tool(reader, result, one, "samples", "tool", false),
            .figure = figure < 0 ? FIGURE_START : (enum bench_figure)figure,
            .round = (int)get_int(reader, one, "samples", "round", ROUNDS_MAX),
            .value = get_number(reader, one, "samples", "value"),
            .missed = get_bool(reader, one, "samples", "missed"),
        };
        if (!reader->failed)
            bench_sample_add(result, sample);
        free(name);
    }
}

static void read_run(struct reader *reader, struct bench_result *result, const struct json *root)
{
    const struct json *machine = json_get(root, "machine"), *versions = json_get(root, "versions");
    if (json_number(json_get(root, "v"), -1) != REPORT_VERSION)
        wrong(reader, "", "v", "the version that this zonda reads, 1");
    result->project = get_text(reader, root, "", "project", true);
    result->package = get_text(reader, root, "", "package", true);
    result->started_wall_ns = (uint64_t)get_int(reader, root, "", "started_ns", INT64_MAX);
    result->elapsed_ns = (uint64_t)get_int(reader, root, "", "elapsed_ns", INT64_MAX);
    result->rounds = (int)get_int(reader, root, "", "rounds", ROUNDS_MAX);
    result->storm_s = get_number(reader, root, "", "storm_s");
    result->idle_s = get_number(reader, root, "", "idle_s");
    result->interrupted = get_bool(reader, root, "", "interrupted");
    result->machine = get_text(reader, machine, "machine", "name", true);
    result->load_before = get_number(reader, machine, "machine", "load_before");
    result->load_after = get_number(reader, machine, "machine", "load_after");
    result->zonda = get_text(reader, versions, "versions", "zonda", true);
    result->go = get_text(reader, versions, "versions", "go", true);
}

struct bench_result *bench_result_read(const char *text, size_t len, const char *file,
                                       struct err *err)
{
    struct reader reader = {.file = file, .err = err};
    struct json *root = json_parse(text, len, err);
    if (!root) {
        char place[sizeof err->place];
        (void)memcpy(place, err->place, sizeof place);
        err->code = ERR_CONFIG;
        err_place(err, "%.180s:%.60s", file, place);
        return NULL;
    }
    struct bench_result *result = bench_result_new();
    read_run(&reader, result, root);
    read_tools(&reader, result, root);
    read_subjects(&reader, result, root);
    read_samples(&reader, result, root);
    json_free(root);
    if (!reader.failed)
        return result;
    bench_result_free(result);
    return NULL;
}
