/* Any bytes: reading them ends, and what the writer makes of them is JSON that reads back. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void walk(const struct json *value, const char *name)
{
    (void)json_text(value);
    (void)json_number(value, 0);
    (void)json_truth(value);
    (void)json_get(value, name);
    for (size_t i = 0; i < json_len(value) && i < 16; i++)
        walk(json_at(value, i), name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct err err = {0};
    struct json *root = json_parse((const char *)data, len, &err);
    if (root)
        walk(root, "v");
    else if (!err.code || !*err.message)
        abort();
    json_free(root);

    /* A NUL inside is written as \u0000, which the reader refuses: up to the first one, then. */
    const uint8_t *end = len ? memchr(data, 0, len) : NULL;
    size_t text_len = end ? (size_t)(end - data) : len;
    struct buf out = BUF_INIT((size_t)1 << 24);
    struct json_writer writer = {.out = &out};
    json_object_begin(&writer, NULL);
    json_string_n(&writer, "text", (const char *)data, text_len);
    json_array_begin(&writer, "list");
    json_string_n(&writer, NULL, (const char *)data, text_len);
    json_array_end(&writer);
    json_object_end(&writer);
    root = json_parse(buf_text(&out), out.len, &err);
    if (!root || !json_text(json_get(root, "text")))
        abort();
    json_free(root);
    buf_fini(&out);
    return 0;
}
