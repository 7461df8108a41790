/*
 * TOML 1.0 as a plain tree with positions. Names no parser; the only file that knows toml++ is
 * toml.cc.
 *
 * Life-cycle: toml_parse, any reading, node_free. Bounds: TOML_BYTES_MAX of text, nested values as
 * toml++ has them (256), TOML_DOTS_MAX dots in one key.
 */
#ifndef ZONDA_CONFIG_TOML_H
#define ZONDA_CONFIG_TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/problem.h"

#define TOML_BYTES_MAX ((size_t)1 << 20)
#define TOML_DOTS_MAX  16

enum node_kind {
    NODE_TABLE,
    NODE_ARRAY,
    NODE_STRING,
    NODE_INT,
    NODE_FLOAT,
    NODE_BOOL,
    NODE_DATE, /* any date or time; has no value here */
};

struct node {
    enum node_kind kind;
    char *key; /* in a table; NULL in an array and at the root */
    int key_line, key_column;
    int line, column; /* of the value */
    char *text;       /* NODE_STRING */
    int64_t number;   /* NODE_INT, NODE_BOOL */
    double real;      /* NODE_FLOAT */
    struct node *at;  /* NODE_TABLE (sorted by key), NODE_ARRAY */
    size_t len;
};

/* The root table, or NULL. Every syntax error is added to problems; after one in a line of its own
   ("key = …") the rest is read all the same, so a tree may come out although there were errors. */
struct node *toml_parse(const char *text, size_t len, const char *file, struct problems *problems);
void node_free(struct node *root); /* NULL is allowed */

const struct node *node_get(const struct node *table, const char *key); /* NULL-safe */
const char *node_kind_words(const struct node *node); /* "a string", "an empty list" */
bool node_is_tables(const struct node *node);         /* [[name]]: an array with only tables */

/* What toml.c asks of toml.cc: 0, or -1 with the fault filled. */
struct toml_fault {
    int line, column;
    char message[256];
};
int toml_tree(const char *text, size_t len, struct node **root, struct toml_fault *fault);

#define NODES_EACH(item, parent)                                                                   \
    for (const struct node *item = (parent)->at;                                                   \
         item != NULL && item < (parent)->at + (parent)->len; item++)

#endif
