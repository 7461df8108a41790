/* What is asked of a bench, against what there is. */
#include <stdio.h>
#include <string.h>

#include "config/suggest.h"
#include "measure/bench/bench.h"
#include "measure/bench/tool.h"

#define NAMES_MAX  32
#define ROUNDS_MAX 1000

#define TIMEOUT_MIN_MS 1000
#define TIMEOUT_MAX_MS 3600000

static const char *const STEPS[] = {"start",  "leaf",   "deep",  "template", "static",
                                    "config", "answer", "storm", "idle"};

static int unknown(const char *what, const char *option, const char *name, const char *const *names,
                   size_t len, struct err *err)
{
    const char *close = suggest(name, names, len);
    err_set(err, ERR_USAGE, "--%s: there is no %s %.80s", option, what, name);
    if (close) {
        err_hint(err, "did you mean %s?", close);
        return ERR_USAGE;
    }
    char list[200] = "";
    size_t at = 0;
    for (size_t i = 0; i < len && at < sizeof list; i++)
        at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", i ? ", " : "", names[i]);
    err_hint(err, "there are %s", list);
    return ERR_USAGE;
}

static int check_names(const struct strs *given, const char *what, const char *option,
                       const char *const *names, size_t len, struct err *err)
{
    STRS_EACH (name, given) {
        bool known = false;
        for (size_t i = 0; i < len; i++)
            known |= strcmp(names[i], *name) == 0;
        if (!known)
            return unknown(what, option, *name, names, len, err);
    }
    return 0;
}

int bench_check(const struct bench_options *options, struct err *err)
{
    const char *tools[NAMES_MAX];
    size_t len = 0;
    for (const struct bench_tool *const *tool = BENCH_TOOLS; *tool && len < NAMES_MAX; tool++)
        tools[len++] = (*tool)->name;
    if (check_names(&options->tools, "tool", "tools", tools, len, err) != 0 ||
        check_names(&options->only, "step", "only", STEPS, sizeof STEPS / sizeof *STEPS, err) != 0)
        return err->code;
    if (options->timeout_ms < TIMEOUT_MIN_MS || options->timeout_ms > TIMEOUT_MAX_MS)
        return err_set(err, ERR_USAGE, "--timeout is %u ms, but it must be from 1s to 1h",
                       (unsigned)options->timeout_ms);
    if (options->rounds < 1 || options->rounds > ROUNDS_MAX)
        return err_set(err, ERR_USAGE, "--rounds is %d, but it must be from 1 to %d",
                       options->rounds, ROUNDS_MAX);
    return 0;
}
