/* zonda.toml(5), in the language of mdoc(7). */
#include <ctype.h>
#include <string.h>

#include "config/schema.h"

#define LINE_MAX_BYTES 78

static const char intro[] =
    ".Dd November 24, 2026\n"
    ".Dt ZONDA.TOML 5\n"
    ".Os\n"
    ".Sh NAME\n"
    ".Nm zonda.toml\n"
    ".Nd configuration of zonda\n"
    ".Sh DESCRIPTION\n"
    ".Nm\n"
    "is a file in the format TOML 1.0 that says how zonda(1) builds, runs and\n"
    "reloads a project.\n"
    "Every key has a default, and a Go module with one main package needs no file.\n"
    ".Pp\n"
    "Keys that follow a line such as\n"
    ".Li [build]\n"
    "belong to that section.\n"
    "Each key can be given in three places; the last one wins:\n"
    "in the file, in a variable of the environment\n"
    ".Pq Ev ZONDA_SECTION_KEY ,\n"
    "and on the command line\n"
    ".Pq Fl \\-section.key Ns = Ns Ar value .\n"
    "In the latter two the elements of a list are divided by commas\n"
    "(a backslash before a comma keeps it).\n"
    "A list that is given several times on the command line is one list, and\n"
    ".Fl \\-run.env.PORT Ns =9000\n"
    "sets one variable of a table.\n"
    ".Pp\n"
    "Durations have a unit (ms, s, m or h) or are a whole number of milliseconds.\n"
    "Sizes have a unit (KiB, MiB, GiB, KB, MB or GB) or are a whole number of\n"
    "bytes.\n"
    "Relative paths are relative to\n"
    ".Ic root .\n"
    ".Pp\n"
    "While zonda runs, a change to the file is applied at once.\n"
    "Where it holds a mistake, the mistake is told and the old configuration stays\n"
    "in force.\n";

static const char outro[] =
    ".Sh FILES\n"
    ".Bl -tag -width Ds\n"
    ".It Pa zonda.toml , .zonda.toml , .config/zonda.toml\n"
    "Looked for in the current directory, in this order.\n"
    ".It Pa .air.toml , air.toml , .config/air.toml\n"
    "Read where there is none of these, with the meaning that air gives to them.\n"
    ".El\n"
    ".Sh EXAMPLES\n"
    ".Bd -literal\n"
    "env_files = [\".env\"]\n"
    "\n"
    "[build]\n"
    "package = \"./cmd/shop\"\n"
    "\n"
    "[run]\n"
    "stop_timeout = \"2s\"\n"
    "\n"
    "[[rule]]\n"
    "match = [\"/migrations/**/*.sql\"]\n"
    "command = \"make migrate\"\n"
    ".Ed\n"
    ".Sh SEE ALSO\n"
    "zonda(1), gitignore(5), pcre2pattern(3)\n";

/* --- text: filled lines, a sentence begins a new one --- */

static void escaped(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\\')
            (void)buf_puts(out, "\\e");
        else if (text[i] == '-' && i + 1 < len && text[i + 1] == '-')
            (void)buf_puts(out, "\\-");
        else
            (void)buf_putc(out, text[i]);
}

static bool ends_sentence(const char *word, size_t len)
{
    return len > 1 && strchr(".:?!", word[len - 1]);
}

static void text(struct buf *out, const char *from)
{
    size_t column = 0;
    while (*from) {
        size_t len = strcspn(from, " ");
        if (column && column + 1 + len > LINE_MAX_BYTES) {
            (void)buf_putc(out, '\n');
            column = 0;
        }
        if (column)
            (void)buf_putc(out, ' ');
        else if (*from == '.' || *from == '\'')
            (void)buf_puts(out, "\\&");
        escaped(out, from, len);
        column += len + 1;
        if (ends_sentence(from, len)) {
            (void)buf_putc(out, '\n');
            column = 0;
        }
        from += len;
        from += strspn(from, " ");
    }
    if (column)
        (void)buf_putc(out, '\n');
}

/* What stands in a macro's line: quotes would hold it together. */
static void argument(struct buf *out, const char *value)
{
    for (; *value; value++)
        if (*value == '"')
            (void)buf_puts(out, "\\(dq");
        else if (*value == '\\')
            (void)buf_puts(out, "\\e");
        else
            (void)buf_putc(out, *value);
}

/* A line of code, set off. */
static void code(struct buf *out, const char *key, const char *value)
{
    (void)buf_printf(out, ".Pp\n.D1 %s = ", key);
    argument(out, value);
    (void)buf_putc(out, '\n');
}

/* The key and its default; an empty default is told by the documentation of the key. */
static void tag(struct buf *out, const struct schema_entry *entry)
{
    (void)buf_printf(out, ".It Ic %s", entry->key);
    if (entry->type != VALUE_COMMAND) {
        (void)buf_puts(out, " No = ");
        argument(out, entry->fallback);
    }
    (void)buf_putc(out, '\n');
}

static void values(struct buf *out, const struct schema_entry *entry)
{
    struct buf words = BUF_INIT(512);
    if (entry->choices) {
        (void)buf_puts(&words, "One of");
        for (size_t i = 0; entry->choices[i]; i++) {
            const char *before = i == 0 ? "" : entry->choices[i + 1] ? "," : " or";
            (void)buf_printf(&words, "%s %s", before, entry->choices[i]);
        }
        (void)buf_putc(&words, '.');
    } else {
        const char *type = schema_type_words(entry->type);
        (void)buf_printf(&words, "%c%s.", toupper((unsigned char)*type), type + 1);
    }
    text(out, buf_text(&words));
    buf_fini(&words);
}

static void keys(struct buf *out, const char *section)
{
    (void)buf_puts(out, ".Bl -tag -width Ds\n");
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        const struct schema_entry *entry = &SCHEMA[i];
        if (strcmp(entry->section, section) != 0)
            continue;
        tag(out, entry);
        text(out, entry->doc);
        values(out, entry);
        if (entry->example)
            code(out, entry->key, entry->example);
    }
    (void)buf_puts(out, ".El\n");
}

static void words(struct buf *out, const struct schema_words *from)
{
    (void)buf_puts(out, ".Bl -tag -width Ds\n");
    for (const struct schema_words *word = from; word->name; word++) {
        (void)buf_printf(out, ".It Ic %s\n", word->name);
        text(out, word->doc);
        if (word->example)
            code(out, word->name, word->example);
    }
    (void)buf_puts(out, ".El\n");
}

static void rules(struct buf *out)
{
    (void)buf_puts(out, ".Ss Rules\n"
                        "Each [[rule]] says what a changed file leads to, before the defaults do.\n"
                        "The first rule that matches decides.\n");
    words(out, SCHEMA_RULE);
}

static void services(struct buf *out)
{
    (void)buf_puts(out, ".Ss Services\n"
                        "Each [service.NAME] is an app of its own that is built, run and reloaded\n"
                        "beside the others.\n"
                        "What the other sections say holds for all services; the tables\n");
    for (const struct schema_section *section = SCHEMA_SECTIONS; section->name; section++)
        if (section->of_service)
            (void)buf_printf(out, ".Li [service.NAME.%s] ,\n", section->name);
    (void)buf_puts(out, "and\n"
                        ".Li [[service.NAME.rule]]\n"
                        "say it for one.\n"
                        "A table of strings adds to what is said for all, and rules of a service\n"
                        "come before those for all; other values replace them.\n"
                        "Variables and options hold for all services.\n");
    words(out, SCHEMA_SERVICE);
}

void schema_write_manual(struct buf *out)
{
    (void)buf_puts(out, intro);
    for (const struct schema_section *section = SCHEMA_SECTIONS; section->name; section++) {
        if (*section->name)
            (void)buf_printf(out, ".Ss Section %s\n", section->name);
        else
            (void)buf_puts(out, ".Ss Before the first section\n");
        text(out, section->doc);
        keys(out, section->name);
    }
    rules(out);
    services(out);
    (void)buf_puts(out, outro);
}
