#include "config/schema.h"

#include <stdio.h>
#include <string.h>

#include "command/command.h"

#define SCHEMA_TEXT_MAX ((size_t)4 << 20)

static int run(const struct arguments *arguments)
{
    const char *form = arguments->words.len ? arguments->words.at[0] : "json";
    struct buf out = BUF_INIT(SCHEMA_TEXT_MAX);
    if (strcmp(form, "json") == 0) {
        schema_write_json(&out);
    } else if (strcmp(form, "man") == 0) {
        schema_write_manual(&out);
    } else if (strcmp(form, "markdown") == 0) {
        schema_write_markdown(&out);
    } else {
        struct err err;
        err_set(&err, ERR_USAGE, "there is no form %s of the schema", form);
        err_hint(&err, "one of json, man, markdown");
        return command_report(&err);
    }
    (void)fwrite(buf_text(&out), 1, out.len, stdout);
    buf_fini(&out);
    return EXIT_OK;
}

const struct command_entry COMMAND_SCHEMA = {
    .name = "schema",
    .usage = "zonda schema [json|man|markdown]",
    .summary = "Print all keys of the configuration",
    .help =
        "json is a JSON Schema (draft 2020-12) for editors, man the manual page zonda.toml(5),\n"
        "markdown the reference of the documentation.",
    .run = run,
};
