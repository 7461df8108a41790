#include "command/arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/schema.h"
#include "config/suggest.h"
#include "platform/fs.h"

struct parsing {
    struct arguments *arguments;
    const struct command_entry *command; /* NULL until its name has come */
    char *const *at;                     /* what comes next; NULL-terminated */
    bool seen[OPTIONS_MAX];              /* by index in OPTIONS */
    bool keys, version;
    struct err *err;
};

/* --- hints --- */

static void hint_option(struct err *err, const char *name)
{
    struct strs names = {0};
    for (const struct option_entry *option = OPTIONS; option->name; option++)
        strs_push(&names, option->name);
    for (size_t i = 0; i < SCHEMA_LEN; i++)
        strs_pushf(&names, "%s%s%s", SCHEMA[i].section, *SCHEMA[i].section ? "." : "",
                   SCHEMA[i].key);
    const char *close = suggest(name, (const char *const *)names.at, names.len);
    if (close)
        err_hint(err, "did you mean --%s? Arguments for the app go after --", close);
    else
        err_hint(err, "zonda --help lists the options; arguments for the app go after --");
    strs_fini(&names);
}

/* A word that names a directory, as other tools take a package: "." or "./cmd/shop". */
static bool is_directory(const char *word)
{
    return (*word == '.' || strchr(word, '/')) && fs_is_dir(word);
}

static void hint_directory(struct err *err, const char *word)
{
    const char *dot = *word == '.' || *word == '/' ? "" : "./";
    err_hint(err,
             "to build the package there: zonda --build.package=%s%.80s; for the app: "
             "zonda -- %.80s",
             dot, word, word);
}

static int no_such_command(struct err *err, const char *word)
{
    const char *names[32];
    size_t len = 0;
    for (const struct command_entry *const *at = COMMANDS; *at && len < 32; at++)
        names[len++] = (*at)->name;
    const char *close = suggest(word, names, len);
    err_set(err, ERR_USAGE, "there is no command %s", word);
    if (is_directory(word))
        hint_directory(err, word);
    else if (close)
        err_hint(err, "did you mean zonda %s? Arguments for the app go after --: zonda -- %s",
                 close, word);
    else
        err_hint(err, "arguments for the app go after --: zonda -- %s; the commands: zonda help",
                 word);
    return ERR_USAGE;
}

/* --- values --- */

/* The value after '=' where there is one, else the next word. */
static int take_value(struct parsing *parsing, const char *name, const char *inlined,
                      const char **value)
{
    *value = inlined ? inlined : *parsing->at;
    if (!*value || (!inlined && strcmp(*value, "--") == 0)) {
        err_set(parsing->err, ERR_USAGE, "--%s has no value", name);
        err_hint(parsing->err, "write it like this: --%s=VALUE", name);
        return ERR_USAGE;
    }
    if (!inlined)
        parsing->at++;
    return 0;
}

/* --- options --- */

static int take_option(struct parsing *parsing, const struct option_entry *option,
                       const char *inlined)
{
    const char *value = NULL;
    if (option->value) {
        int failed = take_value(parsing, option->name, inlined, &value);
        if (failed)
            return failed;
    } else if (inlined) {
        err_set(parsing->err, ERR_USAGE, "--%s takes no value", option->name);
        return ERR_USAGE;
    }
    /* Which command it belongs to may be known only later. */
    parsing->seen[option - OPTIONS] = true;
    parsing->version |= option->letter == 'v';
    return option_set(parsing->arguments, option, value, parsing->err);
}

/* The schema's entry for a key as it is written after "--": "section.key", "key", or
   "section.key.NAME" for one entry of a map. '-' is read as '_'. */
static const struct schema_entry *find_key(char *name)
{
    for (char *at = name; *at; at++)
        *at = *at == '-' ? '_' : *at;
    char *dot = strchr(name, '.');
    if (!dot)
        return schema_find("", name);
    *dot = '\0';
    const struct schema_entry *entry = schema_find(name, dot + 1);
    char *more = strchr(dot + 1, '.');
    if (!entry && more) {
        *more = '\0';
        entry = schema_find(name, dot + 1);
        entry = entry && entry->type == VALUE_MAP ? entry : NULL;
        *more = '.';
    }
    *dot = '.';
    return entry;
}

/* --section.key=value; name is without the dashes and the value. */
static int take_key(struct parsing *parsing, const char *name, const char *inlined)
{
    char *key = mem_string(name);
    const struct schema_entry *entry = find_key(key);
    const char *value = "true"; /* of a boolean that is only named */
    int failed = 0;
    if (!entry) {
        failed = err_set(parsing->err, ERR_USAGE, "unknown option --%s", name);
        hint_option(parsing->err, name);
    } else if (inlined) {
        value = inlined;
    } else if (entry->type != VALUE_BOOL) {
        failed = take_value(parsing, name, NULL, &value);
    }
    if (!failed) {
        parsing->keys = true;
        strs_pushf(&parsing->arguments->flags, "%s=%s", key, value);
    }
    free(key);
    return failed;
}

static int take_long(struct parsing *parsing, const char *word)
{
    const char *equals = strchr(word, '=');
    char *name = mem_string_n(word, equals ? (size_t)(equals - word) : strlen(word));
    const char *inlined = equals ? equals + 1 : NULL;
    const struct option_entry *option = OPTIONS;
    while (option->name && strcmp(option->name, name) != 0)
        option++;
    int failed =
        option->name ? take_option(parsing, option, inlined) : take_key(parsing, name, inlined);
    free(name);
    return failed;
}

/* -c FILE, -cFILE, -c=FILE; word is without the dash. */
static int take_short(struct parsing *parsing, const char *word)
{
    const struct option_entry *option = OPTIONS;
    while (option->name && (!option->letter || option->letter != *word))
        option++;
    if (option->name && (option->value || !word[1]))
        return take_option(parsing, option, word[1] ? word + 1 + (word[1] == '=') : NULL);
    err_set(parsing->err, ERR_USAGE, "unknown option -%s", word);
    if (strchr(word, '.'))
        err_hint(parsing->err, "the keys of the configuration have two dashes: --%s", word);
    else
        hint_option(parsing->err, word);
    return ERR_USAGE;
}

static int take_word(struct parsing *parsing, const char *word)
{
    if (parsing->command) {
        strs_push(&parsing->arguments->words, word);
        return 0;
    }
    parsing->command = command_find(word);
    return parsing->command ? 0 : no_such_command(parsing->err, word);
}

/* --- the whole --- */

/* What was given against what the command takes. */
static int check(const struct parsing *parsing)
{
    const char *name = parsing->command->name;
    for (size_t i = 0; OPTIONS[i].name; i++)
        if (parsing->seen[i] && !option_fits(&OPTIONS[i], name)) {
            err_set(parsing->err, ERR_USAGE, "zonda %s has no option --%s", name, OPTIONS[i].name);
            err_hint(parsing->err, "zonda %s --help lists its options", name);
            return ERR_USAGE;
        }
    if (parsing->keys && !command_takes_keys(name)) {
        err_set(parsing->err, ERR_USAGE,
                "zonda %s does not take keys of the configuration: --%.80s", name,
                parsing->arguments->flags.at[0]);
        return ERR_USAGE;
    }
    const struct strs *words = &parsing->arguments->words;
    size_t most = command_words_max(name);
    if (words->len > most) {
        err_set(parsing->err, ERR_USAGE, "zonda %s does not take the word %s", name,
                words->at[most]);
        err_hint(parsing->err, "usage: %s", parsing->command->usage);
        return ERR_USAGE;
    }
    for (size_t i = 0; parsing->command == &COMMAND_RUN && i < words->len; i++) {
        if (!is_directory(words->at[i]))
            continue; /* a service, or so it is said: the configuration knows */
        err_set(parsing->err, ERR_USAGE, "zonda run does not take the word %s", words->at[i]);
        hint_directory(parsing->err, words->at[i]);
        return ERR_USAGE;
    }
    return 0;
}

int arguments_parse(int argc, char *const argv[], struct arguments *arguments,
                    const struct command_entry **command, struct err *err)
{
    *arguments = (struct arguments){.bench = {.rounds = 5, .storm_ms = 30000, .idle_ms = 20000}};
    struct parsing parsing = {.arguments = arguments, .at = argc > 0 ? argv + 1 : argv, .err = err};
    int failed = 0;
    bool ended = false;
    while (!failed && !ended && *parsing.at) {
        const char *word = *parsing.at++;
        if (strcmp(word, "--") == 0)
            ended = true;
        else if (strncmp(word, "--", 2) == 0)
            failed = take_long(&parsing, word + 2);
        else if (word[0] == '-' && word[1])
            failed = take_short(&parsing, word + 1);
        else
            failed = take_word(&parsing, word);
    }
    if (failed)
        return failed;
    /* zonda --help and zonda --version are commands of their own. */
    bool help_of_all = !parsing.command && arguments->help;
    if (!parsing.command)
        parsing.command = &COMMAND_RUN;
    if (help_of_all || (parsing.command == &COMMAND_RUN && parsing.version)) {
        *command = help_of_all ? &COMMAND_HELP : &COMMAND_VERSION;
        arguments->help = false;
        return 0;
    }
    struct strs *rest = parsing.command == &COMMAND_RUN ? &arguments->app_args : &arguments->words;
    for (; *parsing.at; parsing.at++)
        strs_push(rest, *parsing.at);
    *command = parsing.command;
    return arguments->help ? 0 : check(&parsing);
}

void arguments_fini(struct arguments *arguments)
{
    strs_fini(&arguments->flags);
    strs_fini(&arguments->words);
    strs_fini(&arguments->app_args);
    strs_fini(&arguments->reports);
    strs_fini(&arguments->edits);
    strs_fini(&arguments->bench.tools);
    strs_fini(&arguments->bench.only);
}
