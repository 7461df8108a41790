/*
 * The way from a place in a file to an editor: a link, or a command to copy.
 *
 * [dashboard] editor is a name of the table in editor.c, or a template with {file}, {line} and
 * {column}. A template with "://" is a link, and what is put in is percent-encoded (RFC 3986 §2.1);
 * any other is a command line for a shell, and the file's name is quoted for it.
 */
#ifndef ZONDA_BROWSER_EDITOR_H
#define ZONDA_BROWSER_EDITOR_H

#include <stdbool.h>

#include "base/buf.h"

/* The template of an editor's name, or editor itself. */
const char *editor_template(const char *editor);
bool editor_is_link(const char *template);
/* Line and column count from 1; 0 becomes 1. */
void editor_place(const char *template, const char *file, int line, int column, struct buf *out);

#endif
