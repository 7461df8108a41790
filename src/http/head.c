/* Heads: where one ends, its first line and its fields. What the fields mean is in framing.c. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/chars.h"
#include "http/head.h"

long http_head_length(struct http_scan *scan, const char *data, size_t len)
{
    /* Only so much is ever looked at, so that the result does not depend on how much came at once.
     */
    size_t end = len < HTTP_HEAD_BYTES_MAX ? len : HTTP_HEAD_BYTES_MAX;
    if (len && !http_is(data[0], HTTP_CLASS_TOKEN))
        return HTTP_FAULT_START; /* TLS on a plain port, for one: said at once */
    while (scan->looked < end) {
        const char *found = memchr(data + scan->looked, '\n', end - scan->looked);
        if (!found) {
            scan->looked = end;
            break;
        }
        size_t at = (size_t)(found - data);
        /* RFC 9112 §2.2 lets a recipient take a bare LF; two that differ in it can be played off
           against each other. */
        if (at == scan->line || data[at - 1] != '\r')
            return HTTP_FAULT_LINE;
        scan->looked = at + 1;
        if (at - 1 == scan->line)
            return (long)scan->looked;
        scan->line = scan->looked;
    }
    if (end < HTTP_HEAD_BYTES_MAX)
        return 0;
    return scan->line ? HTTP_FAULT_HEAD_LARGE : HTTP_FAULT_TARGET_LONG;
}

/* --- the first line --- */

static enum http_method method_of(struct http_text text)
{
    static const struct {
        struct http_text text;
        enum http_method method;
    } METHODS[] = {
        {{"GET", 3}, HTTP_GET},         {{"HEAD", 4}, HTTP_HEAD},       {{"POST", 4}, HTTP_POST},
        {{"OPTIONS", 7}, HTTP_OPTIONS}, {{"CONNECT", 7}, HTTP_CONNECT},
    };
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++)
        if (text.len == METHODS[i].text.len && memcmp(text.at, METHODS[i].text.at, text.len) == 0)
            return METHODS[i].method;
    return HTTP_METHOD_OTHER;
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* HTTP-version, RFC 9112 §2.3. */
static int parse_version(struct http_head *head, const char *at)
{
    if (memcmp(at, "HTTP/", 5) != 0 || !is_digit(at[5]) || at[6] != '.' || !is_digit(at[7]))
        return HTTP_FAULT_START;
    if (at[5] != '1' || at[7] > '1')
        return HTTP_FAULT_VERSION;
    head->minor = at[7] == '1';
    return 0;
}

#define VERSION_BYTES 8 /* HTTP/1.1 */

/* method SP request-target SP HTTP-version, RFC 9112 §3; one blank each, and nothing else. */
static int parse_request_line(struct http_head *head, const char *at, const char *end)
{
    const char *start = at;
    while (at < end && http_is(*at, HTTP_CLASS_TOKEN))
        at++;
    head->method_text = (struct http_text){start, (size_t)(at - start)};
    if (at == end || *at != ' ' || at == start || at - start > HTTP_METHOD_BYTES_MAX)
        return HTTP_FAULT_METHOD;
    start = ++at;
    while (at < end && http_is(*at, HTTP_CLASS_TARGET))
        at++;
    head->target = (struct http_text){start, (size_t)(at - start)};
    if (at == end || *at != ' ' || at == start)
        return HTTP_FAULT_TARGET;
    if (head->target.len > HTTP_TARGET_BYTES_MAX)
        return HTTP_FAULT_TARGET_LONG;
    at++;
    if (end - at != VERSION_BYTES)
        return HTTP_FAULT_START;
    head->method = method_of(head->method_text);
    return parse_version(head, at);
}

/* HTTP-version SP status-code SP [reason-phrase], RFC 9112 §4. Servers that leave out the second
   blank with an empty reason are many, and nothing hangs on it. */
static int parse_status_line(struct http_head *head, const char *at, const char *end)
{
    if (end - at < VERSION_BYTES + 4)
        return HTTP_FAULT_START;
    int fault = parse_version(head, at);
    if (fault)
        return fault;
    at += VERSION_BYTES;
    if (at[0] != ' ')
        return HTTP_FAULT_START;
    if (!is_digit(at[1]) || !is_digit(at[2]) || !is_digit(at[3]) || at[1] < '1' || at[1] > '5')
        return HTTP_FAULT_STATUS;
    head->status = (unsigned)((at[1] - '0') * 100 + (at[2] - '0') * 10 + (at[3] - '0'));
    at += 4;
    if (at < end && *at++ != ' ')
        return HTTP_FAULT_STATUS;
    head->reason = (struct http_text){at, (size_t)(end - at)};
    for (; at < end; at++)
        if (!http_is(*at, HTTP_CLASS_VALUE))
            return HTTP_FAULT_LINE;
    return 0;
}

/* --- the fields --- */

/* field-name ":" OWS field-value OWS, RFC 9112 §5; at stands at the beginning of a line that is not
   empty. Gives the beginning of the next line, or NULL and the fault. */
static const char *parse_field(struct http_field *field, const char *at, int *fault)
{
    const char *start = at;
    while (http_is(*at, HTTP_CLASS_TOKEN))
        at++;
    *fault = *start == ' ' || *start == '\t' ? HTTP_FAULT_FOLD : HTTP_FAULT_NAME;
    if (at == start || *at != ':')
        return NULL;
    field->name = (struct http_text){start, (size_t)(at - start)};
    at++;
    while (*at == ' ' || *at == '\t')
        at++;
    start = at;
    while (http_is(*at, HTTP_CLASS_VALUE))
        at++;
    *fault = *at == '\r' ? HTTP_FAULT_LINE : HTTP_FAULT_VALUE;
    if (at[0] != '\r' || at[1] != '\n') /* a CR has a byte behind it: the head ends in LF */
        return NULL;
    const char *next = at + 2;
    while (at > start && (at[-1] == ' ' || at[-1] == '\t'))
        at--;
    field->value = (struct http_text){start, (size_t)(at - start)};
    *fault = 0;
    return next;
}

long http_fields_parse(struct http_field *fields, const char *at, const char *end)
{
    long count = 0;
    while (at < end - 2) { /* the empty line */
        if (count == HTTP_FIELDS_MAX)
            return HTTP_FAULT_HEAD_LARGE;
        int fault;
        at = parse_field(&fields[count++], at, &fault);
        if (!at)
            return fault;
    }
    return count;
}

int http_head_parse(struct http_head *head, enum http_kind kind, enum http_method request,
                    struct http_field *fields, const char *data, size_t len)
{
    *head = (struct http_head){.kind = kind, .fields = fields};
    const char *line_end = memchr(data, '\n', len);
    if (!line_end || line_end == data || line_end[-1] != '\r')
        return HTTP_FAULT_LINE;
    line_end--;
    int fault = kind == HTTP_REQUEST ? parse_request_line(head, data, line_end)
                                     : parse_status_line(head, data, line_end);
    if (fault)
        return fault;
    long count = http_fields_parse(fields, line_end + 2, data + len);
    if (count < 0)
        return (int)count;
    head->field_count = (size_t)count;
    return http_head_understand(head, request);
}

/* --- copying --- */

static void rebase(struct http_text *text, const char *from, const char *to)
{
    if (text->at)
        text->at = to + (text->at - from);
}

/* All texts of a head lie in one stretch, from the method (or the reason) to the last value. */
static struct http_text stretch_of(const struct http_head *head)
{
    const char *start = head->kind == HTTP_REQUEST ? head->method_text.at : head->reason.at;
    struct http_text last = head->kind == HTTP_REQUEST ? head->target : head->reason;
    if (head->field_count)
        last = head->fields[head->field_count - 1].value;
    return (struct http_text){start, (size_t)(last.at + last.len - start)};
}

size_t http_head_copy_bytes(const struct http_head *head)
{
    return head->field_count * sizeof *head->fields + stretch_of(head).len;
}

void http_head_copy_into(struct http_head *copy, void *memory, const struct http_head *head)
{
    struct http_text from = stretch_of(head);
    struct http_field *fields = memory;
    char *to = (char *)(fields + head->field_count);
    if (from.len)
        memcpy(to, from.at, from.len);
    *copy = *head;
    copy->fields = fields;
    struct http_text *texts[] = {&copy->method_text, &copy->target, &copy->path,
                                 &copy->query,       &copy->reason, &copy->host};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        rebase(texts[i], from.at, to);
    for (size_t i = 0; i < head->field_count; i++) {
        fields[i] = head->fields[i];
        rebase(&fields[i].name, from.at, to);
        rebase(&fields[i].value, from.at, to);
    }
}
