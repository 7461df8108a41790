/* A walk over files: what is told and in which order, what is passed, and the bounds. */
#include "build/scratch.h"

#include "measure/bench/walk.h"

static int note(void *data, const char *file, enum fs_kind kind, struct err *err)
{
    strs_pushf(data, "%s:%d", file, (int)kind);
    if (strcmp(path_base(file), "bad") == 0)
        return err_set(err, ERR_APP, "a bad file");
    return strcmp(path_base(file), "past") == 0 ? WALK_PAST : WALK_ON;
}

static size_t place(const struct strs *told, const char *name, enum fs_kind kind)
{
    char text[128];
    (void)snprintf(text, sizeof text, "%s:%d", name, (int)kind);
    size_t at = 0;
    while (at < told->len && strcmp(told->at[at], text) != 0)
        at++;
    return at;
}

static void tells_all_but_what_is_passed(void **state)
{
    struct strs told = {0};
    struct err err;
    (void)state;
    put("a.txt", "");
    put("dir/b.txt", "");
    put("dir/deep/c.txt", "");
    put("dir/past/d.txt", "");
    assert_int_equal(fs_symlink("dir", at("link"), &err), 0);
    assert_int_equal(bench_walk(scratch, note, &told, &err), 0);
    assert_int_equal(told.len, 7);
    assert_true(place(&told, "a.txt", FS_FILE) < told.len);
    assert_true(place(&told, "link", FS_LINK) < told.len); /* and not what is in it */
    assert_true(place(&told, "dir/past", FS_DIR) < told.len);
    assert_true(place(&told, "dir", FS_DIR) < place(&told, "dir/b.txt", FS_FILE));
    assert_true(place(&told, "dir/b.txt", FS_FILE) < told.len);
    assert_true(place(&told, "dir/deep", FS_DIR) < place(&told, "dir/deep/c.txt", FS_FILE));
    assert_true(place(&told, "dir/deep/c.txt", FS_FILE) < told.len);
    strs_fini(&told);
}

static void ends_with_an_error(void **state)
{
    struct strs told = {0};
    struct err err;
    (void)state;
    put("bad", "");
    assert_int_equal(bench_walk(scratch, note, &told, &err), ERR_APP);
    assert_string_equal(err.message, "a bad file");
    assert_string_equal(told.at[told.len - 1], "bad:1");
    assert_int_equal(bench_walk(at("nowhere"), note, &told, &err), ERR_SYSTEM);
    strs_fini(&told);
}

static void has_bounds(void **state)
{
    struct strs told = {0};
    struct err err;
    char dir[4 * WALK_DEPTH_MAX] = "d";
    (void)state;
    for (int i = 1; i < WALK_DEPTH_MAX; i++)
        (void)snprintf(dir + strlen(dir), sizeof dir - strlen(dir), "/d");
    char *path = path_join(scratch, dir), *more = path_join(path, "d");
    assert_int_equal(fs_mkdirs(path, 0755, &err), 0);
    assert_int_equal(bench_walk(scratch, note, &told, &err), 0);
    assert_int_equal(fs_mkdirs(more, 0755, &err), 0);
    assert_int_equal(bench_walk(scratch, note, &told, &err), ERR_CONFIG);
    assert_non_null(strstr(err.message, "has more than 20000 files"));
    assert_non_null(strstr(err.hint, "--project"));
    free(path);
    free(more);
    strs_fini(&told);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tells_all_but_what_is_passed),
        TEST(ends_with_an_error),
        TEST(has_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
