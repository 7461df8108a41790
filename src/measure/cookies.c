#include "measure/cookies.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "http/fields.h"

/* [from, to) without blanks around it. */
static struct http_text trimmed(const char *from, const char *to)
{
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
        to--;
    return (struct http_text){from, (size_t)(to - from)};
}

/* The directory of a target: RFC 6265 §5.1.4. */
static struct http_text default_path(const char *target)
{
    size_t len = strcspn(target, "?");
    while (len > 1 && target[len - 1] != '/')
        len--;
    if (len > 1)
        len--;
    return *target == '/' ? (struct http_text){target, len} : (struct http_text){"/", 1};
}

static bool matches(const char *path, const char *target)
{
    size_t len = strlen(path), target_len = strcspn(target, "?");
    if (target_len < len || strncmp(path, target, len) != 0)
        return false;
    return target_len == len || path[len - 1] == '/' || target[len] == '/';
}

static bool is_past(struct http_text date)
{
    char text[64];
    struct tm when = {0};
    if (date.len >= sizeof text)
        return false;
    memcpy(text, date.at, date.len);
    text[date.len] = '\0';
    if (!strptime(text, "%a, %d %b %Y %H:%M:%S", &when) &&
        !strptime(text, "%a, %d-%b-%Y %H:%M:%S", &when))
        return false;
    return timegm(&when) <= time(NULL);
}

static void cookie_fini(struct cookie *cookie)
{
    free(cookie->name);
    free(cookie->value);
    free(cookie->path);
}

struct taken {
    struct http_text name, value, path;
    bool gone, secure;
};

static void take_attribute(struct taken *taken, struct http_text name, struct http_text value)
{
    if (http_text_equal_case(name, "path") && value.len && *value.at == '/')
        taken->path = value;
    else if (http_text_equal_case(name, "secure"))
        taken->secure = true;
    else if (http_text_equal_case(name, "max-age"))
        taken->gone = value.len && (*value.at == '-' || (value.len == 1 && *value.at == '0'));
    else if (http_text_equal_case(name, "expires") && is_past(value))
        taken->gone = true;
}

/* name=value; attributes. False where there is no name. */
static bool parse(struct taken *taken, const char *text, const char *end)
{
    for (bool first = true; text < end || first; first = false) {
        const char *stop = memchr(text, ';', (size_t)(end - text));
        stop = stop ? stop : end;
        const char *equals = memchr(text, '=', (size_t)(stop - text));
        struct http_text name = trimmed(text, equals ? equals : stop);
        struct http_text value = equals ? trimmed(equals + 1, stop) : (struct http_text){stop, 0};
        if (first && (!equals || !name.len))
            return false;
        if (first) {
            taken->name = name;
            taken->value = value;
        } else {
            take_attribute(taken, name, value);
        }
        text = stop < end ? stop + 1 : end;
    }
    return true;
}

void cookies_take(struct cookies *cookies, const char *text, size_t len, const char *target,
                  bool tls)
{
    struct taken taken = {.path = default_path(target)};
    if (len > COOKIE_BYTES_MAX || !parse(&taken, text, text + len) || (taken.secure && !tls))
        return;
    for (size_t i = 0; i < cookies->list.len; i++) {
        struct cookie *old = &cookies->list.at[i];
        if (strlen(old->name) != taken.name.len || strlen(old->path) != taken.path.len ||
            memcmp(old->name, taken.name.at, taken.name.len) != 0 ||
            memcmp(old->path, taken.path.at, taken.path.len) != 0)
            continue;
        cookie_fini(old);
        vec_remove(&cookies->list, i);
        break;
    }
    if (taken.gone || cookies->list.len >= COOKIES_MAX)
        return;
    vec_push(&cookies->list,
             ((struct cookie){.name = mem_string_n(taken.name.at, taken.name.len),
                              .value = mem_string_n(taken.value.at, taken.value.len),
                              .path = mem_string_n(taken.path.at, taken.path.len)}));
}

void cookies_write(const struct cookies *cookies, const char *target, struct buf *out)
{
    bool any = false;
    VEC_EACH (const struct cookie, cookie, &cookies->list) {
        if (!matches(cookie->path, target))
            continue;
        (void)buf_printf(out, "%s%s=%s", any ? "; " : "Cookie: ", cookie->name, cookie->value);
        any = true;
    }
    if (any)
        (void)buf_puts(out, "\r\n");
}

void cookies_fini(struct cookies *cookies)
{
    VEC_EACH (struct cookie, cookie, &cookies->list)
        cookie_fini(cookie);
    vec_fini(&cookies->list);
}
