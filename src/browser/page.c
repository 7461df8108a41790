#include "browser/page.h"

#include <stdio.h>
#include <string.h>

#include "browser/csp.h"
#include "browser/own.h"
#include "http/fields.h"

/* Requests with one of these fields want a piece of a page. */
static const char *const FRAGMENTS[] = {"HX-Request",         "X-Requested-With", "Turbo-Frame",
                                        "X-Turbo-Request-Id", "X-Up-Version",     "X-PJAX",
                                        "X-Inertia",          "Datastar-Request", NULL};
static const char *const DESTINATIONS[] = {"document", "iframe", "frame", NULL};

static bool is_one_of(struct http_text text, const char *const *words)
{
    for (; *words; words++)
        if (http_text_equal_case(text, *words))
            return true;
    return false;
}

static bool has_one_of(const struct http_head *head, const char *const *names)
{
    for (; *names; names++)
        if (http_head_count(head, *names))
            return true;
    return false;
}

void page_request(struct page *page, const struct http_head *request)
{
    struct http_text destination = http_head_value(request, "Sec-Fetch-Dest");
    bool navigates = destination.at ? is_one_of(destination, DESTINATIONS)
                                    : http_head_list_has(request, "Accept", "text/html");
    page->candidate = navigates && (request->method == HTTP_GET || request->method == HTTP_HEAD) &&
                      !request->upgrade && !http_head_count(request, "Range") &&
                      !has_one_of(request, FRAGMENTS);
}

/* Encodings in which '<' is not the one byte 0x3c. */
static bool is_wide(struct http_text type)
{
    struct http_text charset = http_parameter(type, "charset");
    return charset.len >= 4 &&
           (http_text_equal_case((struct http_text){charset.at, 4}, "utf-") ||
            http_text_equal_case((struct http_text){charset.at, 4}, "ucs-")) &&
           !http_text_equal_case(charset, "utf-8");
}

static bool is_download(const struct http_head *response)
{
    struct http_text disposition = http_head_value(response, "Content-Disposition");
    struct http_text kind = {0};
    return disposition.at && http_list_next(&disposition, &kind) && kind.len >= 10 &&
           http_text_equal_case((struct http_text){kind.at, 10}, "attachment");
}

static bool is_page(const struct http_head *response, enum coding coding)
{
    struct http_text type = http_head_value(response, "Content-Type");
    return response->status != 204 && response->status != 206 && response->status != 304 &&
           type.at && http_media_is(type, "text/html") && !is_wide(type) &&
           coding != CODING_UNKNOWN && http_head_count(response, "Content-Encoding") <= 1 &&
           !is_download(response) && !http_head_list_has(response, "Cache-Control", "no-transform");
}

static bool is_csp(const struct http_field *field)
{
    return http_text_equal_case(field->name, "Content-Security-Policy") ||
           http_text_equal_case(field->name, "Content-Security-Policy-Report-Only");
}

/* The script's nonce: the page's, else ours where a policy wants one. */
static void write_snippet(struct page *page, const struct http_head *response, const char *run)
{
    struct csp csp = {0};
    for (size_t i = 0; i < response->field_count; i++)
        if (is_csp(&response->fields[i]))
            csp_look(&csp, response->fields[i].value.at, response->fields[i].value.len);
    const char *nonce = *csp.nonce ? csp.nonce : csp.needs_nonce ? run : "";
    (void)snprintf(page->nonce, sizeof page->nonce, "%s", nonce);
    (void)snprintf(page->snippet, sizeof page->snippet, "<script src=\"%s\" async%s%s%s></script>",
                   OWN_SCRIPT, *nonce ? " nonce=\"" : "", nonce, *nonce ? "\"" : "");
}

void page_response(struct page *page, const struct http_head *response, const char *run)
{
    enum coding coding = coding_of(http_head_value(response, "Content-Encoding"));
    page->is = page->candidate && is_page(response, coding);
    if (!page->is)
        return;
    write_snippet(page, response, run);
    inject_init(&page->injector, page->snippet, strlen(page->snippet));
    if (coding != CODING_IDENTITY)
        page->coder = coder_decode_new(coding, UINT64_MAX);
}

/* --- ETags: W/"app's;zonda-RUNs", and w where the app's was weak --- */

#define MARK ";zonda-"

static bool is_weak(struct http_text etag)
{
    return etag.len > 2 && etag.at[0] == 'W' && etag.at[1] == '/';
}

/* What stands between the quotes; none where it is no ETag. RFC 9110 §8.8.3. */
static struct http_text opaque_of(struct http_text etag)
{
    size_t begin = is_weak(etag) ? 3 : 1;
    if (etag.len < begin + 1 || etag.at[begin - 1] != '"' || etag.at[etag.len - 1] != '"')
        return (struct http_text){0};
    struct http_text opaque = {etag.at + begin, etag.len - begin - 1};
    return memchr(opaque.at, '"', opaque.len) ? (struct http_text){0} : opaque;
}

void page_etag(struct http_text etag, const char *run, struct buf *out)
{
    struct http_text opaque = opaque_of(etag);
    if (!opaque.at)
        return;
    (void)buf_puts(out, "W/\"");
    (void)buf_append(out, opaque.at, opaque.len);
    (void)buf_printf(out, MARK "%s%c\"", run, is_weak(etag) ? 'w' : 's');
}

/* Appends the app's ETag where this is one of ours, of this run. */
static bool unmark(struct http_text etag, const char *run, struct buf *out)
{
    struct http_text opaque = opaque_of(etag);
    size_t tail = strlen(MARK) + strlen(run) + 1;
    if (!opaque.at || opaque.len < tail)
        return false;
    const char *mark = opaque.at + opaque.len - tail;
    if (memcmp(mark, MARK, strlen(MARK)) != 0 || memcmp(mark + strlen(MARK), run, strlen(run)) != 0)
        return false;
    (void)buf_printf(out, "%s%s\"", out->len ? ", " : "", mark[tail - 1] == 'w' ? "W/" : "");
    (void)buf_append(out, opaque.at, opaque.len - tail);
    (void)buf_putc(out, '"');
    return true;
}

/* --- fields --- */

enum page_field page_request_field(const struct http_field *field, const char *run, struct buf *out)
{
    struct http_text list = field->value, etag = {0};
    bool any = false;
    if (http_text_equal_case(field->name, "Accept-Encoding")) {
        (void)buf_puts(out, "identity");
        return PAGE_CHANGE;
    }
    if (http_text_equal_case(field->name, "If-Modified-Since"))
        return PAGE_DROP;
    if (!http_text_equal_case(field->name, "If-None-Match"))
        return PAGE_KEEP;
    while (http_list_next(&list, &etag))
        any |= unmark(etag, run, out);
    return any ? PAGE_CHANGE : PAGE_DROP;
}

enum page_field page_response_field(const struct page *page, const struct http_field *field,
                                    const char *run, struct buf *out)
{
    static const char *const DROPPED[] = {"Accept-Ranges", "Last-Modified",  "Content-Encoding",
                                          "Content-MD5",   "Content-Digest", "Repr-Digest",
                                          "Digest",        "Content-Length", NULL};
    if (is_csp(field)) {
        csp_allow(field->value.at, field->value.len, page->nonce, out);
        return PAGE_CHANGE;
    }
    if (http_text_equal_case(field->name, "ETag")) {
        page_etag(field->value, run, out);
        return out->len ? PAGE_CHANGE : PAGE_DROP;
    }
    return is_one_of(field->name, DROPPED) ? PAGE_DROP : PAGE_KEEP;
}
