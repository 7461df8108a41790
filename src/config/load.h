/*
 * From what the user gave (file, variables, flags) to one struct config.
 *
 * Order: defaults, file, ZONDA_SECTION_KEY variables, --section.key flags; the last one wins. For a
 * service its [service.NAME] comes after the file's other tables; variables and flags hold for all.
 * config_load never stops at the first mistake.
 */
#ifndef ZONDA_CONFIG_LOAD_H
#define ZONDA_CONFIG_LOAD_H

#include <stdbool.h>

#include "base/strs.h"
#include "config/config.h"
#include "config/problem.h"

struct node;
struct reading;

/* Another tool's configuration language. Those that are known are named by the request, as they
   live in a layer above this one (compat/dialects.h). */
struct config_dialect {
    const char *kind;              /* "air": struct config's kind */
    const char *const *file_names; /* base names of its files, NULL-terminated */
    /* The variable that names the project's directory, where the tool has one; or NULL. Its file is
       looked for there, too, and root is relative to it; without it to config_request's dir. */
    const char *dir_variable;
    /* Does a file of another name look like one of this tool's? */
    bool (*recognises)(const struct node *root);
    /* Fills reading's config, which holds zonda's defaults, from the file (config/reading.h). */
    void (*read)(const struct node *root, struct reading *reading);
};

struct config_request {
    const char *file;            /* -c FILE, or NULL: look for one */
    const char *dir;             /* where to look; absolute */
    const struct strs *flags;    /* "section.key=value" each; may be NULL */
    const struct strs *env;      /* NAME=value each; ZONDA_* are read; may be NULL */
    const struct strs *app_args; /* may be NULL */
    /* Services to start, with those that they depend on; NULL or empty: all. */
    const struct strs *services;
    bool lenient; /* a run: unknown keys in another tool's file are warnings, not errors */
    const struct config_dialect *const *dialects; /* NULL-terminated; NULL: zonda.toml only */
};

/* The config, or NULL when there is an error among problems. Warnings may be there either way. */
struct config *config_load(const struct config_request *request, struct problems *problems);

/* Which file config_load would read for dir: zonda.toml, .zonda.toml, .config/zonda.toml, then
   .air.toml, air.toml, .config/air.toml. Heap, or NULL. Searches dir only, not its parents. */
char *config_find(const char *dir);

/* What differs, so that only what depends on it is done again. */
enum config_effect {
    EFFECT_NONE = 0,
    EFFECT_LIVE = 1,    /* terminal, log: at once */
    EFFECT_WATCH = 2,   /* the tree is walked anew */
    EFFECT_RESTART = 4, /* the app must start anew */
    EFFECT_BUILD = 8,   /* and be built anew */
};
/* The effects together; the keys that differ are appended to changed ("build.command"). Services
   are compared one by one, each like this. */
unsigned config_difference(const struct config *old, const struct config *new_one,
                           struct strs *changed);

#endif
