#include "observe/clean.h"

#define ESC 0x1b
#define BEL 0x07

/* Bytes of the escape sequence at text[0] = ESC, at least 1. */
static size_t sequence(const unsigned char *text, size_t len)
{
    size_t at = 2;
    if (len < 2)
        return 1;
    switch (text[1]) {
    case '[': /* CSI: parameters, intermediates, one final byte (ECMA-48 §5.4) */
        while (at < len && text[at] >= 0x20 && text[at] <= 0x3f)
            at++;
        return at < len && text[at] >= 0x40 && text[at] <= 0x7e ? at + 1 : at;
    case ']': /* OSC, DCS, SOS, PM, APC: up to BEL or ESC \ */
    case 'P':
    case 'X':
    case '^':
    case '_':
        while (at < len && text[at] != BEL && text[at] != ESC && text[at] != '\n')
            at++;
        if (at < len && text[at] == BEL)
            return at + 1;
        return at + 1 < len && text[at] == ESC && text[at + 1] == '\\' ? at + 2 : at;
    default:
        /* Intermediates and a final byte: ESC ( B. A control or another ESC is none. */
        at = 1;
        while (at < len && text[at] >= 0x20 && text[at] <= 0x2f)
            at++;
        return at < len && text[at] >= 0x30 && text[at] <= 0x7e ? at + 1 : at;
    }
}

void clean_text(const char *text, size_t len, bool controls, struct buf *out)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t begin = 0, at = 0;
    while (at < len) {
        size_t skip = 0;
        if (bytes[at] == ESC)
            skip = sequence(bytes + at, len - at);
        else if (!controls && ((bytes[at] < 0x20 && bytes[at] != '\t') || bytes[at] == 0x7f))
            skip = 1;
        else if (bytes[at] == '\0')
            skip = 1;
        else if (!controls && bytes[at] == 0xc2 && at + 1 < len && bytes[at + 1] < 0xa0)
            skip = 2;
        if (skip) {
            (void)buf_append(out, text + begin, at - begin);
            begin = at + skip;
        }
        at += skip ? skip : 1;
    }
    (void)buf_append(out, text + begin, len - begin);
}
