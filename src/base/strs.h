/*
 * A list of owned strings, always followed by NULL, so that at is an argv.
 *
 * Life-cycle: {0}, pushes, strs_fini. Pushed strings are copied.
 */
#ifndef ZONDA_BASE_STRS_H
#define ZONDA_BASE_STRS_H

#include <stdbool.h>
#include <stddef.h>

struct strs {
    char **at; /* NULL while empty and never pushed to */
    size_t len, cap;
};

void strs_push(struct strs *list, const char *text);
void strs_push_n(struct strs *list, const char *text, size_t len);
void strs_pushf(struct strs *list, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strs_push_all(struct strs *list, const char *const *texts); /* NULL-terminated */
void strs_copy(struct strs *list, const struct strs *from);      /* appends copies of all of from */
bool strs_has(const struct strs *list, const char *text);
bool strs_equal(const struct strs *a, const struct strs *b);
void strs_clear(struct strs *list);
void strs_fini(struct strs *list);

/* Sets NAME=value in a list of environment entries, replacing an entry of that name. */
void strs_env_set(struct strs *env, const char *name, const char *value);
/* strs_env_set for each entry of more; one without '=' has an empty value. */
void strs_env_add(struct strs *env, const struct strs *more);
/* The value of NAME in a list of environment entries, borrowed, or NULL. */
const char *strs_env_get(const struct strs *env, const char *name);

#define STRS_EACH(item, list)                                                                      \
    for (char **item = (list)->at; item != NULL && item < (list)->at + (list)->len; item++)

#endif
