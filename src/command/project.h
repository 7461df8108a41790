/*
 * What several commands need to know about the project in this directory.
 */
#ifndef ZONDA_COMMAND_PROJECT_H
#define ZONDA_COMMAND_PROJECT_H

#include "base/json.h"
#include "command/command.h"
#include "config/load.h"

/* config_load with the variables and the options of this call, strictly: an unknown key is an
   error. file overrides -c; both may be NULL. The caller frees what it gets and problems. */
struct config *project_config(const struct arguments *arguments, const char *file,
                              struct problems *problems);
/* Prints problems on stderr. */
void project_problems(const struct problems *problems);

/* Begins {"v":1,"command":COMMAND,"service":WORD}, the latter where a word was given. */
void project_request(const struct arguments *arguments, const char *command,
                     struct json_writer *writer);
/* Asks the zonda that runs here. 0 with *answer, the caller's (json_free), and its text in raw
   where raw is not NULL; an answer with "ok":false becomes ERR_APP. */
int project_ask(const char *request, uint32_t timeout_ms, struct json **answer, struct buf *raw,
                struct err *err);

#endif
