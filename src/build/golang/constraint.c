#include "build/golang/constraint.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "build/golang/scan.h"

#define NESTING_MAX 64

/* --- what is known (internal/syslist of the Go source) --- */

static const char *const SYSTEMS[] = {
    "aix",  "android", "darwin",  "dragonfly", "freebsd", "hurd",   "illumos", "ios", "js", "linux",
    "nacl", "netbsd",  "openbsd", "plan9",     "solaris", "wasip1", "windows", "zos", NULL};
static const char *const UNIX_SYSTEMS[] = {"aix",     "android", "darwin", "dragonfly", "freebsd",
                                           "hurd",    "illumos", "ios",    "linux",     "netbsd",
                                           "openbsd", "solaris", NULL};
static const char *const PROCESSORS[] = {"386",    "amd64",    "amd64p32",  "arm",         "armbe",
                                         "arm64",  "arm64be",  "loong64",   "mips",        "mipsle",
                                         "mips64", "mips64le", "mips64p32", "mips64p32le", "ppc",
                                         "ppc64",  "ppc64le",  "riscv",     "riscv64",     "s390",
                                         "s390x",  "sparc",    "sparc64",   "wasm",        NULL};

#if defined __aarch64__
#define HOST_PROCESSOR "arm64"
#elif defined __i386__
#define HOST_PROCESSOR "386"
#elif defined __arm__
#define HOST_PROCESSOR "arm"
#elif defined __riscv
#define HOST_PROCESSOR "riscv64"
#elif defined __powerpc64__
#define HOST_PROCESSOR "ppc64le"
#elif defined __s390x__
#define HOST_PROCESSOR "s390x"
#elif defined __loongarch64
#define HOST_PROCESSOR "loong64"
#else
#define HOST_PROCESSOR "amd64"
#endif

#if defined __APPLE__
#define HOST_SYSTEM "darwin"
#elif defined __FreeBSD__
#define HOST_SYSTEM "freebsd"
#else
#define HOST_SYSTEM "linux"
#endif

static bool among(const char *const *names, const char *text, size_t len)
{
    for (; *names; names++)
        if (strlen(*names) == len && memcmp(*names, text, len) == 0)
            return true;
    return false;
}

static bool same(const char *name, const char *text, size_t len)
{
    return strlen(name) == len && memcmp(name, text, len) == 0;
}

/* --- tags --- */

/* a,b or the older "a b". */
static void add_tags(struct build_tags *tags, const char *list)
{
    while (*(list += strspn(list, ", '\""))) {
        size_t len = strcspn(list, ", '\"");
        strs_push_n(&tags->tags, list, len);
        list += len;
    }
}

/* -tags=LIST and --tags=LIST; gives LIST. */
static const char *tags_value(const char *flag)
{
    if (*flag != '-')
        return NULL;
    flag += 1 + (flag[1] == '-');
    return strncmp(flag, "tags=", 5) == 0 ? flag + 5 : NULL;
}

void build_tags_init(struct build_tags *tags, const struct strs *env, const struct strs *flags)
{
    static const struct strs none;
    const char *goos = strs_env_get(env ? env : &none, "GOOS");
    const char *goarch = strs_env_get(env ? env : &none, "GOARCH");
    const char *cgo = strs_env_get(env ? env : &none, "CGO_ENABLED");
    const char *goflags = strs_env_get(env ? env : &none, "GOFLAGS");
    *tags = (struct build_tags){.goos = mem_string(goos && *goos ? goos : HOST_SYSTEM),
                                .goarch = mem_string(goarch && *goarch ? goarch : HOST_PROCESSOR),
                                .cgo = !cgo || strcmp(cgo, "0") != 0};
    for (const char *at = goflags; at && *(at += strspn(at, " "));) {
        size_t len = strcspn(at, " ");
        char *flag = mem_string_n(at, len);
        if (tags_value(flag))
            add_tags(tags, tags_value(flag));
        free(flag);
        at += len;
    }
    for (size_t i = 0; flags && i < flags->len; i++) {
        const char *value = tags_value(flags->at[i]);
        bool apart = strcmp(flags->at[i], "-tags") == 0 || strcmp(flags->at[i], "--tags") == 0;
        if (!value && apart && i + 1 < flags->len)
            value = flags->at[++i];
        if (value)
            strs_clear(&tags->tags); /* the last one wins */
        if (value)
            add_tags(tags, value);
    }
}

void build_tags_fini(struct build_tags *tags)
{
    free(tags->goos);
    free(tags->goarch);
    strs_fini(&tags->tags);
}

static bool has_tag(const struct build_tags *tags, const char *text, size_t len)
{
    if (same(tags->goos, text, len) || same(tags->goarch, text, len))
        return true;
    if (same("linux", text, len))
        return strcmp(tags->goos, "android") == 0;
    if (same("unix", text, len))
        return among(UNIX_SYSTEMS, tags->goos, strlen(tags->goos));
    if (same("cgo", text, len))
        return tags->cgo;
    if (same("gc", text, len) || (len > 4 && memcmp(text, "go1.", 4) == 0))
        return true; /* a toolchain that is too old says so itself */
    STRS_EACH (tag, &tags->tags)
        if (same(*tag, text, len))
            return true;
    return tags->any && !same("ignore", text, len) && !same("gccgo", text, len) &&
           !among(SYSTEMS, text, len) && !among(PROCESSORS, text, len);
}

/* --- a //go:build expression --- */

struct expression {
    const struct build_tags *tags;
    const char *at, *end;
    int nesting;
    bool wrong;
};

static bool parse_or(struct expression *expression);

static bool take(struct expression *expression, const char *sign)
{
    size_t len = strlen(sign);
    while (expression->at < expression->end && isblank((unsigned char)*expression->at))
        expression->at++;
    if ((size_t)(expression->end - expression->at) < len || memcmp(expression->at, sign, len) != 0)
        return false;
    expression->at += len;
    return true;
}

static bool parse_one(struct expression *expression)
{
    if (++expression->nesting > NESTING_MAX) {
        expression->wrong = true;
        return true;
    }
    bool value;
    if (take(expression, "!")) {
        value = !parse_one(expression);
    } else if (take(expression, "(")) {
        value = parse_or(expression);
        expression->wrong |= !take(expression, ")");
    } else {
        const char *word = expression->at;
        while (expression->at < expression->end &&
               (isalnum((unsigned char)*expression->at) || *expression->at == '_' ||
                *expression->at == '.'))
            expression->at++;
        expression->wrong |= expression->at == word;
        value = has_tag(expression->tags, word, (size_t)(expression->at - word));
    }
    expression->nesting--;
    return value;
}

static bool parse_and(struct expression *expression)
{
    bool value = parse_one(expression);
    while (!expression->wrong && take(expression, "&&"))
        value &= parse_one(expression);
    return value;
}

static bool parse_or(struct expression *expression)
{
    bool value = parse_and(expression);
    while (!expression->wrong && take(expression, "||"))
        value |= parse_and(expression);
    return value;
}

static bool go_build_fits(const struct build_tags *tags, const char *text, size_t len)
{
    struct expression expression = {.tags = tags, .at = text, .end = text + len};
    bool value = parse_or(&expression);
    (void)take(&expression, ""); /* the blanks */
    return expression.wrong || expression.at != expression.end || value;
}

/* A +build line: blanks mean or, commas mean and. */
static bool plus_build_fits(const struct build_tags *tags, const char *text, size_t len)
{
    const char *end = text + len;
    while (text < end) {
        while (text < end && isblank((unsigned char)*text))
            text++;
        bool all = true, some = false;
        while (text < end && !isblank((unsigned char)*text)) {
            bool negated = *text == '!';
            const char *word = text += negated, *after = word;
            while (after < end && *after != ',' && !isblank((unsigned char)*after))
                after++;
            all &= has_tag(tags, word, (size_t)(after - word)) != negated;
            some = true;
            text = after < end && *after == ',' ? after + 1 : after;
        }
        if (all && some)
            return true;
    }
    return false;
}

/* --- a file --- */

static bool part_fits(const struct build_tags *tags, const char *part, size_t len)
{
    bool known = among(SYSTEMS, part, len) || among(PROCESSORS, part, len);
    return !known || has_tag(tags, part, len);
}

bool constraint_name_fits(const struct build_tags *tags, const char *name)
{
    if (*name == '_' || *name == '.')
        return false;
    size_t len = strcspn(name, ".");
    const char *end = name + len;
    const char *last = NULL, *before = NULL; /* the '_' of the last two parts */
    for (const char *at = name; at < end; at++) {
        if (*at != '_')
            continue;
        if (end - at == 5 && memcmp(at, "_test", 5) == 0) {
            end = at;
            break;
        }
        before = last;
        last = at;
    }
    if (!last)
        return true;
    size_t last_len = (size_t)(end - last) - 1;
    if (before && among(PROCESSORS, last + 1, last_len) &&
        among(SYSTEMS, before + 1, (size_t)(last - before) - 1) &&
        !part_fits(tags, before + 1, (size_t)(last - before) - 1))
        return false;
    return part_fits(tags, last + 1, last_len);
}

bool constraint_fits(const struct build_tags *tags, const char *name, const char *text, size_t len)
{
    struct scan scan = {.at = text, .end = text + len, .line = 1, .line_begins = true};
    struct token token;
    bool plus_fits = true;
    if (!constraint_name_fits(tags, name))
        return false;
    while (scan_next(&scan, &token) == SCAN_COMMENT) {
        if (token_begins(&token, "//go:build "))
            return go_build_fits(tags, token.text + 11, token.len - 11);
        size_t skip = 2;
        while (skip < token.len && isblank((unsigned char)token.text[skip]))
            skip++;
        if (token.len - skip > 7 && memcmp(token.text + skip, "+build ", 7) == 0)
            plus_fits &= plus_build_fits(tags, token.text + skip + 7, token.len - skip - 7);
    }
    return plus_fits;
}
