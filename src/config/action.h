/*
 * What a change can lead to, from nothing to a build.
 *
 * Ordered by strength: the strongest action among a batch's files is what the batch leads to.
 */
#ifndef ZONDA_CONFIG_ACTION_H
#define ZONDA_CONFIG_ACTION_H

#include "base/err.h"

enum action {
    ACTION_IGNORE,  /* nothing */
    ACTION_REFRESH, /* tell browsers; the app goes on */
    ACTION_RUN,     /* run the rule's command */
    ACTION_SIGNAL,  /* send the app the rule's signal */
    ACTION_RESTART, /* start the app anew from the binary that is there */
    ACTION_BUILD,   /* build, then start it anew */
};

const char *action_name(enum action action); /* "build" */

/* From "build", "restart", "signal:HUP", …; ERR_CONFIG with the list of them for another word. */
int action_parse(const char *text, enum action *action, int *signal, struct err *err);

#endif
