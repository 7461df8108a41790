/* jansson has a json_string() of its own, which nobody here calls: out of the way of ours. */
#define json_string jansson_string
#include <jansson.h>
#undef json_string

#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* --- writing --- */

/* Bytes of the UTF-8 character at text (RFC 3629 §4), 0 where it is none; *bad is then how many
   bytes stand for one U+FFFD (the maximal subpart, Unicode 3.9). */
static size_t character(const unsigned char *text, size_t len, size_t *bad)
{
    unsigned char lead = text[0], low = 0x80, high = 0xbf;
    size_t want = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    *bad = 1;
    if (want == 0 || lead > 0xf4)
        return 0;
    if (lead == 0xe0)
        low = 0xa0; /* shorter forms exist */
    else if (lead == 0xed)
        high = 0x9f; /* surrogates */
    else if (lead == 0xf0)
        low = 0x90;
    else if (lead == 0xf4)
        high = 0x8f; /* past U+10FFFF */
    for (size_t i = 1; i < want; i++) {
        if (i >= len || text[i] < low || text[i] > high)
            return 0;
        *bad = i + 1;
        low = 0x80;
        high = 0xbf;
    }
    return want;
}

static void escape(struct buf *out, unsigned char byte)
{
    static const char SHORT[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                 ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};
    if (byte < sizeof SHORT && SHORT[byte])
        (void)buf_printf(out, "\\%c", SHORT[byte]);
    else
        (void)buf_printf(out, "\\u%04x", byte);
}

static void quoted(struct buf *out, const char *value, size_t len)
{
    const unsigned char *text = (const unsigned char *)value;
    size_t plain = 0; /* bytes before at that need no care and are not written yet */
    (void)buf_putc(out, '"');
    for (size_t at = 0; at < len;) {
        size_t bad = 1, good = character(text + at, len - at, &bad);
        bool special = good == 1 && (text[at] < 0x20 || text[at] == '"' || text[at] == '\\');
        if (good && !special) {
            at += good;
            plain += good;
            continue;
        }
        (void)buf_append(out, value + at - plain, plain);
        plain = 0;
        if (special)
            escape(out, text[at]);
        else
            (void)buf_puts(out, REPLACEMENT);
        at += bad;
    }
    (void)buf_append(out, value + len - plain, plain);
    (void)buf_putc(out, '"');
}

static void begin_value(struct json_writer *writer, const char *name)
{
    if (writer->comma)
        (void)buf_putc(writer->out, ',');
    writer->comma = true;
    if (name) {
        quoted(writer->out, name, strlen(name));
        (void)buf_putc(writer->out, ':');
    }
}

void json_object_begin(struct json_writer *writer, const char *name)
{
    begin_value(writer, name);
    (void)buf_putc(writer->out, '{');
    writer->comma = false;
}

void json_object_end(struct json_writer *writer)
{
    (void)buf_putc(writer->out, '}');
    writer->comma = true;
}

void json_array_begin(struct json_writer *writer, const char *name)
{
    begin_value(writer, name);
    (void)buf_putc(writer->out, '[');
    writer->comma = false;
}

void json_array_end(struct json_writer *writer)
{
    (void)buf_putc(writer->out, ']');
    writer->comma = true;
}

void json_string(struct json_writer *writer, const char *name, const char *value)
{
    if (value) {
        json_string_n(writer, name, value, strlen(value));
        return;
    }
    begin_value(writer, name);
    (void)buf_puts(writer->out, "null");
}

void json_string_n(struct json_writer *writer, const char *name, const char *value, size_t len)
{
    begin_value(writer, name);
    quoted(writer->out, value, len);
}

void json_int(struct json_writer *writer, const char *name, int64_t value)
{
    begin_value(writer, name);
    (void)buf_printf(writer->out, "%" PRId64, value);
}

void json_double(struct json_writer *writer, const char *name, double value)
{
    begin_value(writer, name);
    if (isfinite(value))
        (void)buf_printf(writer->out, "%.3f", value);
    else
        (void)buf_puts(writer->out, "null"); /* JSON knows no infinity */
}

void json_bool(struct json_writer *writer, const char *name, bool value)
{
    begin_value(writer, name);
    (void)buf_puts(writer->out, value ? "true" : "false");
}

void json_raw(struct json_writer *writer, const char *name, const char *json)
{
    begin_value(writer, name);
    (void)buf_puts(writer->out, json);
}

/* --- reading: a struct json is jansson's json_t --- */

static const json_t *inside(const struct json *value)
{
    return (const json_t *)(const void *)value;
}

static struct json *outside(json_t *value)
{
    return (struct json *)(void *)value;
}

void json_value(struct json_writer *writer, const char *name, const struct json *value)
{
    char *text = value ? json_dumps(inside(value), JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    begin_value(writer, name);
    (void)buf_puts(writer->out, text ? text : "null");
    free(text);
}

struct json *json_parse(const char *text, size_t len, struct err *err)
{
    json_error_t error;
    if (len > JSON_TEXT_MAX) {
        err_set(err, ERR_CONFIG, "%zu bytes of JSON are more than the limit of %zu", len,
                JSON_TEXT_MAX);
        return NULL;
    }
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!root) {
        err_set(err, ERR_CONFIG, "this is not JSON: %s", error.text);
        err_place(err, "%d:%d", error.line, error.column);
    }
    return outside(root);
}

void json_free(struct json *root)
{
    json_decref((json_t *)(void *)root); /* NULL is allowed */
}

const struct json *json_get(const struct json *object, const char *name)
{
    return outside(json_object_get(inside(object), name));
}

const struct json *json_at(const struct json *array, size_t index)
{
    return outside(json_array_get(inside(array), index));
}

size_t json_len(const struct json *array)
{
    return json_array_size(inside(array));
}

const char *json_text(const struct json *value)
{
    return json_string_value(inside(value));
}

int64_t json_number(const struct json *value, int64_t otherwise)
{
    return json_is_integer(inside(value)) ? (int64_t)json_integer_value(inside(value)) : otherwise;
}

bool json_is_list(const struct json *value)
{
    return json_is_array(inside(value));
}

bool json_double_of(const struct json *value, double *out)
{
    if (!json_is_number(inside(value)))
        return false;
    *out = json_number_value(inside(value));
    return true;
}

bool json_truth(const struct json *value)
{
    return json_is_true(inside(value));
}

bool json_scalar(const struct json *value, struct buf *out)
{
    const json_t *json = inside(value);
    if (json_is_string(json))
        return buf_append(out, json_string_value(json), json_string_length(json)) == 0;
    if (json_is_integer(json))
        return buf_printf(out, "%" PRId64, (int64_t)json_integer_value(json)) == 0;
    if (json_is_real(json))
        return buf_printf(out, "%.15g", json_real_value(json)) == 0;
    if (json_is_boolean(json) || json_is_null(json))
        return buf_puts(out, json_is_null(json)   ? "null"
                             : json_is_true(json) ? "true"
                                                  : "false") == 0;
    return false;
}
