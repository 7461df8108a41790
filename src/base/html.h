/*
 * Text in HTML.
 */
#ifndef ZONDA_BASE_HTML_H
#define ZONDA_BASE_HTML_H

#include "base/buf.h"

/* Appends text so that it is text in an element, and in an attribute in double quotes. */
void html_escape(struct buf *out, const char *text);

#endif
