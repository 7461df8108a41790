/*
 * The inside of classify, for the files of this room only. Each function gives true where it has
 * the last word and has filled verdict.
 *
 *   classify.c        the order, rules, batches
 *   classify_go.c     Go files and what belongs to them, by the import graph
 *   classify_files.c  what else a Gin project has
 */
#ifndef ZONDA_WATCH_CLASSIFY_PARTS_H
#define ZONDA_WATCH_CLASSIFY_PARTS_H

#include "watch/classify.h"

bool verdict_is(struct verdict *verdict, enum action action, const char *format, ...)
    __attribute__((format(printf, 3, 4))); /* always true */

bool classify_go(const struct classify *classify, const char *path, enum change_kind kind,
                 struct verdict *verdict);
/* Notes what the change means for the graph where another rule decides on the action. */
void classify_go_notes(const struct classify *classify, const char *path, enum change_kind kind,
                       struct verdict *verdict);

bool classify_own_config(const struct config *config, const char *path, struct verdict *verdict);
bool classify_env_file(const struct classify *classify, const char *path, struct verdict *verdict);
bool classify_web(const struct classify *classify, const char *path, struct verdict *verdict);
bool classify_app_config(const struct config *config, const char *path, struct verdict *verdict);

#endif
