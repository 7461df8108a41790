#include "check.h"

#include <stdlib.h>

#include "base/path.h"

static void cleans(void **state)
{
    static const char *const CASES[][2] = {
        {"", "."},
        {".", "."},
        {"a/./b//../c/", "a/c"},
        {"/", "/"},
        {"//a", "/a"},
        {"/..", "/"},
        {"/../a", "/a"},
        {"..", ".."},
        {"../../a", "../../a"},
        {"a/..", "."},
        {"a/../..", ".."},
        {"../a/../b", "../b"},
        {"/a/b/../../c", "/c"},
        {"./a", "a"},
        {"a/b/", "a/b"},
        {"/a/./", "/a"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *clean = path_clean(CASES[i][0]);
        assert_string_equal(clean, CASES[i][1]);
        free(clean);
    }
}

static void finds_what_is_below(void **state)
{
    (void)state;
    assert_string_equal(path_below("/a", "/a/b"), "b");
    assert_string_equal(path_below("/a", "/a"), "");
    assert_null(path_below("/a", "/ab"));
    assert_string_equal(path_below("/", "/a"), "a");
    assert_string_equal(path_below(".", "a/b"), "a/b");
    assert_null(path_below(".", "/a"));
    assert_string_equal(path_show("/a", "/a/b"), "b");
    assert_string_equal(path_show("/a", "/c"), "/c");
}

static void joins_and_splits(void **state)
{
    static const char *const JOINS[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"", "b", "b"}, {"a", "/b", "/b"}, {"/", "b", "/b"}};
    static const char *const DIRS[][2] = {{"a/b", "a"}, {"a", "."}, {"/a", "/"}, {"/a/b", "/a"}};
    (void)state;
    for (size_t i = 0; i < sizeof JOINS / sizeof *JOINS; i++) {
        char *joined = path_join(JOINS[i][0], JOINS[i][1]);
        assert_string_equal(joined, JOINS[i][2]);
        free(joined);
    }
    for (size_t i = 0; i < sizeof DIRS / sizeof *DIRS; i++) {
        char *dir = path_dir(DIRS[i][0]);
        assert_string_equal(dir, DIRS[i][1]);
        free(dir);
    }
    assert_string_equal(path_base("a/b.c"), "b.c");
    assert_string_equal(path_ext("a.d/b"), "");
    assert_string_equal(path_ext("a/b.tar.gz"), "gz");
    assert_true(path_ends("a/b_test.go", "_test.go"));
    assert_true(path_ends("_test.go", "_test.go"));
    assert_false(path_ends("test.go", "_test.go"));
    assert_false(path_ends("a_test.go/b", "_test.go"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cleans),
        cmocka_unit_test(finds_what_is_below),
        cmocka_unit_test(joins_and_splits),
    };
    return cmocka_run_group_tests_name("base/path", tests, NULL, NULL);
}
