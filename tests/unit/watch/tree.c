/* Files of a directory, directories of the tree, watch numbers: against the plainest of models. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "watch/state.h"

#define NAMES  200
#define ROUNDS 20000

static uint32_t seed = 1;

static uint32_t next_random(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static void name_of(uint32_t number, char name[16])
{
    (void)snprintf(name, 16, "%x-%u", number * 2654435761U >> 24, number);
}

static void check_files(const struct dir *dir, const bool *there)
{
    uint32_t len = 0;
    for (uint32_t i = 0; i < NAMES; i++) {
        char name[16];
        name_of(i, name);
        struct file *file = files_find(dir, name);
        assert_int_equal(file != NULL, there[i]);
        len += there[i];
        if (file)
            assert_int_equal(file->digest, i);
    }
    assert_int_equal(dir->files_len, len);
    for (uint32_t i = 1; i < dir->files_len; i++)
        assert_true(strcmp(file_name(dir, &dir->files[i - 1]), file_name(dir, &dir->files[i])) < 0);
}

static void files_come_and_go(void **state)
{
    struct dir *dir = dir_new(NULL, "/top");
    bool there[NAMES] = {false};
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t number = next_random(NAMES);
        char name[16];
        name_of(number, name);
        if (there[number])
            files_remove(dir, files_find(dir, name));
        else
            files_add(dir, name, strlen(name))->digest = number;
        there[number] = !there[number];
        if (round % 64 == 0)
            files_compact(dir);
        if (round % 500 == 0) {
            files_fit(dir);
            check_files(dir, there);
        }
    }
    check_files(dir, there);
    assert_true(dir->names_cap < 4 * NAMES * 16); /* names that went do not add up */
    dir_free(dir);
}

static void files_that_never_came_back_are_dropped(void **state)
{
    struct dir *dir = dir_new(NULL, "/top");
    (void)state;
    for (uint32_t i = 0; i < NAMES; i++) {
        char name[16];
        name_of(i, name);
        files_append(dir, name, strlen(name));
        dir->files[i].flags = i % 2 ? FILE_GONE : 0;
    }
    dir->gone = NAMES / 2;
    files_sort(dir);
    files_compact(dir);
    assert_int_equal(dir->files_len, NAMES / 2);
    assert_int_equal(dir->gone, 0);
    dir_free(dir);
}

static struct dir *child_of(struct dir *parent, const char *name)
{
    struct dir *dir = dir_new(parent, name);
    dir->sibling = parent->child;
    parent->child = dir;
    return dir;
}

static void paths(void **state)
{
    char path[PATH_BYTES_MAX];
    struct watch watch = {.cookie_watch = -1};
    struct dir *top = dir_new(NULL, "/top/dir"), *root = dir_new(NULL, "/");
    struct dir *deep = child_of(child_of(top, "a"), "b"), *etc = child_of(root, "etc");
    (void)state;
    vec_push(&watch.roots, top);
    tree_enter(&watch, top);
    assert_int_equal(dir_path(deep, path, "file"), strlen("/top/dir/a/b/file"));
    assert_string_equal(path, "/top/dir/a/b/file");
    dir_path(top, path, "");
    assert_string_equal(path, "/top/dir");
    dir_path(root, path, "");
    assert_string_equal(path, "/");
    dir_path(etc, path, "passwd");
    assert_string_equal(path, "/etc/passwd");
    assert_ptr_equal(tree_find(&watch, "/top/dir/a/b"), deep);
    assert_ptr_equal(tree_find(&watch, "/top/dir"), top);
    assert_null(tree_find(&watch, "/top/dir/a/bb"));
    assert_null(tree_find(&watch, "/top/director"));
    vec_push(&watch.roots, root);
    tree_enter(&watch, root);
    assert_ptr_equal(tree_find(&watch, "/etc"), etc);
    assert_ptr_equal(tree_find(&watch, "/top/dir/a/b"), deep);
    /* A path that does not fit is none. */
    for (int i = 0; i < 200; i++)
        deep = child_of(deep, "a-name-of-more-than-twenty-bytes");
    assert_int_equal(dir_path(deep, path, "file"), 0);
    tree_free(&watch);
}

static void watch_numbers(void **state)
{
    struct watch watch = {.cookie_watch = -1};
    struct dir *top = dir_new(NULL, "/top"), *at[NAMES] = {NULL};
    (void)state;
    vec_push(&watch.roots, top);
    tree_enter(&watch, top);
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t number = next_random(NAMES);
        if (at[number]) {
            struct dir_ref ref = {at[number]->index, at[number]->id};
            assert_ptr_equal(tree_ref(&watch, ref), at[number]);
            tree_drop(&watch, at[number]);
            at[number] = NULL;
            assert_null(tree_ref(&watch, ref));
            assert_null(tree_of_watch(&watch, (int)number));
            tree_compact(&watch);
        } else {
            char name[16];
            name_of(number, name);
            at[number] = child_of(top, name);
            at[number]->watch = (int)number;
            tree_enter(&watch, at[number]);
        }
    }
    size_t len = 1;
    for (uint32_t i = 0; i < NAMES; i++) {
        assert_ptr_equal(tree_of_watch(&watch, (int)i), at[i]);
        len += at[i] != NULL;
    }
    assert_int_equal(watch.dirs_len, len);
    assert_true(watch.dirs.len < 4 * NAMES);
    tree_free(&watch);
}

static void a_watch_number_changes_hands(void **state)
{
    struct watch watch = {.cookie_watch = -1};
    struct numbers old = {0};
    struct dir *top = dir_new(NULL, "/top");
    struct dir *one = child_of(top, "one"), *two = child_of(top, "two");
    (void)state;
    one->watch = 1;
    two->watch = 2;
    vec_push(&watch.roots, top);
    tree_enter(&watch, top);
    tree_rewatch(&watch, one, 2, &old);
    assert_ptr_equal(tree_of_watch(&watch, 2), one);
    assert_int_equal(two->watch, -1);
    tree_rewatch(&watch, two, 1, &old);
    assert_ptr_equal(tree_of_watch(&watch, 1), two);
    assert_ptr_equal(tree_of_watch(&watch, 2), one);
    tree_rewatch(&watch, two, -1, &old);
    assert_null(tree_of_watch(&watch, 1));
    assert_int_equal(old.len, 2);
    vec_fini(&old);
    tree_free(&watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_come_and_go),
        cmocka_unit_test(files_that_never_came_back_are_dropped),
        cmocka_unit_test(paths),
        cmocka_unit_test(watch_numbers),
        cmocka_unit_test(a_watch_number_changes_hands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
