/* docs/configuration.md. */
#include <string.h>

#include "config/schema.h"

static const char intro[] =
    "# Configuration\n"
    "\n"
    "Made by `zonda schema markdown` from the table that zonda reads its configuration with.\n"
    "\n"
    "zonda looks in the current directory for `zonda.toml`, `.zonda.toml` and "
    "`.config/zonda.toml`,\n"
    "then for `.air.toml`, `air.toml` and `.config/air.toml` ([from-air.md](from-air.md)); `-c "
    "FILE`\n"
    "names another one. Without any file the defaults apply. `zonda init` writes a commented\n"
    "`zonda.toml`, `zonda validate` checks it and tells every mistake with its line and column.\n"
    "\n"
    "Each key can be given in three places; the last one wins:\n"
    "\n"
    "| place | form | example |\n"
    "|---|---|---|\n"
    "| the file | `key = value` below `[section]` | `stop_timeout = \"2s\"` below `[run]` |\n"
    "| the environment | `ZONDA_SECTION_KEY` | `ZONDA_RUN_STOP_TIMEOUT=2s` |\n"
    "| the command line | `--section.key` | `--run.stop_timeout=2s` |\n"
    "\n"
    "In variables and on the command line the elements of a list are divided by commas (`\\,` is "
    "a\n"
    "comma). A list that is given several times on the command line is one list, and one variable "
    "of\n"
    "a table is set by its name: `--run.env.PORT=9000`. Durations have a unit (`ms`, `s`, `m`, "
    "`h`;\n"
    "`1m30s`), or are a whole number of milliseconds; sizes have one (`KiB`, `MiB`, `GiB`, `KB`, "
    "`MB`,\n"
    "`GB`), or are a whole number of bytes.\n"
    "\n"
    "While zonda runs, a change to the file is applied at once; where it holds a mistake, the "
    "mistake\n"
    "is told and the old configuration stays in force.\n";

/* A bar would end the cell. */
static void cell(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            (void)buf_putc(out, '\\');
        (void)buf_putc(out, *text);
    }
}

static void code(struct buf *out, const char *text)
{
    (void)buf_putc(out, '`');
    cell(out, text);
    (void)buf_putc(out, '`');
}

static void type(struct buf *out, const struct schema_entry *entry)
{
    if (!entry->choices) {
        cell(out, schema_type_words(entry->type));
        return;
    }
    for (size_t i = 0; entry->choices[i]; i++) {
        (void)buf_puts(out, i ? ", " : "");
        code(out, entry->choices[i]);
    }
}

static void keys(struct buf *out, const char *section)
{
    (void)buf_puts(out, "| key | value | default | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        const struct schema_entry *entry = &SCHEMA[i];
        if (strcmp(entry->section, section) != 0)
            continue;
        (void)buf_printf(out, "| `%s` | ", entry->key);
        type(out, entry);
        (void)buf_puts(out, " | ");
        code(out, entry->fallback);
        (void)buf_puts(out, " | ");
        cell(out, entry->doc);
        if (entry->example) {
            (void)buf_puts(out, " Example: ");
            code(out, entry->example);
        }
        (void)buf_puts(out, " |\n");
    }
}

static void words(struct buf *out, const struct schema_words *from)
{
    (void)buf_puts(out, "| key | meaning |\n|---|---|\n");
    for (const struct schema_words *word = from; word->name; word++) {
        (void)buf_printf(out, "| `%s` | ", word->name);
        cell(out, word->doc);
        (void)buf_puts(out, " |\n");
    }
}

static void rules(struct buf *out)
{
    (void)buf_puts(
        out, "\n## [[rule]]\n\n"
             "What a changed file leads to, before the defaults do. The first rule that matches "
             "decides;\nits place in the file is its rank.\n\n");
    words(out, SCHEMA_RULE);
    (void)buf_puts(out, "\n```toml\n[[rule]]\n");
    for (const struct schema_words *word = SCHEMA_RULE; word->name; word++)
        if (word->example)
            (void)buf_printf(out, "%s = %s\n", word->name, word->example);
    (void)buf_puts(out, "```\n");
}

static void services(struct buf *out)
{
    (void)buf_puts(
        out, "\n## [service.NAME]\n\n"
             "Each is an app of its own that is built, run and reloaded beside the others; "
             "[services.md](services.md)\ntells more. What the other sections say holds for all; "
             "these tables say it for one:");
    for (const struct schema_section *section = SCHEMA_SECTIONS; section->name; section++)
        if (section->of_service)
            (void)buf_printf(out, " `[service.NAME.%s]`,", section->name);
    (void)buf_puts(
        out, "\n`[[service.NAME.rule]]`. A table of strings (`env`) adds to what is said for "
             "all, and rules of a service come\nbefore those for all; other values replace them. "
             "Variables and options hold for all services.\n\n");
    words(out, SCHEMA_SERVICE);
    (void)buf_puts(out, "\n```toml\n[service.api.build]\npackage = \"./cmd/api\"\n\n"
                        "[service.worker]\ndepends_on = [\"api\"]\n\n"
                        "[service.worker.build]\npackage = \"./cmd/worker\"\n```\n");
}

void schema_write_markdown(struct buf *out)
{
    (void)buf_puts(out, intro);
    for (const struct schema_section *section = SCHEMA_SECTIONS; section->name; section++) {
        if (*section->name)
            (void)buf_printf(out, "\n## [%s]\n", section->name);
        else
            (void)buf_puts(out, "\n## Before the first section\n");
        (void)buf_printf(out, "\n%s\n\n", section->doc);
        keys(out, section->name);
    }
    rules(out);
    services(out);
}
