#include "config/reading.h"

#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "config/suggest.h"

#define MESSAGE_MAX 1024

struct place place_of_key(const struct node *node)
{
    if (!node->key_line)
        return place_of_value(node);
    return (struct place){node->key_line, node->key_column};
}

struct place place_of_value(const struct node *node)
{
    return (struct place){node->line, node->column};
}

static void __attribute__((format(printf, 5, 0)))
tell(struct reading *reading, bool error, struct place place, const char *hint, const char *format,
     va_list args)
{
    struct buf text = BUF_INIT(MESSAGE_MAX);
    (void)buf_vprintf(&text, format, args);
    problems_add(reading->problems, error, reading->file, place.line, place.column, hint, "%s",
                 buf_text(&text));
    buf_fini(&text);
}

void reading_error(struct reading *reading, struct place place, const char *hint,
                   const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tell(reading, true, place, hint, format, args);
    va_end(args);
}

void reading_warning(struct reading *reading, struct place place, const char *hint,
                     const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tell(reading, false, place, hint, format, args);
    va_end(args);
}

void reading_err(struct reading *reading, struct place place, const struct err *err)
{
    reading_error(reading, place, *err->hint ? err->hint : NULL, "%s", err->message);
}

void reading_unknown(struct reading *reading, const struct node *node, const char *table,
                     const struct strs *names, const char *elsewhere)
{
    struct buf hint = BUF_INIT(MESSAGE_MAX);
    const char *close = suggest(node->key, (const char *const *)names->at, names->len);
    if (elsewhere) {
        (void)buf_printf(&hint, "it belongs into %s", elsewhere);
    } else if (close) {
        (void)buf_printf(&hint, "did you mean %s?", close);
    } else {
        (void)buf_printf(&hint, "%s has ", table);
        STRS_EACH (name, names)
            (void)buf_printf(&hint, "%s%s", name == names->at ? "" : ", ", *name);
    }
    problems_add(reading->problems, !reading->lenient, reading->file, place_of_key(node).line,
                 place_of_key(node).column, buf_text(&hint), "%s has no %s %.80s", table,
                 node->kind == NODE_TABLE || node_is_tables(node) ? "table" : "key", node->key);
    buf_fini(&hint);
}

void reading_came(struct reading *reading, const char *section, const char *key,
                  const struct node *node)
{
    const struct schema_entry *entry = schema_find(section, key);
    if (entry)
        reading->config->origins[entry - SCHEMA] =
            (struct origin){.kind = ORIGIN_FILE, .line = node->line, .column = node->column};
}
