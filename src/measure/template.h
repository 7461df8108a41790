/*
 * Texts of a scenario with {{variables}} in them: read once, filled in for each request.
 *
 * Life-cycle: {0}, template_read, any number of template_fill, template_fini. Owns its parts.
 */
#ifndef ZONDA_MEASURE_TEMPLATE_H
#define ZONDA_MEASURE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

/* What a value must not be able to break out of. */
enum escape {
    ESCAPE_NONE,   /* a body as it stands */
    ESCAPE_JSON,   /* inside a JSON string, RFC 8259 §7 */
    ESCAPE_FORM,   /* a value of application/x-www-form-urlencoded */
    ESCAPE_URL,    /* a request target: what no URL may hold is written %XX, RFC 3986 §2.1 */
    ESCAPE_HEADER, /* control characters are left out, RFC 9110 §5.5 */
};

struct template_part {
    char *text;      /* literal, or the name between the braces */
    size_t variable; /* its number, where is_variable */
    bool is_variable;
};

struct template
{
    VEC(struct template_part) parts; /* none: an empty text */
};

/* The number of a variable of this name, or -1. */
typedef long template_find_fn(void *data, const char *name);
/* ERR_CONFIG for braces that are not closed and names that find does not know. */
int template_read(struct template *template, const char *text, template_find_fn *find, void *data,
                  struct err *err);
void template_literal(struct template *template, const char *text); /* appended as it is */
void template_fini(struct template *template);

/* Writes the value of a variable to out as it is. */
typedef void template_value_fn(void *data, size_t variable, struct buf *out);
/* Appends the text to out; scratch is used for values and is empty afterwards. */
void template_fill(const struct template *template, enum escape escape, template_value_fn *value,
                   void *data, struct buf *scratch, struct buf *out);
void template_escape(enum escape escape, const char *text, size_t len, struct buf *out);

bool template_is_constant(const struct template *template);

#endif
