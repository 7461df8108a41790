/*
 * Injection: one piece of text put into an HTML page while it streams by.
 *
 * The place is the head's beginning: right after <head>, or where that tag is left out (HTML lets
 * it be implied) before the first thing that is neither white space, comment, doctype nor <html>.
 * All that can stand before that place is read by the rules of the HTML tokenizer, so that no
 * comment or attribute value is mistaken for a tag, and all that comes after it passes untouched:
 * a "</body>" in a script fools nobody, and a page that never ends has its script all the same.
 *
 * Only complete pages are touched: those that begin with <!doctype html> or <html>. Anything else,
 * such as a fragment for htmx, passes byte for byte.
 *
 * Source: HTML Living Standard, 13.2.5 (tokenization), 13.2.6.4.1 to .4 (initial to in head).
 */
#ifndef ZONDA_BROWSER_INJECT_H
#define ZONDA_BROWSER_INJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define INJECT_HELD_MAX 9 /* bytes that wait for what follows them: "<!doctype" */

/* In storage of the caller; owns nothing. */
struct injector {
    const char *text; /* borrowed; what is put in */
    size_t text_len;
    int state;
    bool head;   /* the tag that is being read is <head> */
    bool page;   /* a doctype or <html> has been seen */
    bool virgin; /* in a comment: nothing but dashes so far */
    unsigned dashes;
    char held[INJECT_HELD_MAX];
    size_t held_len;
};

void inject_init(struct injector *injector, const char *text, size_t text_len);

/* Appends to out what becomes of the next len bytes: at most len + INJECT_HELD_MAX + text_len. */
void inject_feed(struct injector *injector, const char *bytes, size_t len, struct buf *out);
/* The document has ended. */
void inject_end(struct injector *injector, struct buf *out);
/* Everything that follows passes untouched: it needs no inject_feed any more. */
bool inject_done(const struct injector *injector);

#endif
