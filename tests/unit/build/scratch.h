/* A directory of a test's own, and short words for its files. */
#ifndef ZONDA_TESTS_BUILD_SCRATCH_H
#define ZONDA_TESTS_BUILD_SCRATCH_H

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/strs.h"
#include "platform/environment.h"
#include "platform/fs.h"

static char scratch[64];

static inline int scratch_make(void **state)
{
    (void)state;
    (void)snprintf(scratch, sizeof scratch, "/tmp/zonda-build-XXXXXX");
    return mkdtemp(scratch) ? 0 : -1;
}

static inline int scratch_remove(void **state)
{
    struct err err;
    (void)state;
    return fs_remove_tree(scratch, &err);
}

/* The absolute name of one of its files; freed with the next call but three. */
static inline const char *at(const char *name)
{
    static char paths[4][512];
    static unsigned next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s%s%s", scratch, *name ? "/" : "", name);
    return path;
}

static inline void put_mode(const char *name, const char *text, unsigned mode)
{
    struct err err = {0};
    char *dir = path_dir(at(name));
    assert_int_equal(fs_mkdirs(dir, 0755, &err), 0);
    assert_int_equal(fs_write(at(name), text, strlen(text), mode, &err), 0);
    free(dir);
}

static inline void put(const char *name, const char *text)
{
    put_mode(name, text, 0644);
}

static inline char *got(const char *name)
{
    struct buf text = BUF_INIT((size_t)1 << 20);
    struct err err;
    if (fs_read(at(name), &text, &err) != 0)
        (void)buf_puts(&text, "(none)");
    return buf_steal(&text);
}

#define assert_file(name, text)                                                                    \
    do {                                                                                           \
        char *content_ = got(name);                                                                \
        assert_string_equal(content_, text);                                                       \
        free(content_);                                                                            \
    } while (0)

#endif
