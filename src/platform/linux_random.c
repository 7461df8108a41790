#include "platform/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

void random_bytes(void *data, size_t len)
{
    for (char *at = data; len;) {
        ssize_t got = getrandom(at, len, 0);
        if (got <= 0) {
            (void)fputs("zonda: the kernel gives no random bytes\n", stderr);
            abort();
        }
        at += got;
        len -= (size_t)got;
    }
}

void random_hex(char *text, size_t digits)
{
    for (size_t i = 0; i < digits; i++) {
        unsigned char byte;
        random_bytes(&byte, 1);
        text[i] = "0123456789abcdef"[byte & 15];
    }
    text[digits] = '\0';
}
