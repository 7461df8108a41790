#include "browser/fault.h"

#include "base/json.h"
#include "base/path.h"
#include "browser/editor.h"
#include "observe/clean.h"

#define EXCERPT_BYTES_MAX ((size_t)8 << 10)
#define PLACE_BYTES_MAX   ((size_t)16 << 10)
#define OUTPUT_SHOWN_MAX  ((size_t)8 << 10)
#define LINES_AROUND      3

static void write_place(const struct diagnostic *one, const struct config *config,
                        struct json_writer *json)
{
    const char *template = editor_template(config->dashboard.editor);
    struct buf place = BUF_INIT(PLACE_BYTES_MAX);
    editor_place(template, one->file, one->line, one->column, &place);
    json_string(json, editor_is_link(template) ? "open" : "copy", buf_text(&place));
    buf_fini(&place);
}

static void write_diagnostic(const struct diagnostic *one, const struct config *config,
                             bool excerpt, struct json_writer *json)
{
    json_object_begin(json, NULL);
    json_string(json, "file", path_show(config->root, one->file));
    json_int(json, "line", one->line);
    json_int(json, "column", one->column);
    json_bool(json, "warning", one->warning);
    json_string(json, "message", one->message);
    write_place(one, config, json);
    if (excerpt) {
        struct buf source = BUF_INIT(EXCERPT_BYTES_MAX);
        diagnostic_excerpt(one, LINES_AROUND, LINES_AROUND, &source);
        if (source.len)
            json_string_n(json, "excerpt", source.data, source.len);
        buf_fini(&source);
    }
    json_object_end(json);
}

/* The end of it, without colours, from the beginning of a line. */
static void write_output(const char *output, size_t len, struct json_writer *json)
{
    struct buf clean = BUF_INIT(2 * OUTPUT_SHOWN_MAX);
    if (len > OUTPUT_SHOWN_MAX) {
        output += len - OUTPUT_SHOWN_MAX;
        len = OUTPUT_SHOWN_MAX;
        for (; len && *output != '\n'; len--)
            output++;
    }
    clean_text(output, len, true, &clean);
    json_string_n(json, "output", buf_text(&clean), clean.len);
    buf_fini(&clean);
}

void fault_write(const struct fault *fault, const struct config *config, struct buf *out)
{
    struct json_writer json = {.out = out};
    size_t written = 0;
    json_object_begin(&json, NULL);
    json_string(&json, "type", "error");
    json_object_begin(&json, "payload");
    json_string(&json, "kind", fault->kind);
    json_string(&json, "message", fault->message);
    json_int(&json, "reload", (int64_t)fault->reload);
    json_bool(&json, "serves", fault->serves);
    json_array_begin(&json, "diagnostics");
    VEC_EACH (struct diagnostic, one, &fault->diagnostics->list) {
        if (out->len > FAULT_BYTES_MAX / 2)
            break; /* the output has to fit as well */
        write_diagnostic(one, config, written++ < FAULT_EXCERPTS_MAX, &json);
    }
    json_array_end(&json);
    json_int(&json, "dropped",
             (int64_t)(fault->diagnostics->list.len - written + fault->diagnostics->dropped));
    if (fault->output && fault->output_len)
        write_output(fault->output, fault->output_len, &json);
    json_object_end(&json);
    json_object_end(&json);
}
