#include "base/strs.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Takes ownership of text. */
static void take(struct strs *list, char *text)
{
    if (list->len + 2 > list->cap) {
        list->cap = list->cap ? list->cap * 2 : 8;
        list->at = mem_resize(list->at, list->cap, sizeof *list->at);
    }
    list->at[list->len++] = text;
    list->at[list->len] = NULL;
}

void strs_push(struct strs *list, const char *text)
{
    take(list, mem_string(text));
}

void strs_push_n(struct strs *list, const char *text, size_t len)
{
    take(list, mem_string_n(text, len));
}

void strs_pushf(struct strs *list, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    take(list, mem_vformat(format, args));
    va_end(args);
}

void strs_push_all(struct strs *list, const char *const *texts)
{
    for (; *texts; texts++)
        strs_push(list, *texts);
}

void strs_copy(struct strs *list, const struct strs *from)
{
    for (size_t i = 0; i < from->len; i++)
        strs_push(list, from->at[i]);
}

bool strs_has(const struct strs *list, const char *text)
{
    for (size_t i = 0; i < list->len; i++)
        if (strcmp(list->at[i], text) == 0)
            return true;
    return false;
}

bool strs_equal(const struct strs *a, const struct strs *b)
{
    if (a->len != b->len)
        return false;
    for (size_t i = 0; i < a->len; i++)
        if (strcmp(a->at[i], b->at[i]) != 0)
            return false;
    return true;
}

void strs_clear(struct strs *list)
{
    for (size_t i = 0; i < list->len; i++)
        free(list->at[i]);
    list->len = 0;
    if (list->at)
        list->at[0] = NULL;
}

void strs_fini(struct strs *list)
{
    strs_clear(list);
    free(list->at);
    *list = (struct strs){0};
}

static char **env_find(const struct strs *env, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < env->len; i++)
        if (strncmp(env->at[i], name, len) == 0 && env->at[i][len] == '=')
            return &env->at[i];
    return NULL;
}

void strs_env_set(struct strs *env, const char *name, const char *value)
{
    char *entry = mem_format("%s=%s", name, value);
    char **old = env_find(env, name);
    if (!old) {
        take(env, entry);
        return;
    }
    free(*old);
    *old = entry;
}

void strs_env_add(struct strs *env, const struct strs *more)
{
    STRS_EACH (entry, more) {
        size_t len = strcspn(*entry, "=");
        char *name = mem_string_n(*entry, len);
        strs_env_set(env, name, *entry + len + ((*entry)[len] == '='));
        free(name);
    }
}

const char *strs_env_get(const struct strs *env, const char *name)
{
    char **entry = env_find(env, name);
    return entry ? *entry + strlen(name) + 1 : NULL;
}
