/* A commented zonda.toml: every key with its documentation, commented out where it has its default.
 */
#include <string.h>

#include "config/schema.h"

#define LINE_MAX_BYTES 96
#define SERVICES_SHOWN 4

/* "# " and text, wrapped at words. */
static void comment(struct buf *out, const char *text)
{
    size_t column = 0;
    while (*text) {
        size_t len = strcspn(text, " ");
        if (column && column + 1 + len > LINE_MAX_BYTES) {
            (void)buf_putc(out, '\n');
            column = 0;
        }
        (void)buf_puts(out, column ? " " : "# ");
        (void)buf_append(out, text, len);
        column += (column ? 1 : 2) + len;
        text += len;
        text += strspn(text, " ");
    }
    (void)buf_putc(out, '\n');
}

/* Has the default nothing to show? */
static bool is_empty(const char *fallback)
{
    return strcmp(fallback, "\"\"") == 0 || strcmp(fallback, "[]") == 0 ||
           strcmp(fallback, "{}") == 0;
}

static bool is(const struct schema_entry *entry, const char *section, const char *key)
{
    return strcmp(entry->section, section) == 0 && strcmp(entry->key, key) == 0;
}

static void package(const struct init_facts *facts, struct buf *out)
{
    (void)buf_puts(out, "# The main packages of this project:\n");
    for (size_t i = 0; facts->mains && i < facts->mains->len; i++)
        (void)buf_printf(out, "#   %s\n", facts->mains->at[i]);
    (void)buf_printf(out, "package = \"%s\"\n", facts->package);
}

static void key(const struct schema_entry *entry, const struct init_facts *facts, struct buf *out)
{
    comment(out, entry->doc);
    if (is(entry, "build", "package") && facts->package) {
        package(facts, out);
    } else if (is(entry, "", "env_files") && facts->has_env_file && facts->loads_env_itself) {
        (void)buf_puts(out,
                       "# The app reads .env by itself, as it seems.\n# env_files = [\".env\"]\n");
    } else if (is(entry, "", "env_files") && facts->has_env_file) {
        (void)buf_puts(out, "env_files = [\".env\"]\n");
    } else {
        bool shows_example = entry->example && is_empty(entry->fallback);
        (void)buf_printf(out, "# %s = %s\n", entry->key,
                         shows_example ? entry->example : entry->fallback);
    }
}

static void rules(struct buf *out)
{
    (void)buf_puts(out, "\n");
    comment(out, "Rules say what other files lead to, before the defaults do: build, restart, "
                 "signal:NAME, refresh, run or ignore. The first one that matches decides.");
    (void)buf_puts(out, "#\n#   [[rule]]\n");
    for (const struct schema_words *word = SCHEMA_RULE; word->name; word++)
        if (word->example)
            (void)buf_printf(out, "#   %s = %s\n", word->name, word->example);
}

/* A project with several main packages may be several services. */
static void services(const struct init_facts *facts, struct buf *out)
{
    static const char *const LIKE[] = {"./cmd/api", "./cmd/worker"};
    const struct strs *mains = facts->mains;
    bool several = mains && mains->len > 1;
    (void)buf_puts(out, "\n");
    comment(out, "Services are apps that are built, run and reloaded side by side, each with what "
                 "is said above and with its own tables. depends_on: the names of services that "
                 "are ready before it starts.");
    for (size_t i = 0; i < (several ? mains->len : 2) && i < SERVICES_SHOWN; i++) {
        const char *package = several ? mains->at[i] : LIKE[i];
        const char *slash = strrchr(package, '/');
        (void)buf_printf(out, "#\n#   [service.%s.build]\n#   package = \"%s\"\n",
                         slash && slash[1] ? slash + 1 : "app", package);
    }
}

void schema_write_init(const struct init_facts *facts, struct buf *out)
{
    (void)buf_puts(out, "# How zonda builds, runs and reloads this project.\n");
    comment(out, "What is commented out shows its default, or an example where the default is "
                 "empty. `man zonda.toml` tells more, `zonda validate` checks this file.");
    for (const struct schema_section *section = SCHEMA_SECTIONS; section->name; section++) {
        (void)buf_putc(out, '\n');
        if (*section->name) {
            (void)buf_printf(out, "[%s]\n", section->name);
            comment(out, section->doc);
            (void)buf_putc(out, '\n');
        }
        bool first = true;
        for (size_t i = 0; i < SCHEMA_LEN; i++) {
            if (strcmp(SCHEMA[i].section, section->name) != 0)
                continue;
            if (!first)
                (void)buf_putc(out, '\n');
            first = false;
            key(&SCHEMA[i], facts, out);
        }
    }
    rules(out);
    services(facts, out);
}
