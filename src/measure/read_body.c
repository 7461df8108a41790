/* Bodies of requests: TOML as JSON, and forms. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "measure/reader.h"

#define DEPTH_MAX 32

/* Strings keep their {{variables}}: braces mean nothing to JSON's quoting. */
static void write_json(struct reader *reader, const struct node *node, int depth,
                       struct json_writer *writer)
{
    const char *name = depth ? node->key : NULL;
    if (depth > DEPTH_MAX) {
        reading_error(&reader->reading, place_of_value(node), NULL,
                      "json is nested more than %d deep", DEPTH_MAX);
        return;
    }
    switch (node->kind) {
    case NODE_TABLE:
        json_object_begin(writer, name);
        NODES_EACH(child, node)
        write_json(reader, child, depth + 1, writer);
        json_object_end(writer);
        break;
    case NODE_ARRAY:
        json_array_begin(writer, name);
        NODES_EACH(child, node)
        write_json(reader, child, depth + 1, writer);
        json_array_end(writer);
        break;
    case NODE_STRING:
        json_string(writer, name, node->text);
        break;
    case NODE_INT:
        json_int(writer, name, node->number);
        break;
    case NODE_BOOL:
        json_bool(writer, name, node->number != 0);
        break;
    case NODE_FLOAT:
        json_double(writer, name, node->real);
        break;
    default:
        reading_error(&reader->reading, place_of_value(node), "put it in quotes",
                      "JSON has no dates");
    }
}

void reader_json(struct reader *reader, const struct node *node)
{
    struct task *task = reader->task;
    struct buf text = BUF_INIT(SCENARIO_REQUEST_MAX);
    struct json_writer writer = {.out = &text};
    struct err err = {0};
    if (node->kind != NODE_TABLE && node->kind != NODE_ARRAY) {
        reading_type(&reader->reading, node->key, node, "a table or a list",
                     "json = { name = \"a mug\" }; for a text as it is: body = '…'");
        return;
    }
    write_json(reader, node, 0, &writer);
    task->has_body = true;
    task->body_escape = ESCAPE_JSON;
    task->body_type = "application/json";
    if (text.truncated)
        reading_error(&reader->reading, place_of_value(node), NULL, "json is larger than %zu KiB",
                      SCENARIO_REQUEST_MAX >> 10);
    else if (template_read(&task->body, buf_text(&text), reader_variable, reader->scenario, &err))
        reading_err(&reader->reading, place_of_value(node), &err);
    buf_fini(&text);
}

/* name=value&…; what is literal is escaped here, the variables' values when they are known. */
void reader_form(struct reader *reader, const struct node *node)
{
    struct task *task = reader->task;
    struct buf escaped = BUF_INIT(SCENARIO_REQUEST_MAX);
    if (!reader_kind(reader, node, NODE_TABLE, "a table of names and values",
                     "form = { name = \"ann\", password = \"secret\" }"))
        return;
    task->has_body = true;
    task->body_escape = ESCAPE_FORM;
    task->body_type = "application/x-www-form-urlencoded";
    NODES_EACH(child, node)
    {
        struct template value = {0};
        if (!reader_kind(reader, child, NODE_STRING, "a string", "put the value in quotes"))
            continue;
        buf_reset(&escaped);
        if (child != node->at)
            (void)buf_putc(&escaped, '&');
        template_escape(ESCAPE_FORM, child->key, strlen(child->key), &escaped);
        (void)buf_putc(&escaped, '=');
        template_literal(&task->body, buf_text(&escaped));
        (void)reader_template(reader, child, &value);
        VEC_EACH (struct template_part, part, &value.parts) {
            if (!part->is_variable) {
                buf_reset(&escaped);
                template_escape(ESCAPE_FORM, part->text, strlen(part->text), &escaped);
                mem_replace(&part->text, buf_text(&escaped));
            }
            vec_push(&task->body.parts, *part);
        }
        vec_fini(&value.parts); /* its texts have moved */
    }
    buf_fini(&escaped);
}
