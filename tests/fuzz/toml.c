/* Any bytes: reading them ends, and either a tree comes out or a problem with its message. */
#include <stdlib.h>
#include <string.h>

#include "config/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static size_t walk(const struct node *node, const struct node *parent)
{
    size_t count = 1;
    if (!*node_kind_words(node) || (node->kind == NODE_STRING && !node->text) ||
        (parent && parent->kind == NODE_TABLE && !node_get(parent, node->key)))
        abort();
    NODES_EACH(child, node)
    count += walk(child, node);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct problems problems = {0};
    struct node *root = toml_parse((const char *)data, len, "f.toml", &problems);
    struct buf text = BUF_INIT((size_t)1 << 22);
    if (!root && problems.errors == 0)
        abort();
    if (root && (root->kind != NODE_TABLE || walk(root, NULL) > len + 1))
        abort();
    VEC_EACH (const struct problem, problem, &problems.list)
        if (!problem->message || !*problem->message || problem->line < 0 || problem->column < 0)
            abort();
    problems_print(&problems, &text);
    buf_fini(&text);
    node_free(root);
    problems_fini(&problems);
    return 0;
}
