/*
 * JSON in and out.
 *
 * Out: a writer that appends to a struct buf, one call a value; it never allocates beside the buf.
 * In: a read-only view on parsed text. The only file that knows jansson is json.c; bounds: text of
 * at most JSON_TEXT_MAX bytes, depth as jansson's. Strings that come out are borrowed from the
 * root.
 */
#ifndef ZONDA_BASE_JSON_H
#define ZONDA_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define JSON_TEXT_MAX ((size_t)1 << 26)

/* --- writing: commas and colons are put by the writer; names only inside objects --- */
struct json_writer {
    struct buf *out;
    bool comma; /* a value precedes on this level */
};

void json_object_begin(struct json_writer *writer,
                       const char *name); /* name NULL in arrays and at the top */
void json_object_end(struct json_writer *writer);
void json_array_begin(struct json_writer *writer, const char *name);
void json_array_end(struct json_writer *writer);
void json_string(struct json_writer *writer, const char *name, const char *value); /* NULL: null */
/* Bytes that are not UTF-8 become U+FFFD, so that the output is always valid JSON. */
void json_string_n(struct json_writer *writer, const char *name, const char *value, size_t len);
void json_int(struct json_writer *writer, const char *name, int64_t value);
void json_double(struct json_writer *writer, const char *name, double value); /* %.3f */
void json_bool(struct json_writer *writer, const char *name, bool value);
struct json;
void json_value(struct json_writer *writer, const char *name,
                const struct json *value);                                     /* of any kind */
void json_raw(struct json_writer *writer, const char *name, const char *json); /* is JSON already */

/* --- reading --- */
/* A struct json is a value; owned by its root. */

/* NULL and an error with line:column as place where text is not one JSON value. */
struct json *json_parse(const char *text, size_t len, struct err *err);
void json_free(struct json *root);

/* Members and elements, NULL where absent or of another kind; safe on NULL. */
const struct json *json_get(const struct json *object, const char *name);
const struct json *json_at(const struct json *array, size_t index);
size_t json_len(const struct json *array);
const char *json_text(const struct json *value);                  /* NULL unless a string */
int64_t json_number(const struct json *value, int64_t otherwise); /* integers only */
bool json_is_list(const struct json *value);
bool json_double_of(const struct json *value, double *out); /* any number; false for all else */
bool json_truth(const struct json *value);                  /* true only for true */
/* Appends a string as it is, and null, true, false and numbers as JSON has them. False for the
   other kinds and for NULL. */
bool json_scalar(const struct json *value, struct buf *out);

#endif
