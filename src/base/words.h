/*
 * Command lines: split into words as sh(1) does for plain text, or recognised as needing a shell.
 */
#ifndef ZONDA_BASE_WORDS_H
#define ZONDA_BASE_WORDS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strs.h"

/* True where line uses anything but words and quotes: expansions, redirections, pipes, lists,
   globs, comments, a leading NAME=value, a leading "~", or a word that is a shell builtin or
   keyword in command position (cd, export, source, ., if, for, while, …). */
bool words_need_shell(const char *line);

/* Splits line by blanks, honouring '…', "…" and backslash; appends to words. ERR_CONFIG for an
   unfinished quote. */
int words_split(const char *line, struct strs *words, struct err *err);

/* Appends word so that sh(1) reads it back as one word; plain words stay as they are. */
void words_quote(struct buf *out, const char *word);

#endif
