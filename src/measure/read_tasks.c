/* [[task]]: one request, how often, and the pause after it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/value.h"
#include "measure/reader.h"

/* "500ms..2s", "exponential 1s" or "1s"; 0, or ERR_CONFIG. */
static int parse_pause(const char *text, struct pause *out, struct err *err)
{
    static const char EXPONENTIAL[] = "exponential ";
    const char *dots = strstr(text, "..");
    uint64_t low = 0, high = 0;
    int failed;
    if (strncmp(text, EXPONENTIAL, sizeof EXPONENTIAL - 1) == 0) {
        out->kind = PAUSE_EXPONENTIAL;
        failed = value_duration(text + sizeof EXPONENTIAL - 1, &low, err);
    } else if (dots) {
        char *from = mem_string_n(text, (size_t)(dots - text));
        out->kind = PAUSE_UNIFORM;
        failed = value_duration(from, &low, err);
        failed = failed ? failed : value_duration(dots + 2, &high, err);
        free(from);
    } else {
        out->kind = PAUSE_FIXED;
        failed = value_duration(text, &low, err);
    }
    bool backwards = out->kind == PAUSE_UNIFORM && high < low;
    bool bare = low && isdigit((unsigned char)text[strlen(text) - 1]);
    if (failed || backwards || bare || low > SCENARIO_TIMEOUT_MAX_MS ||
        high > SCENARIO_TIMEOUT_MAX_MS) {
        err_set(err, ERR_CONFIG, "'%.64s', which is no pause of at most an hour", text);
        err_hint(err, "\"1s\", \"500ms..2s\" (evenly between them) or \"exponential 1s\"");
        return ERR_CONFIG;
    }
    out->low_ns = low * 1000000;
    out->high_ns = high * 1000000;
    return 0;
}

void reader_think(struct reader *reader, const struct node *node, struct pause *out)
{
    struct err err;
    const char *text = reader_text(reader, node, "\"1s\" or \"500ms..2s\"");
    if (text && parse_pause(text, out, &err) != 0)
        reading_error(&reader->reading, place_of_value(node), err.hint, "think is %s", err.message);
}

static void take_name(struct reader *reader, const struct node *node)
{
    const char *text = reader_text(reader, node, "letters, digits, _ and - make a name");
    if (!text)
        return;
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    if (text[len] || len > 64)
        reading_error(&reader->reading, place_of_value(node),
                      "letters, digits, _ and - make a name, of at most 64 characters",
                      "'%.64s' is no name of a task", text);
    VEC_EACH (const struct task, task, &reader->scenario->tasks)
        if (strcmp(task->name, text) == 0)
            reading_error(&reader->reading, place_of_value(node), "choose another name",
                          "there is a task %.64s already", text);
    mem_replace(&reader->task->name, text);
}

static void take_weight(struct reader *reader, const struct node *node)
{
    int64_t number = 1;
    if (reader_number(reader, node, 1, SCENARIO_WEIGHT_MAX, &number))
        reader->task->weight = (uint32_t)number;
}

static void take_method(struct reader *reader, const struct node *node)
{
    const char *text = reader_text(reader, node, "GET, POST, PUT, PATCH, DELETE, …");
    if (!text)
        return;
    size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-");
    if (text[len] || len > 32 || strcmp(text, "CONNECT") == 0)
        reading_error(&reader->reading, place_of_value(node),
                      "methods are written in capitals: GET, POST, PUT, PATCH, DELETE, …",
                      "'%.64s' is no method for a request", text);
    else
        mem_replace(&reader->task->method, text);
}

/* Variables are escaped when they are filled in; the rest must be right as it stands. */
static bool fits_a_url(const struct template *path)
{
    VEC_EACH (const struct template_part, part, &path->parts)
        for (const char *at = part->text; *at && !part->is_variable; at++)
            if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f || *at == '#')
                return false;
    return true;
}

static void take_path(struct reader *reader, const struct node *node)
{
    const char *text = reader_text(reader, node, "path = \"/api/products\"");
    if (!text)
        return;
    if (*text != '/' && strncmp(text, "{{", 2) != 0)
        reading_error(&reader->reading, place_of_value(node),
                      "it begins with a slash; the host stands in base_url",
                      "path is '%.64s', which does not begin with a slash", text);
    else if (reader_template(reader, node, &reader->task->path) && !fits_a_url(&reader->task->path))
        reading_error(&reader->reading, place_of_value(node), "write %20 for a blank",
                      "path holds a character that no path may have");
}

static void take_headers(struct reader *reader, const struct node *node)
{
    reader_headers(reader, node, &reader->task->headers);
}

static void take_body(struct reader *reader, const struct node *node)
{
    if (!reader_kind(reader, node, NODE_STRING, "a string", "for JSON from TOML: json = { … }"))
        return;
    reader->task->has_body = true;
    reader->task->body_escape = ESCAPE_NONE;
    (void)reader_template(reader, node, &reader->task->body);
}

static void take_think(struct reader *reader, const struct node *node)
{
    reader_think(reader, node, &reader->task->think);
}

/* "json:path" or "header:Name" */
static void take_capture(struct reader *reader, const struct node *node)
{
    static const char JSON[] = "json:", HEADER[] = "header:";
    const char *text = reader_text(reader, node, "\"json:products.0.id\" or \"header:Location\"");
    long variable = reader_variable(reader->scenario, node->key);
    bool is_json = text && strncmp(text, JSON, sizeof JSON - 1) == 0;
    bool is_header = text && strncmp(text, HEADER, sizeof HEADER - 1) == 0;
    if (!text || variable < 0)
        return;
    const char *where = text + (is_json ? sizeof JSON : sizeof HEADER) - 1;
    if ((!is_json && !is_header) || !*where) {
        reading_error(&reader->reading, place_of_value(node),
                      "write \"json:products.0.id\" or \"header:Location\"",
                      "%s is captured from '%.64s'", node->key, text);
        return;
    }
    vec_push(&reader->task->captures, ((struct capture){.variable = (size_t)variable,
                                                        .from_header = is_header,
                                                        .where = mem_string(where)}));
    reader->task->reads_body |= is_json;
    reader->task->reads_json |= is_json;
}

static void take_captures(struct reader *reader, const struct node *table)
{
    if (!reader_kind(reader, table, NODE_TABLE, "a table", "capture = { id = \"json:id\" }"))
        return;
    NODES_EACH(node, table)
    take_capture(reader, node);
}

/* The scenario's headers, but those that the task has itself. */
static void add_common_headers(const struct reader *reader, struct task *task)
{
    size_t own = task->headers.len;
    VEC_EACH (const struct header, header, &reader->headers) {
        bool has = false;
        for (size_t i = 0; i < own; i++)
            has = has || strcmp(task->headers.at[i].name, header->name) == 0;
        if (has)
            continue;
        struct header copy = {.name = mem_string(header->name)};
        VEC_EACH (const struct template_part, part, &header->value.parts)
            vec_push(&copy.value.parts, ((struct template_part){.text = mem_string(part->text),
                                                                .variable = part->variable,
                                                                .is_variable = part->is_variable}));
        vec_push(&task->headers, copy);
    }
    VEC_EACH (const struct header, header, &task->headers)
        if (task->body_type && strcmp(header->name, "Content-Type") == 0)
            task->body_type = NULL;
}

static void read_task(struct reader *reader, const struct node *table, size_t number)
{
    static const struct reader_key KEYS[] = {
        {"name", take_name},      {"weight", take_weight},    {"method", take_method},
        {"path", take_path},      {"headers", take_headers},  {"json", reader_json},
        {"form", reader_form},    {"body", take_body},        {"think", take_think},
        {"check", reader_checks}, {"capture", take_captures}, {NULL, NULL}};
    static const char *const BODIES[] = {"json", "form", "body"};
    struct task task = {.weight = 1, .think = reader->think};
    int bodies = 0;
    reader->task = &task;
    reader_table(reader, table, "[[task]]", KEYS);
    for (size_t i = 0; i < sizeof BODIES / sizeof *BODIES; i++)
        bodies += node_get(table, BODIES[i]) != NULL;
    if (bodies > 1)
        reading_error(&reader->reading, place_of_value(table), "keep one of them",
                      "the task has more than one of json, form and body");
    if (!node_get(table, "path"))
        reading_error(&reader->reading, place_of_value(table), "say what it asks: path = \"/\"",
                      "the task has no path");
    if (!task.name)
        task.name = mem_format("task-%zu", number);
    if (!task.method)
        task.method = mem_string(task.has_body ? "POST" : "GET");
    add_common_headers(reader, &task);
    vec_push(&reader->scenario->tasks, task);
    reader->task = NULL;
}

void reader_tasks(struct reader *reader, const struct node *tasks)
{
    size_t number = 0;
    if (!node_is_tables(tasks)) {
        reading_error(&reader->reading, place_of_key(tasks),
                      "write [[task]] with two brackets before the keys of each task",
                      "task is %s, but it must be an array of tables", node_kind_words(tasks));
        return;
    }
    if (tasks->len > SCENARIO_TASKS_MAX) {
        reading_error(&reader->reading, place_of_key(tasks), NULL,
                      "there are %zu tasks, more than %d", tasks->len, SCENARIO_TASKS_MAX);
        return;
    }
    NODES_EACH(table, tasks)
    read_task(reader, table, ++number);
}
