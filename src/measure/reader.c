/* The tools of the readers. */
#include "measure/reader.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/suggest.h"
#include "config/value.h"

void reader_table(struct reader *reader, const struct node *table, const char *name,
                  const struct reader_key *keys)
{
    NODES_EACH(node, table)
    {
        const struct reader_key *key = keys;
        while (key->name && strcmp(key->name, node->key) != 0)
            key++;
        if (key->name) {
            key->take(reader, node);
            continue;
        }
        struct strs names = {0};
        for (key = keys; key->name; key++)
            strs_push(&names, key->name);
        reading_unknown(&reader->reading, node, name, &names, NULL);
        strs_fini(&names);
    }
}

bool reader_kind(struct reader *reader, const struct node *node, enum node_kind kind,
                 const char *wanted, const char *hint)
{
    if (node->kind != kind)
        reading_type(&reader->reading, node->key ? node->key : "this", node, wanted, hint);
    return node->kind == kind;
}

const char *reader_text(struct reader *reader, const struct node *node, const char *hint)
{
    if (!reader_kind(reader, node, NODE_STRING, "a string", hint))
        return NULL;
    if (*node->text)
        return node->text;
    reading_error(&reader->reading, place_of_value(node), hint, "%s is empty",
                  node->key ? node->key : "this");
    return NULL;
}

bool reader_number(struct reader *reader, const struct node *node, int64_t least, int64_t most,
                   int64_t *number)
{
    char range[80];
    (void)snprintf(range, sizeof range, "a whole number from %lld to %lld", (long long)least,
                   (long long)most);
    if (!reader_kind(reader, node, NODE_INT, range, NULL))
        return false;
    *number = node->number;
    if (node->number >= least && node->number <= most)
        return true;
    reading_error(&reader->reading, place_of_value(node), NULL, "%s is %lld, but it must be %s",
                  node->key, (long long)node->number, range);
    return false;
}

bool reader_duration(struct reader *reader, const struct node *node, uint64_t least_ms,
                     uint64_t *ns)
{
    struct err err;
    uint64_t ms = 0;
    const char *text = reader_text(reader, node, "write a number and a unit: \"300ms\", \"10s\"");
    if (!text)
        return false;
    if (value_duration(text, &ms, &err) != 0 ||
        (ms != 0 && isdigit((unsigned char)text[strlen(text) - 1]))) {
        reading_error(&reader->reading, place_of_value(node),
                      "write a number and a unit: \"300ms\", \"10s\", \"2m\"",
                      "%s is '%.64s', which is no duration", node->key, text);
        return false;
    }
    if (ms < least_ms || ms > SCENARIO_TIMEOUT_MAX_MS * 24) {
        reading_error(&reader->reading, place_of_value(node), NULL,
                      "%s is '%.64s', but it must be from %llums to 24h", node->key, text,
                      (unsigned long long)least_ms);
        return false;
    }
    *ns = ms * 1000000;
    return true;
}

static void tell_template(struct reader *reader, const struct node *node, struct err *err)
{
    struct buf hint = BUF_INIT(1000);
    const char *open = strstr(err->message, "{{");
    char name[100] = "";
    if (open && strstr(err->message, "no variable"))
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(open + 2, "}"), open + 2);
    const struct scenario *scenario = reader->scenario;
    if (*name) {
        struct strs names = {0};
        VEC_EACH (const struct variable, variable, &scenario->variables)
            strs_push(&names, variable->name);
        const char *close = suggest(name, (const char *const *)names.at, names.len);
        if (close)
            (void)buf_printf(&hint, "did you mean {{%s}}?", close);
        else
            (void)buf_puts(&hint, "define it in [variables], or capture it in a task");
        strs_fini(&names);
    } else {
        (void)buf_puts(&hint, err->hint);
    }
    reading_error(&reader->reading, place_of_value(node), buf_text(&hint), "%s: %s",
                  node->key ? node->key : "text", err->message);
    buf_fini(&hint);
}

bool reader_template(struct reader *reader, const struct node *node, struct template *out)
{
    struct err err = {0};
    if (template_read(out, node->text, reader_variable, reader->scenario, &err) == 0)
        return true;
    tell_template(reader, node, &err);
    return false;
}

static bool is_token(const char *name) /* RFC 9110 §5.6.2 */
{
    for (const char *at = name; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr("!#$%&'*+-.^_`|~", *at))
            return false;
    return *name != '\0';
}

/* What the client writes by itself: RFC 9112 §6. */
static bool is_framing(const char *name)
{
    static const char *const OURS[] = {"content-length", "transfer-encoding", "connection", "host"};
    for (size_t i = 0; i < sizeof OURS / sizeof *OURS; i++) {
        size_t at = 0;
        while (name[at] && tolower((unsigned char)name[at]) == OURS[i][at])
            at++;
        if (!name[at] && !OURS[i][at])
            return true;
    }
    return false;
}

void reader_headers(struct reader *reader, const struct node *node, header_list *out)
{
    if (!reader_kind(reader, node, NODE_TABLE, "a table of names and values",
                     "write it like this: headers = { Accept = \"application/json\" }"))
        return;
    NODES_EACH(child, node)
    {
        if (!reader_kind(reader, child, NODE_STRING, "a string", "put the value in quotes"))
            continue;
        if (!is_token(child->key)) {
            reading_error(&reader->reading, place_of_key(child),
                          "letters, digits and - make a name", "'%.64s' is no name of a header",
                          child->key);
            continue;
        }
        if (is_framing(child->key)) {
            reading_error(&reader->reading, place_of_key(child), "leave it out",
                          "%s is written by zonda itself", child->key);
            continue;
        }
        struct header *header = vec_add(out);
        *header = (struct header){.name = mem_string(child->key)};
        (void)reader_template(reader, child, &header->value);
    }
}
