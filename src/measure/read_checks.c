/* [task.check]: what an answer must be. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "measure/reader.h"

static struct check *add(struct reader *reader, enum check_kind kind)
{
    struct check *check = vec_add(&reader->task->checks);
    *check = (struct check){.kind = kind};
    reader->task->reads_body |= kind != CHECK_STATUS;
    reader->task->reads_json |= kind == CHECK_JSON || kind == CHECK_JSON_HAS;
    return check;
}

static void add_status(struct reader *reader, const struct node *node, struct check *check)
{
    if (node->kind == NODE_INT && node->number >= 100 && node->number <= 599)
        vec_push(&check->statuses, (int)node->number);
    else
        reading_error(&reader->reading, place_of_value(node),
                      "write numbers from 100 to 599: status = 200, or status = [200, 304]",
                      "status is no status of HTTP");
}

static void take_status(struct reader *reader, const struct node *node)
{
    struct check *check = add(reader, CHECK_STATUS);
    if (node->kind != NODE_ARRAY || node->len == 0) {
        add_status(reader, node, check);
        return;
    }
    NODES_EACH(child, node)
    add_status(reader, child, check);
}

static void take_body(struct reader *reader, const struct node *node)
{
    const char *text = reader_text(reader, node, "name a text that the body contains");
    if (text)
        add(reader, CHECK_BODY)->text = mem_string(text);
}

/* A dotted key may be quoted or not: { "a.b" = 1 } is { a.b = 1 }, which TOML reads as tables. */
static void take_values(struct reader *reader, const struct node *table, const char *before)
{
    NODES_EACH(node, table)
    {
        char *path = mem_format("%s%s%s", before, *before ? "." : "", node->key);
        if (node->kind == NODE_TABLE) {
            take_values(reader, node, path);
        } else if (node->kind != NODE_STRING && node->kind != NODE_INT && node->kind != NODE_BOOL) {
            reading_type(&reader->reading, path, node, "a text, a whole number, true or false",
                         NULL);
        } else {
            struct check *check = add(reader, CHECK_JSON);
            check->path = mem_string(path);
            check->literal = node->kind == NODE_STRING ? mem_string(node->text)
                             : node->kind == NODE_INT  ? mem_format("%lld", (long long)node->number)
                                                      : mem_string(node->number ? "true" : "false");
        }
        free(path);
    }
}

static void take_json(struct reader *reader, const struct node *node)
{
    if (reader_kind(reader, node, NODE_TABLE, "a table of places and values",
                    "json = { \"products.0.name\" = \"Mug\" }"))
        take_values(reader, node, "");
}

static void take_json_has(struct reader *reader, const struct node *node)
{
    struct strs paths = {0};
    (void)reading_strings(&reader->reading, node->key, node, &paths);
    STRS_EACH (path, &paths)
        add(reader, CHECK_JSON_HAS)->path = mem_string(*path);
    strs_fini(&paths);
}

void reader_checks(struct reader *reader, const struct node *table)
{
    static const struct reader_key KEYS[] = {{"status", take_status},
                                             {"body", take_body},
                                             {"json", take_json},
                                             {"json_has", take_json_has},
                                             {NULL, NULL}};
    if (reader_kind(reader, table, NODE_TABLE, "a table", "check = { status = 200 }"))
        reader_table(reader, table, "[task.check]", KEYS);
}
