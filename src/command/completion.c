#include "command/completion.h"

#include <stdio.h>
#include <string.h>

#include "command/command.h"

void completion_each_key(key_fn *fn)
{
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        char name[128];
        (void)snprintf(name, sizeof name, "%s%s%s", SCHEMA[i].section,
                       *SCHEMA[i].section ? "." : "", SCHEMA[i].key);
        fn(&SCHEMA[i], name);
    }
}

bool completion_has_choices(const struct schema_entry *entry)
{
    return entry->type == VALUE_BOOL || entry->choices;
}

void completion_print_choices(const struct schema_entry *entry)
{
    if (entry->type == VALUE_BOOL)
        (void)printf("true false");
    for (size_t i = 0; entry->choices && entry->choices[i]; i++)
        (void)printf("%s%s", i ? " " : "", entry->choices[i]);
}

void completion_print_quoted(const char *text, const char *special)
{
    for (; *text; text++) {
        if (strchr(special, *text))
            (void)putchar('\\');
        if (*text == '\'')
            (void)printf("'\\''");
        else
            (void)putchar(*text == '\n' ? ' ' : *text);
    }
}

void completion_print_commands(void)
{
    for (const struct command_entry *const *at = COMMANDS; *at; at++)
        (void)printf("%s%s", at == COMMANDS ? "" : " ", (*at)->name);
}

static int run(const struct arguments *arguments)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } shells[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};
    const char *wanted = arguments->words.len ? arguments->words.at[0] : "";
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(wanted, shells[i].name) == 0) {
            shells[i].print();
            return EXIT_OK;
        }
    struct err err;
    if (*wanted)
        err_set(&err, ERR_USAGE, "there is no completion for the shell %s", wanted);
    else
        err_set(&err, ERR_USAGE, "completion needs the name of a shell");
    err_hint(&err, "one of bash, zsh, fish: source <(zonda completion bash)");
    return command_report(&err);
}

const struct command_entry COMMAND_COMPLETION = {
    .name = "completion",
    .usage = "zonda completion bash|zsh|fish",
    .summary = "Print a script that completes zonda's commands and options",
    .help = "bash:  source <(zonda completion bash)          in ~/.bashrc\n"
            "zsh:   zonda completion zsh >DIR/_zonda         DIR is one of $fpath\n"
            "fish:  zonda completion fish >~/.config/fish/completions/zonda.fish",
    .run = run,
};
