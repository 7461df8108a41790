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

bool emit_has_prefix(const struct task *task)
{
    return task->path.parts.len && !task->path.parts.at[0].is_variable;
}
