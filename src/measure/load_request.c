/* From a task to the bytes of its request, RFC 9112 §3 and §6. */
#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "measure/load_parts.h"

static void value_of(void *data, size_t number, struct buf *out)
{
    const struct user *user = data;
    const struct load *load = user->worker->load;
    const struct variable *variable = &load->scenario->variables.at[number];
    switch (variable->kind) {
    case VARIABLE_TEXT:
        (void)buf_puts(out, variable->text);
        break;
    case VARIABLE_LIST:
        (void)buf_puts(out, variable->texts.at[user->drawn[number]]);
        break;
    case VARIABLE_RANGE:
        (void)buf_printf(out, "%lld", (long long)user->drawn[number]);
        break;
    case VARIABLE_CAPTURED:
        (void)buf_puts(out, user->captured[number] ? user->captured[number] : variable->text);
        break;
    case VARIABLE_USER:
        (void)buf_printf(out, "%u", user->number + 1);
        break;
    case VARIABLE_ITERATION:
        (void)buf_printf(out, "%llu", (unsigned long long)user->iteration);
        break;
    default:
        (void)buf_puts(out, load->run);
    }
}

void user_draw(struct user *user)
{
    const struct scenario *scenario = user->worker->load->scenario;
    for (size_t i = 0; i < scenario->variables.len; i++) {
        const struct variable *variable = &scenario->variables.at[i];
        if (variable->kind == VARIABLE_LIST)
            user->drawn[i] = (int64_t)(random_next(&user->random) % variable->texts.len);
        if (variable->kind == VARIABLE_RANGE) {
            uint64_t width = (uint64_t)variable->to - (uint64_t)variable->from + 1;
            uint64_t draw = random_next(&user->random);
            user->drawn[i] = (int64_t)((uint64_t)variable->from + (width ? draw % width : draw));
        }
    }
}

/* What a captured URL may have before its path: "http://host:port". */
static void drop_origin(struct buf *target)
{
    const char *text = buf_text(target);
    if (strncmp(text, "http://", 7) != 0 && strncmp(text, "https://", 8) != 0)
        return;
    const char *authority = strstr(text, "://") + 3;
    buf_consume(target, (size_t)(authority - text) + strcspn(authority, "/?"));
}

static void write_target(struct user *user, const struct task *task, struct buf *out)
{
    struct worker *worker = user->worker;
    bool is_path = task->path.parts.len && !task->path.parts.at[0].is_variable;
    buf_reset(out);
    if (is_path)
        (void)buf_puts(out, worker->load->scenario->target.prefix);
    template_fill(&task->path, ESCAPE_URL, value_of, user, &worker->scratch, out);
    if (is_path)
        return;
    drop_origin(out);
    if (*buf_text(out) != '/') { /* "?page=2", or nothing was captured */
        (void)buf_puts(&worker->scratch, buf_text(out));
        buf_reset(out);
        (void)buf_printf(out, "/%s", buf_text(&worker->scratch));
        buf_reset(&worker->scratch);
    }
}

static bool has_header(const struct task *task, const char *name)
{
    VEC_EACH (const struct header, header, &task->headers)
        if (strcmp(header->name, name) == 0)
            return true;
    return false;
}

static void write_head(struct user *user, const struct task *task, const char *target,
                       struct buf *out)
{
    struct worker *worker = user->worker;
    (void)buf_printf(out, "%s %s HTTP/1.1\r\nHost: %s\r\n", task->method, target,
                     worker->load->authority);
    if (!has_header(task, "User-Agent"))
        (void)buf_puts(out, "User-Agent: zonda/" ZONDA_VERSION "\r\n");
    VEC_EACH (const struct header, header, &task->headers) {
        (void)buf_printf(out, "%s: ", header->name);
        template_fill(&header->value, ESCAPE_HEADER, value_of, user, &worker->scratch, out);
        (void)buf_puts(out, "\r\n");
    }
}

/* The fields of the body, the empty line and the body. */
static void write_rest(struct user *user, const struct task *task, struct buf *out)
{
    struct buf body = BUF_INIT(SCENARIO_REQUEST_MAX);
    bool says_length = task->has_body || strcmp(task->method, "POST") == 0 ||
                       strcmp(task->method, "PUT") == 0 || strcmp(task->method, "PATCH") == 0;
    template_fill(&task->body, task->body_escape, value_of, user, &user->worker->scratch, &body);
    if (task->body_type)
        (void)buf_printf(out, "Content-Type: %s\r\n", task->body_type);
    if (says_length)
        (void)buf_printf(out, "Content-Length: %zu\r\n", body.len);
    (void)buf_puts(out, "\r\n");
    (void)buf_append(out, buf_text(&body), body.len);
    out->truncated |= body.truncated;
    buf_fini(&body);
}

static bool is_fixed(const struct task *task)
{
    VEC_EACH (const struct header, header, &task->headers)
        if (!template_is_constant(&header->value))
            return false;
    return template_is_constant(&task->path) && template_is_constant(&task->body);
}

void requests_fix(struct worker *worker)
{
    const struct scenario *scenario = worker->load->scenario;
    struct user nobody = {.worker = worker};
    worker->fixed = mem_new(scenario->tasks.len, sizeof *worker->fixed);
    for (size_t i = 0; i < scenario->tasks.len; i++) {
        const struct task *task = &scenario->tasks.at[i];
        struct fixed *fixed = &worker->fixed[i];
        buf_init(&fixed->text, SCENARIO_REQUEST_MAX);
        buf_init(&fixed->rest, SCENARIO_REQUEST_MAX);
        buf_init(&fixed->target, SCENARIO_REQUEST_MAX);
        fixed->whole = is_fixed(task);
        if (!fixed->whole)
            continue;
        write_target(&nobody, task, &fixed->target);
        write_head(&nobody, task, buf_text(&fixed->target), &fixed->text);
        write_rest(&nobody, task, &fixed->rest);
    }
}

void requests_fini(struct worker *worker)
{
    for (size_t i = 0; worker->fixed && i < worker->load->scenario->tasks.len; i++) {
        buf_fini(&worker->fixed[i].text);
        buf_fini(&worker->fixed[i].rest);
        buf_fini(&worker->fixed[i].target);
    }
    free(worker->fixed);
}

const struct buf *user_request(struct user *user)
{
    struct worker *worker = user->worker;
    const struct task *task = &worker->load->scenario->tasks.at[user->task];
    const struct fixed *fixed = &worker->fixed[user->task];
    struct buf *out = &worker->request;
    buf_reset(out);
    if (fixed->whole) {
        user->target = buf_text(&fixed->target);
        (void)buf_append(out, fixed->text.data, fixed->text.len);
    } else {
        write_target(user, task, &user->target_text);
        user->target = buf_text(&user->target_text);
        write_head(user, task, user->target, out);
    }
    cookies_write(&user->cookies, user->target, out);
    if (fixed->whole)
        (void)buf_append(out, fixed->rest.data, fixed->rest.len);
    else
        write_rest(user, task, out);
    bool too_large = out->truncated || user->target_text.truncated ||
                     strlen(user->target) > HTTP_TARGET_BYTES_MAX;
    return too_large ? NULL : out;
}
