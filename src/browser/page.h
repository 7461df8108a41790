/*
 * Pages on their way through the proxy: which request may be answered with one, which response is
 * one, and what changes about it.
 *
 * A request may bring a page where a browser navigates: GET or HEAD, Sec-Fetch-Dest says document,
 * iframe or frame (where a browser sends none: Accept names text/html), and nothing says that a
 * fragment is wanted (htmx, Turbo, Unpoly, Datastar, pjax, Inertia, XMLHttpRequest) or a part of it
 * (Range). The app is asked for it without a content coding.
 *
 * A response to such a request is a page where it is text/html in an encoding that agrees with
 * ASCII, coded by nothing, gzip or br, no download (Content-Disposition), and may be changed
 * (no-transform, RFC 9110 §7.7). It goes on without coding and with a length that is not known
 * beforehand, without Accept-Ranges, Last-Modified and digests, and with a weak ETag of its own
 * made from the app's. All that is decided by the head alone, so that HEAD says the same as GET;
 * what the body turns out to be, inject.h decides.
 *
 * Conditional requests: our own ETag is turned back into the app's; any other validator stands for
 * a copy without the script, and is dropped.
 *
 * Life-cycle: {0}, page_request, then for each response page_response; page_feed until page_end;
 * page_fini.
 */
#ifndef ZONDA_BROWSER_PAGE_H
#define ZONDA_BROWSER_PAGE_H

#include "browser/csp.h"
#include "browser/inject.h"
#include "http/coding.h"
#include "http/parser.h"

#define PAGE_RUN_BYTES     17 /* 16 hex digits */
#define PAGE_SNIPPET_BYTES 256

struct page {
    bool candidate;              /* the request may be answered with a page */
    bool is;                     /* the response is one */
    char nonce[CSP_NONCE_BYTES]; /* of the script; "": none */
    char snippet[PAGE_SNIPPET_BYTES];
    struct injector injector;
    struct coder *coder; /* NULL: it comes without coding */
    struct buf in;       /* coded bytes that wait until the client takes more */
    bool in_began;       /* there is a body at all: HEAD has none */
    bool in_ended;       /* nothing follows those */
    bool decoded;        /* the coded stream is complete */
};

void page_request(struct page *page, const struct http_head *request);
/* Decides page->is, and makes what depends on the response. run: random digits of this run of
   zonda, which are also the script's nonce where the policy has none of its own. */
void page_response(struct page *page, const struct http_head *response, const char *run);
void page_fini(struct page *page);

/* --- fields --- */
enum page_field { PAGE_KEEP, PAGE_DROP, PAGE_CHANGE };
/* What becomes of a field of a candidate's request, or of a page's response. With PAGE_CHANGE the
   new value is appended to out. run as above. */
enum page_field page_request_field(const struct http_field *field, const char *run,
                                   struct buf *out);
enum page_field page_response_field(const struct page *page, const struct http_field *field,
                                    const char *run, struct buf *out);
/* The ETag of a 304 to a candidate: the validators that the app has seen were those of pages. */
void page_etag(struct http_text etag, const char *run, struct buf *out);

/* --- the body --- */
typedef bool page_sink_fn(void *data, const char *bytes, size_t len); /* false: full */
enum page_result {
    PAGE_GOES_ON,
    PAGE_FULL,   /* the sink was full: page_more when it is not */
    PAGE_BROKEN, /* the coded stream is malformed */
};
/* The next bytes of the body (len 0, end true at its end). After PAGE_FULL some may be left that
   wait for page_more. */
enum page_result page_feed(struct page *page, const char *bytes, size_t len, bool end,
                           page_sink_fn *sink, void *data);
enum page_result page_more(struct page *page, page_sink_fn *sink, void *data);

#endif
