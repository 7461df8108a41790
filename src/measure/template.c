#include "measure/template.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

static void add_literal(struct template *template, const char *text, size_t len)
{
    if (len)
        vec_push(&template->parts, ((struct template_part){.text = mem_string_n(text, len)}));
}

void template_literal(struct template *template, const char *text)
{
    add_literal(template, text, strlen(text));
}

/* The name between blanks of [from, to). */
static char *name_of(const char *from, const char *to)
{
    while (from < to && isspace((unsigned char)*from))
        from++;
    while (to > from && isspace((unsigned char)to[-1]))
        to--;
    return mem_string_n(from, (size_t)(to - from));
}

int template_read(struct template *template, const char *text, template_find_fn *find, void *data,
                  struct err *err)
{
    for (const char *open; (open = strstr(text, "{{"));) {
        const char *close = strstr(open, "}}");
        if (!close) {
            err_set(err, ERR_CONFIG, "'%.40s' opens a variable that is not closed", open);
            err_hint(err, "write {{name}}");
            return ERR_CONFIG;
        }
        add_literal(template, text, (size_t)(open - text));
        char *name = name_of(open + 2, close);
        long number = find(data, name);
        if (number < 0) {
            err_set(err, ERR_CONFIG, "there is no variable {{%.80s}}", name);
            free(name);
            return ERR_CONFIG;
        }
        vec_push(&template->parts,
                 ((struct template_part){
                     .text = name, .variable = (size_t)number, .is_variable = true}));
        text = close + 2;
    }
    template_literal(template, text);
    return 0;
}

void template_fini(struct template *template)
{
    VEC_EACH (struct template_part, part, &template->parts)
        free(part->text);
    vec_fini(&template->parts);
}

bool template_is_constant(const struct template *template)
{
    VEC_EACH (const struct template_part, part, &template->parts)
        if (part->is_variable)
            return false;
    return true;
}

static bool stays(enum escape escape, unsigned char byte)
{
    if (isalnum(byte) || (byte && strchr("-._~", byte)))
        return true;
    return escape == ESCAPE_URL && byte && strchr("/?[]@!$&'()*+,;=:%", byte);
}

static void escape_json(const char *text, size_t len, struct buf *out)
{
    struct json_writer writer = {.out = out};
    size_t begin = out->len;
    json_string_n(&writer, NULL, text, len);
    if (out->truncated)
        return;
    /* Without the quotes around it. */
    memmove(out->data + begin, out->data + begin + 1, out->len - begin - 1);
    out->len -= 2;
    out->data[out->len] = '\0';
}

void template_escape(enum escape escape, const char *text, size_t len, struct buf *out)
{
    if (escape == ESCAPE_NONE)
        (void)buf_append(out, text, len);
    if (escape == ESCAPE_JSON)
        escape_json(text, len, out);
    for (size_t i = 0; i < len && escape >= ESCAPE_FORM; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (escape == ESCAPE_HEADER) {
            if (byte >= 0x20 && byte != 0x7f)
                (void)buf_putc(out, text[i]);
        } else if (stays(escape, byte)) {
            (void)buf_putc(out, text[i]);
        } else {
            (void)buf_printf(out, "%%%02X", byte);
        }
    }
}

void template_fill(const struct template *template, enum escape escape, template_value_fn *value,
                   void *data, struct buf *scratch, struct buf *out)
{
    VEC_EACH (const struct template_part, part, &template->parts) {
        if (!part->is_variable) {
            (void)buf_puts(out, part->text);
        } else if (escape == ESCAPE_NONE) {
            value(data, part->variable, out);
        } else {
            buf_reset(scratch);
            value(data, part->variable, scratch);
            template_escape(escape, buf_text(scratch), scratch->len, out);
        }
    }
    buf_reset(scratch);
}
