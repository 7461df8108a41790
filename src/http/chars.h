/*
 * Which characters may stand where: RFC 9110 §5.5 and §5.6, RFC 9112 §3.2. One look into a table.
 */
#ifndef ZONDA_HTTP_CHARS_H
#define ZONDA_HTTP_CHARS_H

#include <stdbool.h>

enum http_class {
    HTTP_CLASS_TOKEN = 1,  /* tchar */
    HTTP_CLASS_VALUE = 2,  /* field-vchar, SP and HTAB */
    HTTP_CLASS_TARGET = 4, /* what is printable, but for '#': a fragment is never sent */
    HTTP_CLASS_HOST = 8,   /* unreserved and sub-delims of RFC 3986, and '%' */
};
extern const unsigned char http_classes[256];

static inline bool http_is(char character, enum http_class class)
{
    return http_classes[(unsigned char)character] & class;
}

#endif
