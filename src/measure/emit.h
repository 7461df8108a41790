/*
 * The same scenario for other engines: a script for k6, a locustfile for locust.
 *
 * What an engine cannot do is refused, not left out: locust has no open model.
 */
#ifndef ZONDA_MEASURE_EMIT_H
#define ZONDA_MEASURE_EMIT_H

#include "base/buf.h"
#include "base/err.h"
#include "measure/scenario.h"

#define EMIT_BYTES_MAX ((size_t)16 << 20)

/* Appends the script for engine ("k6", "locust"). 0, or ERR_USAGE. */
int emit(const struct scenario *scenario, const char *engine, struct buf *out, struct err *err);

/* --- its parts --- */
void emit_k6(const struct scenario *scenario, struct buf *out);
void emit_locust(const struct scenario *scenario, struct buf *out);
/* How a language writes the value of a variable. */
struct emit_words {
    const char *quote;                   /* around a name */
    const char *range_begin, *range_end; /* around "from, to" */
    const char *user, *iteration;        /* their numbers, as texts */
    const char *choice;                  /* of a list: the function */
};
/* The entries "name: value," of the variables that answers give, and of all others. */
void emit_captured(struct buf *out, const struct scenario *scenario, const char *indent,
                   const struct emit_words *words);
void emit_drawn(struct buf *out, const struct scenario *scenario, const char *indent,
                const struct emit_words *words);
/* A string in double quotes, fit for JSON, JavaScript and Python alike. */
void emit_string(struct buf *out, const char *text);
/* "a" + url(v["b"]) + "c"; function is the one that escapes, or "". */
void emit_template(struct buf *out, const struct template *template, const char *function);
/* The lines "name": value, of a task's headers. */
void emit_headers(struct buf *out, const struct task *task, const char *indent);
/* What escapes for this kind: "url", "json", "form", "header" with _text behind, or "". */
const char *emit_escape(enum escape escape);
bool emit_has_prefix(const struct task *task); /* does the path of base_url stand before its own? */

#endif
