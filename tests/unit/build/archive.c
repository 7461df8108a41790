#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "build/golang/archive.h"
#include "platform/fs.h"

static char dir[] = "/tmp/zonda-archive-XXXXXX";

static char *write_archive(const char *name, const char *build_id, const char *export,
                           const char *object)
{
    struct buf text = BUF_INIT(1 << 16), entry = BUF_INIT(1 << 16);
    struct err err = {0};
    (void)buf_puts(&text, "!<arch>\n");
    (void)buf_printf(&entry, "go object linux amd64\nbuild id \"%s\"\n\n\n$$B\n%s\n$$\n", build_id,
                     export);
    (void)buf_printf(&text, "%-16s%-12s%-6s%-6s%-8s%-10zu`\n", "__.PKGDEF", "0", "0", "0", "644",
                     entry.len);
    (void)buf_append(&text, entry.data, entry.len);
    if (entry.len & 1)
        (void)buf_putc(&text, '\0');
    buf_reset(&entry);
    (void)buf_printf(&entry, "go object linux amd64\nbuild id \"%s\"\n\n\n!\n", build_id);
    (void)buf_append(&entry, "\0go120ld", 8);
    (void)buf_puts(&entry, object);
    (void)buf_printf(&text, "%-16s%-12s%-6s%-6s%-8s%-10zu`\n", "_go_.o", "0", "0", "0", "644",
                     entry.len);
    (void)buf_append(&text, entry.data, entry.len);
    char *path = mem_format("%s/%s", dir, name);
    assert_int_equal(fs_write(path, text.data, text.len, 0600, &err), 0);
    buf_fini(&text);
    buf_fini(&entry);
    return path;
}

static void looked(const char *path, struct goarchive *found)
{
    struct err err = {0};
    assert_int_equal(goarchive_look(path, found, &err), 0);
    assert_true(found->has_export);
    assert_true(found->has_object);
}

static void digests_leave_out_the_build_id(void **state)
{
    struct goarchive a, b, c;
    (void)state;
    char *one = write_archive("a", "1", "u exportABCDEFGH", "12345678rest");
    char *two = write_archive("b", "22", "u exportABCDEFGH", "12345678rest");
    char *three = write_archive("c", "1", "u exporTABCDEFGH", "12345678resT");
    looked(one, &a);
    looked(two, &b);
    looked(three, &c);
    assert_true(digest_equal(a.export, b.export));
    assert_true(digest_equal(a.object, b.object));
    assert_false(digest_equal(a.export, c.export));
    assert_false(digest_equal(a.object, c.object));
    assert_memory_equal(a.export_print, "ABCDEFGH", 8);
    assert_memory_equal(a.object_print, "12345678", 8);
    free(one);
    free(two);
    free(three);
}

static void a_fingerprint_is_written(void **state)
{
    struct goarchive before, after, again;
    struct err err = {0};
    (void)state;
    char *path = write_archive("d", "1", "u exportABCDEFGH", "12345678rest");
    looked(path, &before);
    assert_int_equal(goarchive_refit(path, (const unsigned char *)"abcdefgh", &after, &err), 0);
    looked(path, &again);
    assert_memory_equal(again.object_print, "abcdefgh", 8);
    assert_true(digest_equal(after.object, again.object));
    assert_false(digest_equal(before.object, again.object));
    assert_true(digest_equal(before.export, again.export));
    free(path);
}

#define SHORT "!<arch>\n__.PKGDEF       0           0     0     644     999       `\nshort"

static void what_is_no_archive_is_refused(void **state)
{
    static const char *const BAD[] = {"", "!<arch>", "text", SHORT};
    struct goarchive found;
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct err err = {0};
        char *path = mem_format("%s/bad%zu", dir, i);
        assert_int_equal(fs_write(path, BAD[i], strlen(BAD[i]), 0600, &err), 0);
        assert_int_equal(goarchive_look(path, &found, &err), ERR_SYSTEM);
        assert_false(found.has_export);
        free(path);
    }
}

static int open_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    struct err err = {0};
    (void)state;
    return fs_remove_tree(dir, &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_leave_out_the_build_id),
        cmocka_unit_test(a_fingerprint_is_written),
        cmocka_unit_test(what_is_no_archive_is_refused),
    };
    return cmocka_run_group_tests(tests, open_dir, remove_dir);
}
