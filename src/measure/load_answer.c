/* What an answer gives to its user, and whether it is what the task demands. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "http/fields.h"
#include "measure/load_parts.h"

#define CAPTURED_MAX ((size_t)4096)

static const struct task *task_of(const struct user *user)
{
    return &user->worker->load->scenario->tasks.at[user->task];
}

static void keep(struct user *user, size_t variable, const char *text, size_t len)
{
    if (len > CAPTURED_MAX)
        return;
    free(user->captured[variable]);
    user->captured[variable] = mem_string_n(text, len);
}

void load_answer_head(struct user *user, const struct http_head *head)
{
    const struct task *task = task_of(user);
    for (size_t i = 0; i < head->field_count; i++) {
        const struct http_field *field = &head->fields[i];
        if (http_text_equal_case(field->name, "Set-Cookie"))
            cookies_take(&user->cookies, field->value.at, field->value.len, user->target,
                         user->worker->load->tls != NULL);
    }
    VEC_EACH (const struct capture, capture, &task->captures) {
        if (!capture->from_header)
            continue;
        struct http_text value = http_head_value(head, capture->where);
        if (value.at)
            keep(user, capture->variable, value.at, value.len);
    }
}

void load_answer_body(struct user *user, struct http_text piece)
{
    size_t room = user->kept.max - user->kept.len;
    if (task_of(user)->reads_body)
        (void)buf_append(&user->kept, piece.at, piece.len < room ? piece.len : room);
}

/* "products.0.id": names of members and numbers of elements. */
static const struct json *find(const struct json *value, const char *path)
{
    char name[128];
    while (value && *path) {
        size_t len = strcspn(path, ".");
        if (len >= sizeof name)
            return NULL;
        memcpy(name, path, len);
        name[len] = '\0';
        bool number = len && strspn(name, "0123456789") == len;
        const struct json *inner = json_get(value, name);
        value = inner || !number ? inner : json_at(value, strtoul(name, NULL, 10));
        path += len + (path[len] == '.');
    }
    return value;
}

static bool scalar_is(const struct json *value, const char *wanted)
{
    struct buf text = BUF_INIT(1 << 20);
    bool is = json_scalar(value, &text) && strcmp(buf_text(&text), wanted) == 0;
    buf_fini(&text);
    return is;
}

static bool has_status(const struct check *check, unsigned status)
{
    VEC_EACH (const int, one, &check->statuses)
        if ((unsigned)*one == status)
            return true;
    return false;
}

/* LOAD_STATUS, LOAD_CHECK or LOAD_OK. */
static enum load_error one_check(const struct user *user, const struct check *check,
                                 const struct json *json)
{
    switch (check->kind) {
    case CHECK_STATUS:
        return has_status(check, user->status) ? LOAD_OK : LOAD_STATUS;
    case CHECK_BODY:
        return memmem(buf_text(&user->kept), user->kept.len, check->text, strlen(check->text))
                   ? LOAD_OK
                   : LOAD_CHECK;
    case CHECK_JSON:
        return scalar_is(find(json, check->path), check->literal) ? LOAD_OK : LOAD_CHECK;
    default:
        return find(json, check->path) ? LOAD_OK : LOAD_CHECK;
    }
}

static enum load_error check_all(const struct user *user, const struct json *json)
{
    const struct task *task = task_of(user);
    enum load_error first = LOAD_OK;
    bool names_status = false;
    VEC_EACH (const struct check, check, &task->checks) {
        enum load_error error = one_check(user, check, json);
        names_status |= check->kind == CHECK_STATUS;
        /* A wrong status explains a wrong body. */
        if (error != LOAD_OK && (first == LOAD_OK || error == LOAD_STATUS))
            first = error;
    }
    return !names_status && user->status >= 400 ? LOAD_STATUS : first;
}

static void capture_json(struct user *user, const struct json *json)
{
    VEC_EACH (const struct capture, capture, &task_of(user)->captures) {
        struct buf text = BUF_INIT(CAPTURED_MAX);
        if (!capture->from_header && json_scalar(find(json, capture->where), &text))
            keep(user, capture->variable, buf_text(&text), text.len);
        buf_fini(&text);
    }
}

enum load_error answer_check(struct user *user)
{
    struct err err;
    struct json *json = NULL;
    if (task_of(user)->reads_json)
        json = json_parse(buf_text(&user->kept), user->kept.len, &err);
    enum load_error error = check_all(user, json);
    if (json)
        capture_json(user, json);
    json_free(json);
    if (user->kept.cap > LOAD_KEEP_BYTES)
        buf_fini(&user->kept);
    else
        buf_reset(&user->kept);
    return error;
}
