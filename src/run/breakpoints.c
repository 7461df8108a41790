#include "run/breakpoints.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define PARAMS_MAX ((size_t)64 << 10)

static void drop(struct breakpoint *breakpoint)
{
    free(breakpoint->params);
    free(breakpoint->place);
}

/* As Delve allows names: an editor's have blanks. */
static bool is_plain_name(const char *name)
{
    for (; *name; name++)
        if (!isalnum((unsigned char)*name) && (unsigned char)*name < 0x80)
            return false;
    return true;
}

static const char *text_of(const struct json *from, const char *name)
{
    const char *text = json_text(json_get(from, name));
    return text ? text : "";
}

/* Does it mean anything in another process? */
static bool goes_on(const struct json *from)
{
    return json_number(json_get(from, "id"), 0) > 0 && *text_of(from, "file") &&
           json_number(json_get(from, "line"), 0) > 0 && !*text_of(from, "WatchExpr") &&
           !json_truth(json_get(from, "traceReturn")) && is_plain_name(text_of(from, "name"));
}

/* api.Breakpoint, without its addresses and counts. */
static char *params_of(const struct json *from)
{
    static const char *const MEMBERS[] = {"name",          "file",        "line",     "Cond",
                                          "HitCond",       "HitCondPerG", "continue", "goroutine",
                                          "stacktrace",    "variables",   "LoadArgs", "LoadLocals",
                                          "customCommands"};
    struct buf out = BUF_INIT(PARAMS_MAX);
    struct json_writer json = {.out = &out};
    json_object_begin(&json, NULL);
    json_object_begin(&json, "Breakpoint");
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        if (json_get(from, MEMBERS[i]))
            json_value(&json, MEMBERS[i], json_get(from, MEMBERS[i]));
    json_object_end(&json);
    json_object_end(&json);
    if (!out.truncated)
        return buf_steal(&out);
    buf_fini(&out);
    return NULL;
}

static void take(struct breakpoints *breakpoints, const struct json *from)
{
    char *params = goes_on(from) ? params_of(from) : NULL;
    if (!params)
        return;
    struct breakpoint one = {.id = json_number(json_get(from, "id"), 0),
                             .params = params,
                             .place = mem_format("%s:%" PRId64, text_of(from, "file"),
                                                 json_number(json_get(from, "line"), 0)),
                             .disabled = json_truth(json_get(from, "disabled"))};
    vec_push(&breakpoints->list, one);
}

static int by_id(const void *a, const void *b)
{
    const struct breakpoint *one = a, *other = b;
    return one->id < other->id ? -1 : one->id > other->id;
}

void breakpoints_read(struct breakpoints *breakpoints, const struct json *result)
{
    const struct json *list = json_get(result, "Breakpoints");
    struct breakpoints made = {0};
    for (size_t i = 0; i < json_len(list) && i < BREAKPOINTS_MAX; i++) {
        int64_t id = json_number(json_get(json_at(list, i), "id"), 0);
        take(&made, json_at(list, i));
        if (id > 0)
            vec_push(&made.ids, id);
    }
    if (made.list.len)
        qsort(made.list.at, made.list.len, sizeof *made.list.at, by_id); /* the list has no order */
    VEC_EACH (struct breakpoint, old, &breakpoints->list) {
        if (!old->unset || made.list.len >= BREAKPOINTS_MAX)
            continue;
        vec_push(&made.list, *old);
        *old = (struct breakpoint){0};
    }
    breakpoints_fini(breakpoints);
    *breakpoints = made;
}

void breakpoints_fini(struct breakpoints *breakpoints)
{
    VEC_EACH (struct breakpoint, one, &breakpoints->list)
        drop(one);
    vec_fini(&breakpoints->list);
    vec_fini(&breakpoints->ids);
}
