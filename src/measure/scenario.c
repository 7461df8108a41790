#include "measure/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "measure/reader.h"

#define CONNECTIONS_MAX 20000

/* --- the root table --- */

static void take_nothing(struct reader *reader, const struct node *node)
{
    (void)reader;
    (void)node; /* read before or after the others, as scenario_read says */
}

static void take_seed(struct reader *reader, const struct node *node)
{
    int64_t number;
    if (reader_number(reader, node, 0, INT64_MAX, &number))
        reader->scenario->seed = (uint64_t)number;
}

static void take_connections(struct reader *reader, const struct node *node)
{
    int64_t number;
    if (reader_number(reader, node, 1, CONNECTIONS_MAX, &number))
        reader->scenario->connections_max = (uint64_t)number;
}

static void take_timeout(struct reader *reader, const struct node *node)
{
    (void)reader_duration(reader, node, 1, &reader->scenario->timeout_ns);
}

static void take_body_max(struct reader *reader, const struct node *node)
{
    int64_t number;
    if (reader_number(reader, node, 0, 16 << 20, &number))
        reader->scenario->body_max_bytes = (uint64_t)number;
}

static void take_limits(struct reader *reader, const struct node *node)
{
    static const struct reader_key KEYS[] = {{"connections", take_connections},
                                             {"timeout", take_timeout},
                                             {"body_bytes", take_body_max},
                                             {NULL, NULL}};
    if (reader_kind(reader, node, NODE_TABLE, "a section", "write [limits] in its own line"))
        reader_table(reader, node, "[limits]", KEYS);
}

static void take_verify(struct reader *reader, const struct node *node)
{
    if (reader_kind(reader, node, NODE_BOOL, "true or false", "verify = false"))
        reader->scenario->tls_verify = node->number != 0;
}

static void take_ca(struct reader *reader, const struct node *node)
{
    const char *text = reader_text(reader, node, "name a PEM file");
    if (text)
        mem_replace(&reader->scenario->tls_ca, text);
}

static void take_tls(struct reader *reader, const struct node *node)
{
    static const struct reader_key KEYS[] = {
        {"verify", take_verify}, {"ca", take_ca}, {NULL, NULL}};
    if (reader_kind(reader, node, NODE_TABLE, "a section", "write [tls] in its own line"))
        reader_table(reader, node, "[tls]", KEYS);
}

/* What needs nothing but itself; the others are read in the order of what they need. */
static const struct reader_key ROOT[] = {{"base_url", reader_target},
                                         {"seed", take_seed},
                                         {"think", take_nothing},
                                         {"thresholds", take_nothing},
                                         {"variables", take_nothing},
                                         {"headers", take_nothing},
                                         {"limits", take_limits},
                                         {"tls", take_tls},
                                         {"task", take_nothing},
                                         {"stage", take_nothing},
                                         {NULL, NULL}};

/* Variables before the texts that use them, tasks before the thresholds that name them. */
static void read_in_order(struct reader *reader, const struct node *root)
{
    const struct node *think = node_get(root, "think"), *headers = node_get(root, "headers");
    const struct node *tasks = node_get(root, "task"), *stages = node_get(root, "stage");
    const struct node *thresholds = node_get(root, "thresholds");
    reader_variables(reader, node_get(root, "variables"));
    reader_captured(reader, tasks);
    reader_table(reader, root, "a scenario", ROOT);
    if (think)
        reader_think(reader, think, &reader->think);
    if (headers)
        reader_headers(reader, headers, &reader->headers);
    if (tasks)
        reader_tasks(reader, tasks);
    if (stages)
        reader_stages(reader, stages);
    if (thresholds)
        reader_thresholds(reader, thresholds);
    if (!tasks)
        reading_error(&reader->reading, (struct place){0},
                      "add [[task]] with path = \"/\" below it", "the scenario has no task");
    if (!stages)
        reading_error(&reader->reading, (struct place){0},
                      "add [[stage]] with users = 10 and for = \"30s\" below it",
                      "the scenario has no stage");
    if (!reader->scenario->target.url && !node_get(root, "base_url"))
        reading_error(&reader->reading, (struct place){0},
                      "add base_url = \"http://127.0.0.1:8080\" at its head, or give --url",
                      "the scenario has no base_url");
}

static void headers_fini(header_list *headers)
{
    VEC_EACH (struct header, header, headers) {
        free(header->name);
        template_fini(&header->value);
    }
    vec_fini(headers);
}

struct scenario *scenario_read(const char *text, size_t len, const char *file, const char *url,
                               struct problems *problems)
{
    struct scenario *scenario = mem_new(1, sizeof *scenario);
    struct reader reader = {.reading = {.problems = problems, .file = file}, .scenario = scenario};
    struct err err;
    scenario->file = mem_string(file);
    scenario->seed = 1;
    scenario->connections_max = 1000;
    scenario->timeout_ns = UINT64_C(10000000000);
    scenario->body_max_bytes = 64 << 10;
    scenario->tls_verify = true;
    struct node *root = toml_parse(text, len, file, problems);
    if (url && reader_url(url, &scenario->target, &err) != 0)
        problems_add(problems, true, "--url", 0, 0, err.hint, "%s", err.message);
    if (root)
        read_in_order(&reader, root);
    headers_fini(&reader.headers);
    node_free(root);
    problems_sort(problems);
    if (problems->errors == 0)
        return scenario;
    scenario_free(scenario);
    return NULL;
}

static void task_fini(struct task *task)
{
    free(task->name);
    free(task->method);
    template_fini(&task->path);
    headers_fini(&task->headers);
    template_fini(&task->body);
    VEC_EACH (struct check, check, &task->checks) {
        vec_fini(&check->statuses);
        free(check->text);
        free(check->path);
        free(check->literal);
    }
    vec_fini(&task->checks);
    VEC_EACH (struct capture, capture, &task->captures)
        free(capture->where);
    vec_fini(&task->captures);
}

void scenario_free(struct scenario *scenario)
{
    if (!scenario)
        return;
    VEC_EACH (struct variable, variable, &scenario->variables) {
        free(variable->name);
        free(variable->text);
        strs_fini(&variable->texts);
    }
    vec_fini(&scenario->variables);
    VEC_EACH (struct task, task, &scenario->tasks)
        task_fini(task);
    vec_fini(&scenario->tasks);
    vec_fini(&scenario->stages);
    VEC_EACH (struct threshold, threshold, &scenario->thresholds)
        free(threshold->text);
    vec_fini(&scenario->thresholds);
    free(scenario->target.host);
    free(scenario->target.prefix);
    free(scenario->target.url);
    free(scenario->tls_ca);
    free(scenario->file);
    free(scenario);
}
