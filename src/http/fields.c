#include "http/fields.h"

#include <string.h>

#include "http/chars.h"

static char lower(char character)
{
    return character >= 'A' && character <= 'Z' ? (char)(character | 0x20) : character;
}

struct http_text http_text_of(const char *text)
{
    return (struct http_text){text, text ? strlen(text) : 0};
}

bool http_text_equal(struct http_text text, const char *other)
{
    return strlen(other) == text.len && (!text.len || memcmp(text.at, other, text.len) == 0);
}

bool http_text_same(struct http_text a, struct http_text b)
{
    return a.len && a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

bool http_text_equal_case(struct http_text text, const char *other)
{
    for (size_t i = 0; i < text.len; i++)
        if (!other[i] || lower(text.at[i]) != lower(other[i]))
            return false;
    return !other[text.len];
}

const struct http_field *http_field_find(const struct http_field *fields, size_t count,
                                         const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (http_text_equal_case(fields[i].name, name))
            return &fields[i];
    return NULL;
}

struct http_text http_head_value(const struct http_head *head, const char *name)
{
    const struct http_field *field = http_field_find(head->fields, head->field_count, name);
    return field ? field->value : (struct http_text){0};
}

size_t http_head_count(const struct http_head *head, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < head->field_count; i++)
        count += http_text_equal_case(head->fields[i].name, name);
    return count;
}

/* --- lists --- */

static struct http_text trim(struct http_text text)
{
    while (text.len && (*text.at == ' ' || *text.at == '\t')) {
        text.at++;
        text.len--;
    }
    while (text.len && (text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\t'))
        text.len--;
    return text;
}

/* Cuts text at the first mark that stands in no quoted string: the part before it; text is moved
   behind it. */
static struct http_text cut(struct http_text *text, char mark)
{
    size_t at = 0;
    bool quoted = false;
    for (; at < text->len && (quoted || text->at[at] != mark); at++) {
        if (text->at[at] == '"')
            quoted = !quoted;
        else if (quoted && text->at[at] == '\\' && at + 1 < text->len)
            at++;
    }
    struct http_text part = {text->at, at};
    size_t used = at < text->len ? at + 1 : at;
    text->at += used;
    text->len -= used;
    return part;
}

bool http_list_next(struct http_text *list, struct http_text *element)
{
    while (list->len) {
        *element = trim(cut(list, ','));
        if (element->len) /* empty elements do not count, RFC 9110 §5.6.1 */
            return true;
    }
    return false;
}

bool http_list_has(struct http_text list, const char *token)
{
    struct http_text element;
    while (http_list_next(&list, &element))
        if (http_text_equal_case(trim(cut(&element, ';')), token))
            return true;
    return false;
}

bool http_head_list_has(const struct http_head *head, const char *name, const char *token)
{
    for (size_t i = 0; i < head->field_count; i++)
        if (http_text_equal_case(head->fields[i].name, name) &&
            http_list_has(head->fields[i].value, token))
            return true;
    return false;
}

static bool list_has_text(struct http_text list, struct http_text token)
{
    struct http_text element;
    while (http_list_next(&list, &element)) {
        size_t at = 0;
        while (at < token.len && at < element.len && lower(token.at[at]) == lower(element.at[at]))
            at++;
        if (at == token.len && at == element.len)
            return true;
    }
    return false;
}

bool http_field_is_hop(const struct http_head *head, const struct http_field *field)
{
    static const char *const HOP[] = {"connection", "keep-alive",        "proxy-connection",
                                      "te",         "transfer-encoding", "upgrade"};
    /* Most names differ in their length already. */
    if (field->name.len < 18)
        for (size_t i = 0; i < sizeof HOP / sizeof *HOP; i++)
            if (http_text_equal_case(field->name, HOP[i]))
                return true;
    for (size_t i = 0; i < head->field_count; i++) {
        const struct http_field *connection = &head->fields[i];
        if (connection->name.len == 10 && http_text_equal_case(connection->name, "connection") &&
            list_has_text(connection->value, field->name))
            return true;
    }
    return false;
}

/* --- hosts --- */

/* port = *DIGIT, RFC 3986 §3.2.3; here a number from 1 on, or nothing at all behind the host. */
static bool parse_port(struct http_text text, uint16_t *port)
{
    unsigned value = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned char)text.at[i] - (unsigned)'0';
        value = value * 10 + digit;
        if (digit > 9 || value > UINT16_MAX)
            return false;
    }
    *port = (uint16_t)value;
    return value > 0;
}

bool http_host_parse(struct http_text value, struct http_text *host, uint16_t *port)
{
    size_t end = 0;
    *port = 0;
    if (value.len && value.at[0] == '[') { /* IP-literal */
        const char *bracket = memchr(value.at, ']', value.len);
        if (!bracket)
            return false;
        end = (size_t)(bracket - value.at) + 1;
        *host = (struct http_text){value.at + 1, end - 2};
        for (size_t i = 0; i < host->len; i++)
            if (!strchr("0123456789abcdefABCDEF:.", host->at[i]) || !host->at[i])
                return false;
    } else {
        while (end < value.len && http_is(value.at[end], HTTP_CLASS_HOST))
            end++;
        *host = (struct http_text){value.at, end};
    }
    if (!host->len)
        return false;
    if (end == value.len)
        return true;
    struct http_text rest = {value.at + end + 1, value.len - end - 1};
    return value.at[end] == ':' && parse_port(rest, port);
}

static bool ends_with(struct http_text text, const char *end)
{
    size_t len = strlen(end);
    if (text.len < len)
        return false;
    return http_text_equal_case((struct http_text){text.at + text.len - len, len}, end);
}

bool http_host_is_loopback(struct http_text host)
{
    if (http_text_equal_case(host, "localhost") || ends_with(host, ".localhost") ||
        http_text_equal(host, "::1"))
        return true;
    if (host.len < 9 || host.len > 15 || memcmp(host.at, "127.", 4) != 0)
        return false;
    /* 127.a.b.c, each of one to three digits: "127.0.0.1.example.org" is none. */
    size_t dots = 0, digits = 0;
    for (size_t i = 0; i < host.len; i++) {
        if (host.at[i] == '.') {
            if (!digits)
                return false;
            dots++;
            digits = 0;
        } else if (host.at[i] < '0' || host.at[i] > '9' || ++digits > 3) {
            return false;
        }
    }
    return dots == 3 && digits > 0;
}

/* --- media types --- */

/* Is text the first len characters of other? */
static bool begins(struct http_text text, const char *other, size_t len)
{
    if (text.len < len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (lower(text.at[i]) != lower(other[i]))
            return false;
    return true;
}

bool http_media_is(struct http_text value, const char *type)
{
    struct http_text found = trim(cut(&value, ';'));
    size_t len = strlen(type);
    if (len && type[len - 1] == '*') /* "image/" and anything behind it */
        return begins(found, type, len - 1);
    return http_text_equal_case(found, type);
}

struct http_text http_parameter(struct http_text value, const char *name)
{
    (void)cut(&value, ';');
    while (value.len) {
        struct http_text parameter = trim(cut(&value, ';'));
        struct http_text key = cut(&parameter, '=');
        if (!http_text_equal_case(trim(key), name))
            continue;
        parameter = trim(parameter);
        if (parameter.len >= 2 && parameter.at[0] == '"' &&
            parameter.at[parameter.len - 1] == '"') {
            parameter.at++;
            parameter.len -= 2;
        }
        return parameter;
    }
    return (struct http_text){0};
}

/* --- what may be sent --- */

bool http_name_ok(struct http_text name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!http_is(name.at[i], HTTP_CLASS_TOKEN))
            return false;
    return name.len > 0;
}

bool http_value_ok(struct http_text value)
{
    for (size_t i = 0; i < value.len; i++)
        if (!http_is(value.at[i], HTTP_CLASS_VALUE))
            return false;
    return true;
}
