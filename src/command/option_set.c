/* The values of options. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "command/arguments.h"
#include "config/value.h"

/* Where the value of an option goes. */
enum how { HOW_TEXT, HOW_LIST, HOW_WORDS, HOW_FLAG, HOW_MS, HOW_NUMBER };
#define AT(member) offsetof(struct arguments, member)

static const struct setting {
    const char *name;
    enum how how;
    size_t at;
    int most; /* of HOW_NUMBER, from 1 on */
} SETTINGS[] = {
    {"refresh", HOW_TEXT, AT(refresh), 0},
    {"report", HOW_LIST, AT(reports), 0},
    {"edit", HOW_LIST, AT(edits), 0},
    {"url", HOW_TEXT, AT(load.url), 0},
    {"emit", HOW_TEXT, AT(load.emit), 0},
    {"check", HOW_FLAG, AT(load.check), 0},
    {"reload-every", HOW_MS, AT(load.reload_every_ms), 0},
    {"threads", HOW_NUMBER, AT(load.threads), 256},
    {"tools", HOW_WORDS, AT(bench.tools), 0},
    {"only", HOW_WORDS, AT(bench.only), 0},
    {"project", HOW_TEXT, AT(bench.project), 0},
    {"package", HOW_TEXT, AT(bench.package), 0},
    {"path", HOW_TEXT, AT(bench.path), 0},
    {"raw", HOW_TEXT, AT(bench.raw), 0},
    {"compare", HOW_TEXT, AT(bench.compare), 0},
    {"rounds", HOW_NUMBER, AT(bench.rounds), 1000},
    {"port", HOW_NUMBER, AT(bench.port), 65535},
    {"storm", HOW_MS, AT(bench.storm_ms), 0},
    {"idle", HOW_MS, AT(bench.idle_ms), 0},
    {"install", HOW_FLAG, AT(bench.install), 0},
    {"config", HOW_TEXT, AT(config_file), 0},
    {"quiet", HOW_FLAG, AT(quiet), 0},
    {"force", HOW_FLAG, AT(force), 0},
    {"json", HOW_FLAG, AT(json), 0},
    {"timeout", HOW_MS, AT(timeout_ms), 0},
    {"help", HOW_FLAG, AT(help), 0},
};

static int duration(const char *name, const char *text, uint32_t *ms, struct err *err)
{
    uint64_t long_ms = 0;
    bool is_bare = strspn(text, "0123456789") == strlen(text) && strcmp(text, "0") != 0;
    if (!is_bare && value_duration(text, &long_ms, err) == 0 && long_ms <= UINT32_MAX) {
        *ms = (uint32_t)long_ms;
        return 0;
    }
    err_set(err, ERR_USAGE, "--%s is %s, which is no duration", name, text);
    err_hint(err, "write a number and a unit: 500ms, 60s, 2m, 1h");
    return ERR_USAGE;
}

static int number(const struct setting *setting, const char *text, int *count, struct err *err)
{
    size_t len = strspn(text, "0123456789");
    long value = len && !text[len] && len < 8 ? strtol(text, NULL, 10) : 0;
    if (value < 1 || value > setting->most)
        return err_set(err, ERR_USAGE, "--%s is %.40s, but it must be from 1 to %d", setting->name,
                       text, setting->most);
    *count = (int)value;
    return 0;
}

static void split(struct strs *list, const char *text)
{
    for (; *text; text += *text == ',') {
        size_t len = strcspn(text, ",");
        if (len)
            strs_push_n(list, text, len);
        text += len;
    }
}

static int set(const struct setting *setting, struct arguments *arguments, const char *value,
               struct err *err)
{
    void *at = (char *)arguments + setting->at;
    switch (setting->how) {
    case HOW_TEXT:
        *(const char **)at = value;
        break;
    case HOW_LIST:
        strs_push(at, value);
        break;
    case HOW_WORDS:
        split(at, value);
        break;
    case HOW_FLAG:
        *(bool *)at = true;
        break;
    case HOW_MS:
        return duration(setting->name, value, at, err);
    case HOW_NUMBER:
        return number(setting, value, at, err);
    }
    return 0;
}

int option_set(struct arguments *arguments, const struct option_entry *option, const char *value,
               struct err *err)
{
    /* Three that are short for keys of the configuration. */
    if (strcmp(option->name, "log") == 0)
        strs_pushf(&arguments->flags, "log.format=%s", value);
    else if (strcmp(option->name, "debug") == 0)
        strs_push(&arguments->flags, "log.level=debug");
    else if (strcmp(option->name, "open") == 0)
        strs_push(&arguments->flags, "proxy.open=true");
    arguments->has_timeout |= strcmp(option->name, "timeout") == 0;
    for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++)
        if (strcmp(SETTINGS[i].name, option->name) == 0)
            return set(&SETTINGS[i], arguments, value, err);
    return 0;
}
