/*
 * What the files of air's reader share.
 *
 * The file is read twice: air_check tells unknown keys and wrong types; then each part takes what
 * it knows by name. The air_* getters give only what has the right type, so a part never looks at
 * what air_check has refused.
 */
#ifndef ZONDA_COMPAT_AIR_PARTS_H
#define ZONDA_COMPAT_AIR_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/reading.h"

enum air_type {
    AIR_BOOL,
    AIR_INT, /* not negative */
    AIR_TEXT,
    AIR_TEXTS,
    AIR_WORDS,    /* a string, or a list of strings */
    AIR_DURATION, /* a string such as "500ms", or a whole number */
    AIR_TABLE,
    AIR_TABLES,
};

/* Tables by their dotted names, "" for the root; "build.os" is each of build's linux, darwin and
   windows. */
struct air_key {
    const char *table, *key;
    enum air_type type;
};
extern const struct air_key AIR_KEYS[];
extern const size_t AIR_KEYS_LEN;
const struct air_key *air_key(const char *table, const char *key); /* NULL where there is none */

struct air {
    struct reading *reading;
    struct config *config; /* reading's */
    const struct node *root;
    char *tmp_dir; /* as given, clean; relative to root unless absolute */
};

void air_check(struct air *air);

/* The value in a table ("build", "log", …), or NULL. */
const struct node *air_get(const struct air *air, const char *table, const char *key);
/* The same in a table that the caller has; name is what AIR_KEYS calls it. */
const struct node *air_in(const struct node *table, const char *name, const char *key);
/* Of [build]; what [build.linux] has wins. */
const struct node *air_build(const struct air *air, const char *key);

bool air_is_true(const struct node *node);
/* Not NULL and not empty. */
bool air_has_text(const struct node *node);

/* Sets zonda's key from air's, after checking its range; the mistake is told at node. */
void air_set_number(struct air *air, const char *section, const char *key, uint64_t number,
                    const struct node *node);
void air_set_text(struct air *air, const char *section, const char *key, const char *text,
                  const struct node *node);
void air_set_bool(struct air *air, const char *section, const char *key, bool truth,
                  const struct node *node);

/* "*.{x}" and the like in a name, quoted so that it is matched as it is. Heap. */
char *air_quote_glob(const char *name);
/* An extension as air's users write it: without dots and blanks around it. Heap. */
char *air_extension(const char *text);

/* The parts, in the order in which they are called. */
void air_read_root(struct air *air);
void air_read_build(struct air *air);
void air_read_run(struct air *air);
void air_read_watch(struct air *air);
void air_read_rules(struct air *air);
void air_read_show(struct air *air);

#endif
