#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/strs.h"
#include "platform/fs.h"

static char DIR_NAME[] = "/tmp/zonda-fs-XXXXXX";
static struct err err;

static char *in(const char *name)
{
    return path_join(DIR_NAME, name);
}

static void writes_and_reads(void **state)
{
    struct buf buf = BUF_INIT(5);
    char *path = in("file");
    (void)state;
    assert_int_equal(fs_write(path, "hello", 5, 0640, &err), 0);
    assert_int_equal(fs_stat(path, true).mode, 0640);
    assert_int_equal(fs_stat(path, true).size_bytes, 5);
    assert_int_equal(fs_read(path, &buf, &err), 0);
    assert_string_equal(buf_text(&buf), "hello");
    assert_int_equal(fs_write(path, "longer", 6, 0600, &err), 0);
    buf_reset(&buf);
    assert_int_equal(fs_read(path, &buf, &err), ERR_SYSTEM); /* past its bound */
    assert_non_null(strstr(err.message, "larger than 5 bytes"));
    assert_int_equal(fs_read(DIR_NAME, &buf, &err), ERR_SYSTEM);
    buf_fini(&buf);
    free(path);
}

static bool collect(void *data, const char *name, enum fs_kind kind)
{
    strs_pushf(data, "%s:%d", name, (int)kind);
    return true;
}

static void makes_lists_and_removes_trees(void **state)
{
    char *deep = in("tree/a/b"), *file = in("tree/a/b/f"), *link = in("tree/a/l");
    char *tree = in("tree"), *a = in("tree/a"), *kept = in("kept");
    struct strs names = {0};
    (void)state;
    assert_int_equal(fs_mkdirs(deep, 0755, &err), 0);
    assert_int_equal(fs_mkdirs(deep, 0755, &err), 0);
    assert_int_equal(fs_write(file, "", 0, 0600, &err), 0);
    assert_int_equal(fs_write(kept, "k", 1, 0600, &err), 0);
    assert_int_equal(symlink(DIR_NAME, link), 0);
    assert_int_equal(fs_each(a, collect, &names, &err), 0);
    assert_int_equal(names.len, 2);
    assert_true(strs_has(&names, "b:2"));
    assert_true(strs_has(&names, "l:3"));
    assert_true(fs_has_file(deep, "f"));
    assert_false(fs_has_file(a, "b")); /* a directory */
    assert_false(fs_has_file(a, "f"));
    assert_int_equal(fs_remove_tree(tree, &err), 0);
    assert_int_equal(fs_stat(tree, false).kind, FS_NONE);
    assert_true(fs_is_file(kept)); /* the link was removed, not what it points to */
    assert_int_equal(fs_mkdirs(kept, 0755, &err), ERR_SYSTEM);
    assert_non_null(strstr(err.message, "Not a directory"));
    /* Why is what mkdir(2) said, and not what the look at what is there says after that. */
    char *nowhere = in("nowhere");
    assert_int_equal(symlink("missing", nowhere), 0);
    assert_int_equal(fs_mkdirs(nowhere, 0755, &err), ERR_SYSTEM);
    assert_non_null(strstr(err.message, "Not a directory"));
    free(nowhere);
    strs_fini(&names);
    free(deep);
    free(file);
    free(link);
    free(tree);
    free(a);
    free(kept);
}

static void finds_programs_in_a_path(void **state)
{
    char *dir = in("bin"), *file = in("bin/tool"), *plain = in("bin/data");
    char *here = mem_format("/nowhere:%s", dir);
    (void)state;
    assert_int_equal(fs_mkdirs(dir, 0755, &err), 0);
    assert_int_equal(fs_write(file, "", 0, 0700, &err), 0);
    assert_int_equal(fs_write(plain, "", 0, 0600, &err), 0);
    char *found = fs_which_in(here, ".", "tool");
    assert_string_equal(found, file);
    free(found);
    /* An empty entry is the directory that the process is in, and so is the last one. */
    found = fs_which_in("/nowhere:", dir, "tool");
    assert_string_equal(found, "./tool");
    free(found);
    assert_null(fs_which_in(here, ".", "data"));
    assert_null(fs_which_in(here, ".", ""));
    assert_null(fs_which_in("", "/", "tool"));
    assert_null(fs_which_in(NULL, dir, "tool"));
    free(dir);
    free(file);
    free(plain);
    free(here);
}

/* The bytes may lie across the end of a piece that is read. */
static void finds_bytes_in_files(void **state)
{
    enum { PIECE = 64 << 10 };
    static char text[3 * PIECE];
    static const size_t PLACES[] = {0, PIECE - 6, PIECE - 1, PIECE, 2 * PIECE - 3, 3 * PIECE - 6};
    char *path = in("large");
    (void)state;
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        memset(text, 'n', sizeof text);
        memcpy(text + PLACES[i], "needle", 6);
        assert_int_equal(fs_write(path, text, sizeof text, 0600, &err), 0);
        assert_true(fs_contains(path, "needle", 6));
        assert_true(fs_contains(path, "e", 1));
        assert_false(fs_contains(path, "needles", 7));
        assert_false(fs_contains(path, "needlE", 6));
    }
    assert_false(fs_contains(path, "", 0));
    assert_false(fs_contains(path, text, sizeof text)); /* longer than it takes */
    assert_false(fs_contains(DIR_NAME, "needle", 6));
    free(path);
}

static void makes_symbolic_links(void **state)
{
    char *path = in("symbolic"), *file = in("pointed");
    (void)state;
    assert_int_equal(fs_write(file, "x", 1, 0600, &err), 0);
    assert_int_equal(fs_symlink("pointed", path, &err), 0);
    assert_int_equal(fs_stat(path, false).kind, FS_LINK);
    assert_int_equal(fs_stat(path, true).kind, FS_FILE);
    assert_int_equal(fs_symlink("pointed", path, &err), ERR_SYSTEM); /* nothing is replaced */
    free(path);
    free(file);
}

static void links_over_what_is_there(void **state)
{
    char *one = in("one"), *two = in("two");
    (void)state;
    assert_int_equal(fs_write(one, "1", 1, 0600, &err), 0);
    assert_int_equal(fs_write(two, "2", 1, 0600, &err), 0);
    assert_int_equal(fs_link_over(one, two, &err), 0);
    assert_int_equal(fs_stat(one, true).inode, fs_stat(two, true).inode);
    assert_int_equal(fs_link_over(one, two, &err), 0); /* already the same file */
    struct strs names = {0};
    assert_int_equal(fs_each(DIR_NAME, collect, &names, &err), 0);
    STRS_EACH (name, &names)
        assert_null(strstr(*name, "two.")); /* no temporary name is left */
    strs_fini(&names);
    free(one);
    free(two);
}

static void refuses_a_runtime_directory_of_others(void **state)
{
    char *base = in("run"), *dir = in("run/zonda");
    (void)state;
    assert_int_equal(fs_mkdirs(base, 0700, &err), 0);
    assert_int_equal(setenv("XDG_RUNTIME_DIR", base, 1), 0);
    char *made = fs_runtime_dir(&err);
    assert_string_equal(made, dir);
    assert_int_equal(fs_stat(dir, false).mode, 0700);
    free(made);
    assert_int_equal(chmod(dir, 0755), 0);
    assert_null(fs_runtime_dir(&err));
    assert_non_null(strstr(err.message, "only you can use"));
    assert_int_equal(unsetenv("XDG_RUNTIME_DIR"), 0);
    free(base);
    free(dir);
}

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(DIR_NAME) ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    return fs_remove_tree(DIR_NAME, &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads),
        cmocka_unit_test(makes_lists_and_removes_trees),
        cmocka_unit_test(finds_programs_in_a_path),
        cmocka_unit_test(finds_bytes_in_files),
        cmocka_unit_test(makes_symbolic_links),
        cmocka_unit_test(links_over_what_is_there),
        cmocka_unit_test(refuses_a_runtime_directory_of_others),
    };
    return cmocka_run_group_tests_name("platform/fs", tests, make_dir, remove_dir);
}
