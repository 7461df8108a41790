#include "build/golang/go_build.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "platform/fs.h"

#define GO_ENV_BYTES_MAX ((size_t)64 << 10)
#define NO_DWARF         "-ldflags=-w"

/* -NAME=VALUE and --NAME=VALUE; gives VALUE, "" where it is -NAME alone, NULL for another flag. */
static const char *flag_value(const char *flag, const char *name)
{
    size_t len = strlen(name);
    if (*flag != '-')
        return NULL;
    flag += 1 + (flag[1] == '-');
    if (strncmp(flag, name, len) != 0)
        return NULL;
    return flag[len] == '=' ? flag + len + 1 : flag[len] ? NULL : "";
}

static bool is_alone(const char *flag)
{
    return strchr(flag, '=') == NULL;
}

/* "pattern=flags" speaks of other packages than main too and is left as it is; so is an empty one.
 */
static void push_ldflags(struct strs *argv, const char *value)
{
    value += strspn(value, " ");
    if (*value && *value != '-' && *value != '\'' && *value != '"')
        strs_pushf(argv, "-ldflags=%s", value);
    else
        strs_pushf(argv, NO_DWARF " %s", value);
}

/* GOFLAGS as `go env -w` keeps it: $GOENV, or go/env in the user's configuration directory. Heap.
 */
static char *kept_goflags(const struct strs *env)
{
    const char *file = strs_env_get(env, "GOENV"), *config = strs_env_get(env, "XDG_CONFIG_HOME");
    const char *home = strs_env_get(env, "HOME");
    struct buf text = BUF_INIT(GO_ENV_BYTES_MAX);
    struct err ignored;
    char *path = NULL, *flags = NULL;
    if (file && *file)
        path = strcmp(file, "off") == 0 ? NULL : mem_string(file);
    else if (config && *config)
        path = path_join(config, "go/env");
    else if (home && *home)
        path = path_join(home, ".config/go/env");
    if (path && fs_read(path, &text, &ignored) == 0) {
        for (const char *line = buf_text(&text); *line;) {
            size_t len = strcspn(line, "\n");
            if (strncmp(line, "GOFLAGS=", 8) == 0) {
                free(flags);
                flags = mem_string_n(line + 8, len - 8);
            }
            line += len + (line[len] == '\n');
        }
    }
    buf_fini(&text);
    free(path);
    return flags;
}

/* The -ldflags that GOFLAGS holds: a flag on the command line would replace it. Heap, or NULL. */
static char *inherited_ldflags(const struct strs *env)
{
    const char *given = strs_env_get(env, "GOFLAGS");
    char *flags = given && *given ? mem_string(given) : kept_goflags(env);
    char *found = NULL;
    /* Words, each of which may be quoted as a whole ("go help environment"). */
    for (const char *at = flags; at && *(at += strspn(at, " \t\r\n"));) {
        char quote = *at == '\'' || *at == '"' ? *at++ : '\0';
        const char stop[] = {quote ? quote : ' ', quote ? '\0' : '\t', '\0'};
        size_t len = strcspn(at, stop);
        char *word = mem_string_n(at, len);
        const char *value = flag_value(word, "ldflags");
        if (value) {
            free(found);
            found = mem_string(value);
        }
        free(word);
        at += len;
        at += quote && *at == quote;
    }
    free(flags);
    return found;
}

/* The user's flags, with -w in each -ldflags. */
static int push_flags(const struct go_build *build, struct strs *argv, struct err *err)
{
    for (size_t i = 0; i < build->flags->len; i++) {
        const char *flag = build->flags->at[i];
        const char *ldflags = build->debug_info ? NULL : flag_value(flag, "ldflags");
        if (flag_value(flag, "o")) {
            err_set(err, ERR_CONFIG, "[build] flags may not hold -o");
            err_hint(err, "set [build] output to the file that is wanted");
            return ERR_CONFIG;
        }
        if (ldflags && is_alone(flag) && i + 1 < build->flags->len)
            push_ldflags(argv, build->flags->at[++i]);
        else if (ldflags && !is_alone(flag))
            push_ldflags(argv, ldflags);
        else
            strs_push(argv, flag);
    }
    return 0;
}

int go_build_command(const struct go_build *build, struct strs *argv, struct err *err)
{
    static const char *const FIRST[] = {"go", "build", "-v", "-buildvcs=false", NULL};
    strs_push_all(argv, FIRST);
    if (!build->debug_info) {
        char *inherited = inherited_ldflags(build->env);
        if (inherited)
            push_ldflags(argv, inherited);
        else
            strs_push(argv, NO_DWARF);
        free(inherited);
    }
    strs_push(argv, "-o");
    strs_push(argv, build->output);
    int failed = push_flags(build, argv, err);
    strs_push(argv, "--");
    strs_push(argv, build->package);
    return failed;
}

const char *go_build_progress(const char *line)
{
    for (const char *at = line; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr("._/~-+!", *at))
            return NULL;
    return isalnum((unsigned char)*line) || *line == '_' ? line : NULL;
}
