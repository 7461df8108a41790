/* What a head means: the form of its target, its host, how long its body is, and what becomes of
   the connection. RFC 9112 §3.2, §6 and §9.3. */
#include <string.h>

#include "http/chars.h"
#include "http/fields.h"
#include "http/head.h"

/* What has been seen of the fields that count. */
struct seen {
    unsigned hosts, lengths, codings, upgrades;
    bool chunked, close, keep_alive, upgrade;
    struct http_text host;
};

/* "/path?query" or an absolute target's part of that kind. */
static void split_path(struct http_head *head, struct http_text from)
{
    const char *mark = from.len ? memchr(from.at, '?', from.len) : NULL;
    head->path = from;
    if (!mark)
        return;
    head->path.len = (size_t)(mark - from.at);
    head->query = (struct http_text){mark + 1, from.len - head->path.len - 1};
}

static bool is_host(struct http_text value, bool wants_port)
{
    struct http_text host;
    uint16_t port;
    return http_host_parse(value, &host, &port) && (port || !wants_port);
}

/* http://authority/path?query; the authority stands above a Host field, §3.2.2. */
static int absolute_form(struct http_head *head)
{
    struct http_text rest = head->target;
    size_t scheme = 0;
    if (rest.len > 7 && http_text_equal_case((struct http_text){rest.at, 7}, "http://"))
        scheme = 7;
    else if (rest.len > 8 && http_text_equal_case((struct http_text){rest.at, 8}, "https://"))
        scheme = 8;
    if (!scheme)
        return HTTP_FAULT_TARGET;
    rest.at += scheme;
    rest.len -= scheme;
    size_t authority = 0;
    while (authority < rest.len && rest.at[authority] != '/' && rest.at[authority] != '?')
        authority++;
    head->host = (struct http_text){rest.at, authority};
    if (!is_host(head->host, false))
        return HTTP_FAULT_TARGET;
    split_path(head, (struct http_text){rest.at + authority, rest.len - authority});
    if (!head->path.len) /* "/" it is then; there is one before the authority */
        head->path = (struct http_text){rest.at - 1, 1};
    return 0;
}

/* The four forms of a target, §3.2. */
static int understand_target(struct http_head *head)
{
    struct http_text target = head->target;
    if (head->method == HTTP_CONNECT) {
        head->host = target;
        return is_host(target, true) ? 0 : HTTP_FAULT_TARGET;
    }
    if (target.at[0] == '/') {
        split_path(head, target);
        return 0;
    }
    if (target.len == 1 && target.at[0] == '*' && head->method == HTTP_OPTIONS) {
        head->path = target;
        return 0;
    }
    return absolute_form(head);
}

/* Content-Length = 1*DIGIT, RFC 9110 §8.6. A list of equal numbers could be taken; nobody sends it.
 */
static int read_length(struct http_head *head, struct http_text value)
{
    if (!value.len)
        return HTTP_FAULT_LENGTH;
    uint64_t length = 0;
    for (size_t i = 0; i < value.len; i++) {
        unsigned digit = (unsigned char)value.at[i] - (unsigned)'0';
        if (digit > 9 || length > (HTTP_LENGTH_MAX - digit) / 10)
            return HTTP_FAULT_LENGTH;
        length = length * 10 + digit;
    }
    head->length = length;
    head->has_length = true;
    return 0;
}

static int see_field(struct http_head *head, const struct http_field *field, struct seen *seen)
{
    struct http_text name = field->name, value = field->value;
    switch (name.len) {
    case 4:
        if (http_text_equal_case(name, "host")) {
            seen->hosts++;
            seen->host = value;
        }
        break;
    case 6:
        if (http_text_equal_case(name, "expect"))
            head->expects_continue = http_text_equal_case(value, "100-continue") && head->minor;
        break;
    case 7:
        seen->upgrades += http_text_equal_case(name, "upgrade");
        break;
    case 10:
        if (http_text_equal_case(name, "connection")) {
            seen->close |= http_list_has(value, "close");
            seen->keep_alive |= http_list_has(value, "keep-alive");
            seen->upgrade |= http_list_has(value, "upgrade");
        }
        break;
    case 14:
        if (http_text_equal_case(name, "content-length"))
            return seen->lengths++ ? HTTP_FAULT_LENGTH : read_length(head, value);
        break;
    case 17:
        if (http_text_equal_case(name, "transfer-encoding")) {
            /* A blank behind it is of the syntax, but there are parsers that take it as a part of
               the name, and then read another body. */
            seen->chunked = http_text_equal_case(value, "chunked") && value.at[value.len] == '\r';
            seen->codings++;
        }
        break;
    default:
        break;
    }
    return 0;
}

/* RFC 9112 §6.3. */
static int understand_body(struct http_head *head, const struct seen *seen,
                           enum http_method request)
{
    if (seen->codings && seen->lengths)
        return HTTP_FAULT_BOTH;
    if (seen->codings && (seen->codings > 1 || !seen->chunked || !head->minor))
        return HTTP_FAULT_CODING;
    unsigned status = head->status;
    bool response = head->kind == HTTP_RESPONSE;
    if (response && status < 200 && (seen->codings || head->length))
        return HTTP_FAULT_LENGTH; /* a must not, RFC 9110 §8.6, and read in different ways */
    if (response && (request == HTTP_HEAD || status < 200 || status == 204 || status == 304 ||
                     (request == HTTP_CONNECT && status < 300)))
        head->framing = HTTP_BODY_NONE;
    else if (seen->codings)
        head->framing = HTTP_BODY_CHUNKED;
    else if (seen->lengths)
        head->framing = head->length ? HTTP_BODY_LENGTH : HTTP_BODY_NONE;
    else
        head->framing = response ? HTTP_BODY_UNTIL_CLOSE : HTTP_BODY_NONE;
    return 0;
}

int http_head_understand(struct http_head *head, enum http_method request)
{
    struct seen seen = {0};
    for (size_t i = 0; i < head->field_count; i++) {
        int fault = see_field(head, &head->fields[i], &seen);
        if (fault)
            return fault;
    }
    if (head->kind == HTTP_REQUEST) {
        int fault = understand_target(head);
        if (fault)
            return fault;
        /* §3.2: exactly one; HTTP/1.0 does without. An empty one is for targets without authority.
         */
        if (seen.hosts > 1 || (!seen.hosts && head->minor) ||
            (seen.host.len && !is_host(seen.host, false)))
            return HTTP_FAULT_HOST;
        if (!head->host.at)
            head->host = seen.host;
    }
    int fault = understand_body(head, &seen, request);
    if (fault)
        return fault;
    head->keep_alive =
        !seen.close && (head->minor || seen.keep_alive) && head->framing != HTTP_BODY_UNTIL_CLOSE;
    if (head->kind == HTTP_REQUEST)
        head->upgrade =
            head->minor && ((seen.upgrade && seen.upgrades) || head->method == HTTP_CONNECT);
    else if (head->status == 101)
        head->upgrade = seen.upgrade && seen.upgrades;
    return head->status == 101 && !head->upgrade ? HTTP_FAULT_STATUS : 0; /* RFC 9110 §15.2.2 */
}
