#include "config/value.h"

#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/regex.h"
#include "base/words.h"
#include "config/suggest.h"
#include "platform/fs.h"
#include "platform/process.h"

void *value_at(const struct schema_entry *entry, const struct config *config)
{
    return (char *)(uintptr_t)config + entry->offset;
}

bool value_is_list(const struct schema_entry *entry)
{
    return entry->type == VALUE_LIST || entry->type == VALUE_PATHS || entry->type == VALUE_GLOBS ||
           entry->type == VALUE_REGEXES;
}

static const char *const *truths(void)
{
    static const char *const names[] = {"false", "true", "0", "1", "no", "yes", "off", "on", NULL};
    return names;
}

static int set_bool(const struct schema_entry *entry, struct config *config, const char *text,
                    struct err *err)
{
    for (size_t i = 0; truths()[i]; i++)
        if (strcmp(text, truths()[i]) == 0) {
            *(bool *)value_at(entry, config) = i % 2;
            return 0;
        }
    err_set(err, ERR_CONFIG, "%s is '%.64s', but it must be true or false", entry->key, text);
    return ERR_CONFIG;
}

static void list_choices(const struct schema_entry *entry, const char *word, struct err *err)
{
    struct buf text = BUF_INIT(200);
    size_t len = 0;
    for (; entry->choices[len]; len++)
        (void)buf_printf(&text, "%s%s", len ? ", " : "", entry->choices[len]);
    const char *close = suggest(word, entry->choices, len);
    if (close)
        err_hint(err, "did you mean %s? One of %s", close, buf_text(&text));
    else
        err_hint(err, "one of %s", buf_text(&text));
    buf_fini(&text);
}

/* The index of text among the entry's choices, or ERR_CONFIG. */
static int choice(const struct schema_entry *entry, const char *text, struct err *err)
{
    for (int i = 0; entry->choices[i]; i++)
        if (strcmp(text, entry->choices[i]) == 0)
            return i;
    err_set(err, ERR_CONFIG, "%s is '%.64s', which is not known", entry->key, text);
    list_choices(entry, text, err);
    return ERR_CONFIG;
}

static int set_signal(const struct schema_entry *entry, struct config *config, const char *text,
                      struct err *err)
{
    int number = signal_number(text);
    if (number <= 0) {
        err_set(err, ERR_CONFIG, "%s is '%.64s', which is no signal", entry->key, text);
        err_hint(err, "write a name such as SIGTERM, SIGINT, SIGHUP or SIGKILL");
        return ERR_CONFIG;
    }
    *(int *)value_at(entry, config) = number;
    return 0;
}

int value_check_command(const char *key, const char *text, struct err *err)
{
    struct strs words = {0};
    struct err cause;
    int failed = 0;
    if (text[strspn(text, " \t\r\n")] == '\0') {
        err_set(err, ERR_CONFIG, "%s is empty", key);
        err_hint(err, "leave the key out for the default");
        return ERR_CONFIG;
    }
    /* What a shell makes of the others only the shell can say. */
    if (!words_need_shell(text) && words_split(text, &words, &cause) != 0) {
        failed = err_set(err, ERR_CONFIG, "%s is no command line: %s", key, cause.message);
        err_hint(err, "close the quote, or put a backslash before it");
    }
    strs_fini(&words);
    return failed;
}

static int set_command(const struct schema_entry *entry, struct config *config, const char *text,
                       struct err *err)
{
    struct command *command = value_at(entry, config);
    int failed = value_check_command(entry->key, text, err);
    if (failed)
        return failed;
    strs_clear(&command->words);
    mem_replace(&command->line, text);
    return 0;
}

/* Is it kept as one string? */
static bool is_text(const struct schema_entry *entry)
{
    return entry->type == VALUE_STRING || entry->type == VALUE_PATH || entry->type == VALUE_REGEX ||
           entry->type == VALUE_URL_PATH;
}

static int check_regex(const char *text, struct err *err)
{
    struct regex *regex = regex_new(text, err);
    if (!regex)
        return ERR_CONFIG;
    regex_free(regex);
    return 0;
}

/* RFC 9112, section 3.2.1: nothing that would end the request line, or begin another one. */
static int check_url_path(const struct schema_entry *entry, const char *text, struct err *err)
{
    const char *at = text;
    while (*at > ' ' && *at < 0x7f && *at != '#')
        at++;
    if (*text == '\0' || (*text == '/' && *at == '\0'))
        return 0;
    err_set(err, ERR_CONFIG, "%s is '%.64s', which is no path of a URL", entry->key, text);
    err_hint(err, "begin it with / and write blanks and the like as %%20");
    return ERR_CONFIG;
}

int value_set_string(const struct schema_entry *entry, struct config *config, const char *text,
                     struct err *err)
{
    uint64_t number = 0;
    int result = 0;
    switch (entry->type) {
    case VALUE_DURATION:
        result = value_duration(text, &number, err);
        break;
    case VALUE_SIZE:
        result = value_size(text, &number, err);
        break;
    case VALUE_CHOICE:
        result = choice(entry, text, err);
        if (result >= 0)
            *(int *)value_at(entry, config) = result;
        return result < 0 ? result : 0;
    case VALUE_SIGNAL:
        return set_signal(entry, config, text, err);
    case VALUE_COMMAND:
        return set_command(entry, config, text, err);
    default:
        if (entry->type == VALUE_REGEX && check_regex(text, err) != 0)
            return ERR_CONFIG;
        if (entry->type == VALUE_URL_PATH && check_url_path(entry, text, err) != 0)
            return ERR_CONFIG;
        if (entry->choices && choice(entry, text, err) < 0)
            return ERR_CONFIG;
        mem_replace(value_at(entry, config), text);
        return 0;
    }
    if (result == 0)
        return value_set_number(entry, config, number, err);
    char *message = mem_string(err->message), *hint = mem_string(err->hint);
    err_set(err, ERR_CONFIG, "%s is %s", entry->key, message);
    err_hint(err, "%s", hint);
    free(message);
    free(hint);
    return ERR_CONFIG;
}

/* --- lists --- */

int value_check_element(const struct schema_entry *entry, const char *text, struct err *err)
{
    if (entry->type == VALUE_GLOBS)
        return glob_check(text[0] == '!' ? text + 1 : text, err);
    if (entry->type == VALUE_REGEXES && check_regex(text, err) != 0)
        return ERR_CONFIG;
    if (entry->type == VALUE_MAP) {
        const char *equals = strchr(text, '=');
        if (!equals || equals == text) {
            err_set(err, ERR_CONFIG, "%s has '%.64s', which is not NAME=value", entry->key, text);
            return ERR_CONFIG;
        }
    } else if (*text == '\0') {
        return err_set(err, ERR_CONFIG, "%s has an empty element", entry->key);
    }
    return 0;
}

/* Splits by commas; "\," is a comma. */
static void split(const char *text, struct strs *out)
{
    struct buf word = BUF_INIT(strlen(text) + 1);
    if (*text == '\0')
        return;
    for (;; text++) {
        if (*text == ',' || *text == '\0') {
            strs_push(out, buf_text(&word));
            buf_reset(&word);
            if (*text == '\0')
                break;
            continue;
        }
        if (*text == '\\' && text[1] == ',')
            text++;
        (void)buf_putc(&word, *text);
    }
    buf_fini(&word);
}

static int set_list(const struct schema_entry *entry, struct config *config, const char *text,
                    bool append, struct err *err)
{
    struct strs words = {0};
    struct strs *list = value_at(entry, config);
    int result = 0;
    split(text, &words);
    for (size_t i = 0; i < words.len && result == 0; i++)
        result = value_check_element(entry, words.at[i], err);
    if (result == 0) {
        if (!append)
            strs_clear(list);
        for (size_t i = 0; i < words.len; i++) {
            char *equals = entry->type == VALUE_MAP ? strchr(words.at[i], '=') : NULL;
            if (!equals) {
                strs_push(list, words.at[i]);
                continue;
            }
            *equals = '\0';
            strs_env_set(list, words.at[i], equals + 1);
        }
    }
    strs_fini(&words);
    return result;
}

static int set_int(const struct schema_entry *entry, struct config *config, const char *text,
                   struct err *err)
{
    char *end = NULL;
    uint64_t number = *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;
    if (!end || *end)
        return err_set(err, ERR_CONFIG, "%s is '%.64s', but it must be a whole number", entry->key,
                       text);
    return value_set_number(entry, config, number, err);
}

int value_set_text(const struct schema_entry *entry, struct config *config, const char *text,
                   bool append, struct err *err)
{
    if (entry->type == VALUE_BOOL)
        return set_bool(entry, config, text, err);
    if (entry->type == VALUE_INT)
        return set_int(entry, config, text, err);
    if (value_is_list(entry) || entry->type == VALUE_MAP)
        return set_list(entry, config, text, append, err);
    if (entry->type == VALUE_COMMAND && *text == '\0') {
        command_fini(value_at(entry, config));
        return 0;
    }
    return value_set_string(entry, config, text, err);
}

void value_set_fallback(const struct schema_entry *entry, struct config *config)
{
    const char *text = entry->fallback;
    size_t len = strlen(text);
    bool quoted = len >= 2 && strchr("\"[{", text[0]);
    char *bare = mem_string_n(text + quoted, len - 2 * quoted);
    struct err err;
    (void)value_set_text(entry, config, bare, false, &err); /* the table is right: see its test */
    free(bare);
}

/* --- paths --- */

char *value_path(const char *root, const char *path)
{
    const char *home = fs_home();
    if (*path == '\0')
        return mem_string(path);
    bool in_home = home && path[0] == '~' && (path[1] == '/' || path[1] == '\0');
    char *whole = in_home ? mem_format("%s%s", home, path + 1) : path_join(root, path);
    char *clean = path_clean(whole);
    free(whole);
    return clean;
}

void value_resolve(const struct schema_entry *entry, struct config *config, const char *root)
{
    if (entry->type == VALUE_PATH) {
        char **slot = value_at(entry, config);
        char *path = value_path(root, *slot ? *slot : "");
        free(*slot);
        *slot = path;
    } else if (entry->type == VALUE_PATHS) {
        STRS_EACH (item, (struct strs *)value_at(entry, config)) {
            char *path = value_path(root, *item);
            free(*item);
            *item = path;
        }
    }
}

/* --- comparing, freeing --- */

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

bool command_equal(const struct command *a, const struct command *b)
{
    return same_text(a->line, b->line) && strs_equal(&a->words, &b->words);
}

void command_fini(struct command *command)
{
    free(command->line);
    command->line = NULL;
    strs_fini(&command->words);
}

bool value_equal(const struct schema_entry *entry, const struct config *a, const struct config *b)
{
    const void *left = value_at(entry, a), *right = value_at(entry, b);
    switch (entry->type) {
    case VALUE_BOOL:
        return *(const bool *)left == *(const bool *)right;
    case VALUE_INT:
    case VALUE_DURATION:
        return *(const uint32_t *)left == *(const uint32_t *)right;
    case VALUE_SIZE:
        return *(const uint64_t *)left == *(const uint64_t *)right;
    case VALUE_CHOICE:
    case VALUE_SIGNAL:
        return *(const int *)left == *(const int *)right;
    case VALUE_STRING:
    case VALUE_REGEX:
    case VALUE_URL_PATH:
    case VALUE_PATH:
        return same_text(*(char *const *)left, *(char *const *)right);
    case VALUE_COMMAND:
        return command_equal(left, right);
    default:
        return strs_equal(left, right);
    }
}

void value_fini(const struct schema_entry *entry, struct config *config)
{
    void *at = value_at(entry, config);
    if (is_text(entry)) {
        free(*(char **)at);
        *(char **)at = NULL;
    } else if (entry->type == VALUE_COMMAND) {
        command_fini(at);
    } else if (value_is_list(entry) || entry->type == VALUE_MAP) {
        strs_fini(at);
    }
}
