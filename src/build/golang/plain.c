#include "build/golang/plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/words.h"
#include "build/golang/flags.h"

static bool no(char *reason, const char *words)
{
    (void)snprintf(reason, GOPLAIN_REASON_BYTES, "%s", words);
    return false;
}

static bool split(const struct command *command, struct strs *words, char *reason)
{
    struct err err = {0};
    if (command->words.len) {
        strs_copy(words, &command->words);
        return true;
    }
    if (!command->line || words_need_shell(command->line))
        return no(reason, "the build command needs a shell");
    if (words_split(command->line, words, &err) < 0)
        return no(reason, "the build command cannot be taken apart");
    return true;
}

/* -o OUTPUT, -o=OUTPUT and the same with two dashes; NULL for another word. */
static const char *output_of(const struct strs *words, size_t *at)
{
    const char *word = words->at[*at];
    if (word[0] != '-')
        return NULL;
    word += 1 + (word[1] == '-');
    if (strcmp(word, "o") == 0 && *at + 1 < words->len)
        return words->at[++*at];
    return strncmp(word, "o=", 2) == 0 ? word + 2 : NULL;
}

static bool is_one_package(const char *word)
{
    return !strstr(word, "...") && !strchr(word, '@') && !path_ends(word, ".go");
}

static bool read_words(const struct strs *words, struct goplain *plain, char *reason)
{
    bool flags = true;
    for (size_t i = 2; i < words->len; i++) {
        const char *word = words->at[i];
        const char *output = flags ? output_of(words, &i) : NULL;
        if (output) {
            mem_replace(&plain->output, output);
        } else if (flags && strcmp(word, "--") == 0) {
            flags = false;
        } else if (flags && word[0] == '-' && word[1]) {
            strs_push(&plain->flags, word);
            if (goflags_takes_next(word) && i + 1 < words->len)
                strs_push(&plain->flags, words->at[++i]);
        } else if (plain->package || !is_one_package(word)) {
            return no(reason, "the build command does not build one package");
        } else {
            mem_replace(&plain->package, word);
            flags = false; /* the go command takes none after it */
        }
    }
    size_t len = plain->output ? strlen(plain->output) : 0;
    if (len == 0 || plain->output[len - 1] == '/')
        return no(reason, "the build command names no file by -o");
    if (!plain->package)
        plain->package = mem_string(".");
    return true;
}

bool goplain_read(const struct command *command, struct goplain *plain,
                  char reason[GOPLAIN_REASON_BYTES])
{
    struct strs words = {0};
    *plain = (struct goplain){0};
    bool good = split(command, &words, reason);
    if (good &&
        (words.len < 2 || strcmp(words.at[0], "go") != 0 || strcmp(words.at[1], "build") != 0))
        good = no(reason, "the build command is not go build");
    good = good && read_words(&words, plain, reason) &&
           goflags_understood(&plain->flags, NULL, reason);
    strs_fini(&words);
    if (!good)
        goplain_fini(plain);
    return good;
}

void goplain_fini(struct goplain *plain)
{
    free(plain->output);
    free(plain->package);
    strs_fini(&plain->flags);
    *plain = (struct goplain){0};
}
