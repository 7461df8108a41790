#include "measure/emit.h"

#include <string.h>

#include "base/json.h"

int emit(const struct scenario *scenario, const char *engine, struct buf *out, struct err *err)
{
    if (strcmp(engine, "k6") == 0) {
        emit_k6(scenario, out);
        return 0;
    }
    if (strcmp(engine, "locust") != 0) {
        err_set(err, ERR_USAGE, "there is no way to write a scenario for '%.60s'", engine);
        err_hint(err, "--emit k6, or --emit locust");
        return ERR_USAGE;
    }
    if (scenario->open) {
        err_set(err, ERR_USAGE, "locust has no open model: its users wait for their answers");
        err_hint(err, "write stages of users, or use --emit k6");
        return ERR_USAGE;
    }
    emit_locust(scenario, out);
    return 0;
}

void emit_string(struct buf *out, const char *text)
{
    struct json_writer writer = {.out = out};
    json_string(&writer, NULL, text);
}

static void put_name(struct buf *out, const struct emit_words *words, const char *indent,
                     const struct variable *variable)
{
    (void)buf_printf(out, "%s%s%s%s: ", indent, words->quote, variable->name, words->quote);
}

void emit_captured(struct buf *out, const struct scenario *scenario, const char *indent,
                   const struct emit_words *words)
{
    VEC_EACH (const struct variable, variable, &scenario->variables) {
        if (variable->kind != VARIABLE_CAPTURED)
            continue;
        put_name(out, words, indent, variable);
        emit_string(out, variable->text);
        (void)buf_puts(out, ",\n");
    }
}

static void put_choice(struct buf *out, const struct strs *texts, const char *function)
{
    (void)buf_printf(out, "%s([", function);
    STRS_EACH (text, texts) {
        emit_string(out, *text);
        (void)buf_puts(out, ", ");
    }
    (void)buf_puts(out, "])");
}

static void put_value(struct buf *out, const struct variable *variable,
                      const struct emit_words *words)
{
    switch (variable->kind) {
    case VARIABLE_TEXT:
        emit_string(out, variable->text);
        break;
    case VARIABLE_RANGE:
        (void)buf_printf(out, "%s%lld, %lld%s", words->range_begin, (long long)variable->from,
                         (long long)variable->to, words->range_end);
        break;
    case VARIABLE_USER:
        (void)buf_puts(out, words->user);
        break;
    case VARIABLE_ITERATION:
        (void)buf_puts(out, words->iteration);
        break;
    case VARIABLE_RUN:
        (void)buf_puts(out, "RUN");
        break;
    case VARIABLE_LIST:
        put_choice(out, &variable->texts, words->choice);
        break;
    case VARIABLE_CAPTURED:
        break;
    }
}

void emit_drawn(struct buf *out, const struct scenario *scenario, const char *indent,
                const struct emit_words *words)
{
    VEC_EACH (const struct variable, variable, &scenario->variables) {
        if (variable->kind == VARIABLE_CAPTURED)
            continue;
        put_name(out, words, indent, variable);
        put_value(out, variable, words);
        (void)buf_puts(out, ",\n");
    }
}

const char *emit_escape(enum escape escape)
{
    static const char *const NAMES[] = {[ESCAPE_NONE] = "",
                                        [ESCAPE_JSON] = "json_text",
                                        [ESCAPE_FORM] = "form_text",
                                        [ESCAPE_URL] = "url_text",
                                        [ESCAPE_HEADER] = "header_text"};
    return NAMES[escape];
}

void emit_template(struct buf *out, const struct template *template, const char *function)
{
    if (template->parts.len == 0)
        (void)buf_puts(out, "\"\"");
    VEC_EACH (const struct template_part, part, &template->parts) {
        if (part != template->parts.at)
            (void)buf_puts(out, " + ");
        if (!part->is_variable)
            emit_string(out, part->text);
        else if (*function)
            (void)buf_printf(out, "%s(v[\"%s\"])", function, part->text);
        else
            (void)buf_printf(out, "v[\"%s\"]", part->text);
    }
}

void emit_headers(struct buf *out, const struct task *task, const char *indent)
{
    VEC_EACH (const struct header, header, &task->headers) {
        (void)buf_puts(out, indent);
        emit_string(out, header->name);
        (void)buf_puts(out, ": ");
        emit_template(out, &header->value, emit_escape(ESCAPE_HEADER));
        (void)buf_puts(out, ",\n");
    }
    if (task->body_type)
        (void)buf_printf(out, "%s\"Content-Type\": \"%s\",\n", indent, task->body_type);
}

bool emit_has_prefix(const struct task *task)
{
    return task->path.parts.len && !task->path.parts.at[0].is_variable;
}
