/*
 * Content-Security-Policy: what a page's policies must allow for zonda's script, and nothing else.
 *
 * The script is loaded from the page's own origin, gets its events from there, and shares them
 * among tabs by a worker from there. So each policy gets, where it does not have it yet, 'self' for
 * scripts, connections and workers; a policy with 'strict-dynamic', in which 'self' means nothing,
 * gets the nonce of the script instead. The nonce is the page's own where it has one. Nothing is
 * inlined, so neither 'unsafe-inline' nor a hash is ever added, and no style is.
 *
 * Source: W3C Content Security Policy Level 3, 2.2 (policies), 6.7.2 (matching), 6.8.3 (fallback).
 */
#ifndef ZONDA_BROWSER_CSP_H
#define ZONDA_BROWSER_CSP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define CSP_NONCE_BYTES 129

/* What the policies of one page have to do with the script; begin with {0}. */
struct csp {
    char nonce[CSP_NONCE_BYTES]; /* of the page's first policy that has one; "": none */
    bool needs_nonce;            /* some policy has 'strict-dynamic' for scripts */
};

/* Looks at the value of one header, which may hold several policies. */
void csp_look(struct csp *csp, const char *value, size_t len);
/* After all were looked at: appends the value to out, with what is missing. nonce is the script's,
   "" where it has none; with needs_nonce it must have one. */
void csp_allow(const char *value, size_t len, const char *nonce, struct buf *out);

#endif
