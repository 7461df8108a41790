#include "build/golang/flags.h"

#include <stdio.h>
#include <string.h>

#include "base/words.h"

static const struct {
    const char *name;
    bool value;          /* in the same word after "=", or the next word */
    const char *only[3]; /* values that are understood; empty: any */
} UNDERSTOOD[] = {
    {"tags", true, {0}},        {"ldflags", true, {0}},
    {"gcflags", true, {0}},     {"asmflags", true, {0}},
    {"mod", true, {0}},         {"p", true, {0}},
    {"buildvcs", false, {0}},   {"trimpath", false, {"true", "false"}},
    {"v", false, {0}},          {"modcacherw", false, {0}},
    {"pgo", true, {"off"}},     {"buildmode", true, {"exe", "default"}},
    {"race", false, {"false"}}, {"cover", false, {"false"}},
};

struct flag {
    char name[64];
    const char *value; /* borrowed, or NULL */
};

/* "-name=value" or "--name". False where the word is no flag. */
static bool split_flag(const char *word, struct flag *flag)
{
    if (word[0] != '-' || word[1] == '\0')
        return false;
    word += word[1] == '-' ? 2 : 1;
    size_t len = strcspn(word, "=");
    if (len == 0 || len >= sizeof flag->name)
        return false;
    memcpy(flag->name, word, len);
    flag->name[len] = '\0';
    flag->value = word[len] == '=' ? word + len + 1 : NULL;
    return true;
}

static bool value_understood(size_t row, const char *value)
{
    const char *const *only = UNDERSTOOD[row].only;
    if (!only[0])
        return true;
    for (size_t i = 0; i < 3 && only[i]; i++)
        if (value && strcmp(value, only[i]) == 0)
            return true;
    return !value && !UNDERSTOOD[row].value && strcmp(only[0], "true") == 0;
}

static bool check(const struct strs *flags, char *reason)
{
    for (size_t i = 0; i < flags->len; i++) {
        struct flag flag;
        bool known = false;
        if (!split_flag(flags->at[i], &flag)) {
            (void)snprintf(reason, GOFLAGS_REASON_BYTES, "\"%.200s\" is no flag of go build",
                           flags->at[i]);
            return false;
        }
        for (size_t row = 0; row < sizeof UNDERSTOOD / sizeof UNDERSTOOD[0]; row++) {
            if (strcmp(flag.name, UNDERSTOOD[row].name) != 0)
                continue;
            if (UNDERSTOOD[row].value && !flag.value && i + 1 < flags->len)
                flag.value = flags->at[++i];
            known = value_understood(row, flag.value);
        }
        if (!known) {
            (void)snprintf(reason, GOFLAGS_REASON_BYTES, "-%s%s%.120s needs the go command",
                           flag.name, flag.value ? "=" : "", flag.value ? flag.value : "");
            return false;
        }
    }
    return true;
}

bool goflags_understood(const struct strs *flags, const char *goflags,
                        char reason[GOFLAGS_REASON_BYTES])
{
    struct strs words = {0};
    struct err err = {0};
    bool good = check(flags, reason);
    if (good && goflags && words_split(goflags, &words, &err) < 0) {
        (void)snprintf(reason, GOFLAGS_REASON_BYTES, "GOFLAGS is not understood");
        good = false;
    }
    good = good && check(&words, reason);
    strs_fini(&words);
    return good;
}

bool goflags_takes_next(const char *word)
{
    struct flag flag;
    if (!split_flag(word, &flag) || flag.value)
        return false;
    for (size_t row = 0; row < sizeof UNDERSTOOD / sizeof UNDERSTOOD[0]; row++)
        if (strcmp(flag.name, UNDERSTOOD[row].name) == 0)
            return UNDERSTOOD[row].value;
    return false;
}

static bool has_flag(const char *goflags, const char *name)
{
    struct strs words = {0};
    struct err err = {0};
    bool has = false;
    if (goflags && words_split(goflags, &words, &err) == 0) {
        STRS_EACH (word, &words) {
            struct flag flag;
            has = has || (split_flag(*word, &flag) && strcmp(flag.name, name) == 0);
        }
    }
    strs_fini(&words);
    return has;
}

/* "-s -X a=b": for all packages named on the command line. "std=-s" is for others. */
static bool is_plain(const char *value)
{
    return value[0] == '-' || value[0] == '\0' || value[0] == '\'' || value[0] == '"';
}

void goflags_make(const struct strs *flags, const char *goflags, bool debug_info, struct strs *made)
{
    bool linker = has_flag(goflags, "ldflags"), stamped = has_flag(goflags, "buildvcs");
    for (size_t i = 0; i < flags->len; i++) {
        struct flag flag = {0};
        bool is_flag = split_flag(flags->at[i], &flag);
        stamped = stamped || (is_flag && strcmp(flag.name, "buildvcs") == 0);
        if (!is_flag || strcmp(flag.name, "ldflags") != 0) {
            strs_push(made, flags->at[i]);
            continue;
        }
        linker = true;
        if (!flag.value && i + 1 < flags->len)
            flag.value = flags->at[++i];
        bool add = !debug_info && flag.value && is_plain(flag.value);
        strs_pushf(made, "-ldflags=%s%s", flag.value ? flag.value : "", add ? " -w" : "");
    }
    if (!linker && !debug_info)
        strs_push(made, "-ldflags=-w");
    if (!stamped)
        strs_push(made, "-buildvcs=false");
}
