/* depends_on: every name is known, and nobody waits for itself. */
#include <string.h>

#include "config/reading.h"
#include "config/suggest.h"

static bool is_declared(const struct node *list, const char *name)
{
    const struct node *table = node_get(list, name);
    return table && table->kind == NODE_TABLE;
}

static void unknown(struct reading *reading, const struct node *list, const struct node *element)
{
    struct strs names = {0};
    struct buf hint = BUF_INIT(1024);
    NODES_EACH(table, list)
    strs_push(&names, table->key);
    const char *close = suggest(element->text, (const char *const *)names.at, names.len);
    if (close)
        (void)buf_printf(&hint, "did you mean %s?", close);
    else
        (void)buf_printf(&hint, "write a [service.%.32s], or remove the name", element->text);
    reading_error(reading, place_of_value(element), buf_text(&hint), "there is no service %.64s",
                  element->text);
    buf_fini(&hint);
    strs_fini(&names);
}

/* The way from name back to the last of way, which grows by what is walked: true once found. Each
   name is walked once (seen). */
static bool leads_back(const struct node *list, const char *name, const char *to, struct strs *seen,
                       struct strs *way)
{
    const struct node *depends_on = node_get(node_get(list, name), "depends_on");
    if (strcmp(name, to) == 0)
        return true;
    if (!depends_on || depends_on->kind != NODE_ARRAY || strs_has(seen, name))
        return false;
    strs_push(seen, name);
    strs_push(way, name);
    NODES_EACH(element, depends_on)
    if (element->kind == NODE_STRING && leads_back(list, element->text, to, seen, way))
        return true;
    free(way->at[--way->len]);
    return false;
}

static void check_circle(struct reading *reading, const struct node *list, const struct node *table,
                         const struct node *element, struct strs *told)
{
    struct strs seen = {0}, way = {0};
    struct buf text = BUF_INIT(2048);
    /* One circle is told once, where it comes first in the file's order of names. */
    if (leads_back(list, element->text, table->key, &seen, &way) && !strs_has(told, table->key)) {
        (void)buf_printf(&text, "%s", table->key);
        STRS_EACH (name, &way)
            (void)buf_printf(&text, " waits for %s, which", *name);
        (void)buf_printf(&text, " waits for %s", table->key);
        reading_error(reading, place_of_value(element), "remove one of them from its depends_on",
                      "%s: none of them could start", buf_text(&text));
        strs_copy(told, &way);
        strs_push(told, table->key);
    }
    buf_fini(&text);
    strs_fini(&seen);
    strs_fini(&way);
}

void services_order(const struct node *list, const char *shown, struct config *config,
                    struct problems *problems)
{
    struct reading reading = {.config = config, .problems = problems, .file = shown};
    struct strs told = {0};
    if (list->kind != NODE_TABLE || list->len > SERVICES_MAX)
        return;
    NODES_EACH(table, list)
    {
        const struct node *depends_on = node_get(table, "depends_on");
        if (!depends_on || depends_on->kind != NODE_ARRAY)
            continue;
        NODES_EACH(element, depends_on)
        {
            if (element->kind != NODE_STRING || !*element->text)
                continue; /* told already */
            if (is_declared(list, element->text))
                check_circle(&reading, list, table, element, &told);
            else
                unknown(&reading, list, element);
        }
    }
    strs_fini(&told);
}
