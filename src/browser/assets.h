/*
 * The files of zonda's pages, put into the program when it is built (embed.py).
 */
#ifndef ZONDA_BROWSER_ASSETS_H
#define ZONDA_BROWSER_ASSETS_H

#include <stddef.h>

struct asset {
    const char *name; /* "client.js" */
    const char *type; /* Content-Type */
    const char *tag;  /* 16 hex digits of what is in it */
    const char *data;
    size_t len;
};

extern const struct asset ASSETS[];
extern const size_t ASSETS_LEN;

const struct asset *asset_find(const char *name); /* NULL where there is none */

#endif
