/* Directories that come and go, ignore files, links, files that are named, more top directories. */
#include "fixture.h"

static bool is_watched(const char *name)
{
    const struct dir *dir = tree_find(fixture.watch, in(name));
    return dir && !dir->missing;
}

/* --- directories --- */

static void new_directories_with_files_in_them(void **state)
{
    (void)state;
    open_watch_known();
    make_dirs("a/b/c");
    write_file("a/one.go", "1");
    write_file("a/b/c/deep.go", "1");
    make_dirs("a/empty");
    settled();
    assert_true(is_created("a/one.go"));
    assert_true(is_created("a/b/c/deep.go"));
    forget_told();
    write_file("a/b/c/deep.go", "2");
    write_file("a/empty/later.go", "1");
    settled();
    assert_true(is_written("a/b/c/deep.go"));
    assert_true(is_created("a/empty/later.go"));
}

static void a_directory_is_moved_in(void **state)
{
    (void)state;
    make_dirs(".away/pkg/sub");
    write_file(".away/pkg/a.go", "1");
    write_file(".away/pkg/sub/b.go", "1");
    make_old(".away/pkg/a.go");
    open_watch_known();
    move(".away/pkg", "pkg");
    settled();
    assert_true(is_created("pkg/a.go"));
    assert_true(is_created("pkg/sub/b.go"));
    forget_told();
    write_file("pkg/sub/b.go", "2");
    settled();
    only("pkg/sub/b.go");
    assert_true(is_written("pkg/sub/b.go"));
}

static void a_directory_is_moved_out(void **state)
{
    (void)state;
    make_dirs("pkg/sub");
    make_dirs(".away");
    write_file("pkg/a.go", "1");
    write_file("pkg/sub/b.go", "1");
    make_old("pkg/a.go");
    make_old("pkg/sub/b.go");
    open_watch_known();
    move("pkg", ".away/pkg");
    settled();
    assert_true(is_deleted("pkg/a.go"));
    assert_true(is_deleted("pkg/sub/b.go"));
    forget_told();
    write_file(".away/pkg/sub/b.go", "2");
    settled();
    only(NULL);
    assert_int_equal(watch_stats(fixture.watch).dirs, 1);
    assert_int_equal(watch_stats(fixture.watch).files, 0);
}

static void a_directory_is_renamed(void **state)
{
    (void)state;
    make_dirs("old/sub");
    write_file("old/sub/a.go", "1");
    make_old("old/sub/a.go");
    open_watch_known();
    move("old", "new");
    settled();
    assert_true(is_deleted("old/sub/a.go"));
    assert_true(is_created("new/sub/a.go"));
    forget_told();
    write_file("new/sub/a.go", "2");
    settled();
    only("new/sub/a.go");
    assert_true(is_written("new/sub/a.go"));
    assert_int_equal(watch_stats(fixture.watch).dirs, 3);
}

static void a_directory_is_deleted_and_comes_back(void **state)
{
    (void)state;
    make_dirs("pkg");
    write_file("pkg/a.go", "1");
    make_old("pkg/a.go");
    open_watch_known();
    remove_tree("pkg");
    make_dirs("pkg");
    write_file("pkg/a.go", "2");
    settled();
    assert_true(is_written("pkg/a.go"));
    forget_told();
    remove_tree("pkg");
    settled();
    assert_true(is_deleted("pkg/a.go"));
    assert_false(is_watched("pkg"));
    forget_told();
    make_dirs("pkg");
    write_file("pkg/a.go", "3");
    settled();
    assert_true(is_created("pkg/a.go"));
}

static void the_top_directory_goes_away_and_comes_back(void **state)
{
    (void)state;
    char *root = fixture.config.root, *above = fixture.dir;
    fixture.config.root = path_join(above, "project");
    make_dirs("project/sub");
    write_file("project/sub/a.go", "1");
    make_old("project/sub/a.go");
    open_watch_known();
    remove_tree("project");
    settled();
    assert_int_equal(fixture.warnings.len, 1);
    assert_non_null(strstr(fixture.warnings.at[0], "is gone"));
    forget_told();
    make_dirs("project/sub");
    write_file("project/sub/a.go", "2");
    until(is_created, "project/sub/a.go");
    settled();
    forget_told();
    write_file("project/sub/a.go", "3");
    settled();
    assert_true(is_written("project/sub/a.go"));
    assert_int_equal(watch_stats(fixture.watch).polled_dirs, 0);
    close_watch();
    free(fixture.config.root);
    fixture.config.root = root;
}

/* --- ignore files --- */

static void gitignore_is_obeyed_and_read_again(void **state)
{
    (void)state;
    write_file(".gitignore", "/made/\n*.log\n");
    make_dirs("made/deep");
    make_dirs("sub");
    write_file("made/deep/a.go", "1");
    write_file("sub/.gitignore", "secret.go\n");
    open_watch_known();
    assert_false(is_watched("made"));
    write_file("made/a.go", "1");
    write_file("sub/a.log", "1");
    write_file("sub/secret.go", "1");
    settled();
    only(NULL);
    write_file(".gitignore", "*.log\n");
    settled();
    assert_true(is_watched("made/deep"));
    only(NULL); /* what was there before is no news */
    write_file("made/deep/a.go", "2");
    write_file("sub/secret.go", "2");
    settled();
    only("made/deep/a.go");
    forget_told();
    write_file(".gitignore", "*.log\nsub/\n");
    settled();
    assert_false(is_watched("sub"));
    assert_int_equal(unlink(in(".gitignore")), 0);
    settled();
    write_file("sub/a.log", "2");
    settled();
    assert_true(is_written("sub/a.log"));
}

static void a_new_gitignore_keeps_what_is_known(void **state)
{
    (void)state;
    make_dirs("sub");
    write_file("sub/a.go", "1");
    make_old("sub/a.go");
    open_watch_known();
    write_file(".gitignore", "*.log\n");
    write_file("sub/a.go", "1");
    settled();
    write_file("sub/a.go", "1");
    settled();
    VEC_EACH (struct told, told, &fixture.told)
        assert_true(told->soft); /* it was empty for a moment */
}

static void new_rules_and_a_new_directory_at_once(void **state)
{
    (void)state;
    make_dirs("old");
    write_file(".gitignore", "*.log\n");
    write_file("old/.gitignore", "*.tmp\n");
    open_watch_known();
    make_dirs("new/deep");
    write_file("new/deep/a.go", "1");
    write_file(".gitignore", "*.log\n*.out\n");
    settled();
    only("new/deep/a.go");
    write_file("old/a.out", "1");
    write_file("old/a.tmp", "1");
    write_file("new/deep/a.out", "1");
    settled();
    only("new/deep/a.go");
    write_file("old/a.go", "1");
    settled();
    assert_true(is_created("old/a.go"));
}

static void excludes_of_the_configuration(void **state)
{
    (void)state;
    strs_push(&fixture.config.watch.exclude, "/data/");
    strs_push(&fixture.config.watch.exclude_regex, "_mock\\.go$");
    make_dirs("data");
    make_dirs("sub/data");
    open_watch_known();
    write_file("data/a.go", "1");
    write_file("sub/a_mock.go", "1");
    write_file("sub/data/a.go", "1");
    settled();
    only("sub/data/a.go");
    assert_true(is_created("sub/data/a.go"));
}

/* --- links --- */

static void links_are_not_followed_unasked(void **state)
{
    (void)state;
    make_dirs(".out");
    write_file(".out/a.go", "1");
    assert_int_equal(symlink(in(".out"), in("linked")), 0);
    open_watch_known();
    write_file(".out/a.go", "2");
    settled();
    only(NULL);
}

static void links_are_followed_and_loops_end(void **state)
{
    (void)state;
    fixture.config.watch.follow_symlinks = true;
    make_dirs(".out/sub");
    make_dirs("sub/dir");
    write_file(".out/sub/a.go", "1");
    make_old(".out/sub/a.go");
    assert_int_equal(symlink(in(".out"), in("linked")), 0);
    assert_int_equal(symlink(in(".out"), in("twice")), 0);
    assert_int_equal(symlink("..", in("sub/dir/up")), 0);
    assert_int_equal(symlink(".", in("sub/self")), 0);
    assert_int_equal(symlink(in(".out"), in(".out/sub/loop")), 0);
    assert_int_equal(symlink("/", in(".out/root")), 0);
    open_watch_known();
    /* root, sub, sub/dir, and one of the links with its sub */
    assert_int_equal(watch_stats(fixture.watch).dirs, 5);
    const char *name = is_watched("linked") ? "linked/sub/a.go" : "twice/sub/a.go";
    write_file(".out/sub/a.go", "2");
    settled();
    only(name);
    assert_true(is_written(name));
    forget_told();
    make_dirs(".other");
    write_file(".other/b.go", "1");
    assert_int_equal(symlink(in(".other"), in("later")), 0);
    until(is_created, "later/b.go");
    settled();
    assert_int_equal(unlink(in("later")), 0);
    settled();
    assert_false(is_watched("later"));
}

/* --- files that are named --- */

static void named_files_count_wherever_they_are(void **state)
{
    (void)state;
    make_dirs(".private");
    make_dirs("made");
    write_file(".gitignore", "made/\n.env\n");
    write_file("made/other", "1");
    strs_push(&fixture.config.env_files, in(".env"));
    strs_push(&fixture.config.env_files, in(".private/secret.env"));
    strs_push(&fixture.config.env_files, in("made/made.env"));
    strs_push(&fixture.config.env_files, in("nowhere/yet/later.env"));
    fixture.config.file = mem_string(in(".private/zonda.toml"));
    open_watch_known();
    write_file(".env", "A=1");
    write_file(".private/secret.env", "A=1");
    write_file(".private/zonda.toml", "");
    write_file(".private/other", "");
    write_file("made/made.env", "A=1");
    write_file("made/other", "2");
    settled();
    assert_true(is_created(".env"));
    assert_true(is_created(".private/secret.env"));
    assert_true(is_created(".private/zonda.toml"));
    assert_true(is_created("made/made.env"));
    assert_int_equal(fixture.told.len, 4);
    forget_told();
    make_dirs("nowhere/yet");
    write_file("nowhere/yet/later.env", "A=1");
    until(is_created, "nowhere/yet/later.env");
}

static void a_named_files_directory_goes_and_comes(void **state)
{
    (void)state;
    strs_push(&fixture.config.env_files, in(".private/secret.env"));
    open_watch_known();
    make_dirs(".private");
    write_file(".private/secret.env", "A=1");
    until(is_created, ".private/secret.env");
    settled();
    assert_int_equal(watch_stats(fixture.watch).polled_dirs, 0);
    forget_told();
    remove_tree(".private");
    settled();
    assert_true(is_deleted(".private/secret.env"));
    forget_told();
    make_dirs(".private");
    write_file(".private/secret.env", "A=2");
    until(is_created, ".private/secret.env");
}

static void a_hidden_configuration_that_comes_is_seen(void **state)
{
    (void)state;
    make_dirs("sub");
    open_watch_known();
    write_file(".air.toml", "a = 1\n");
    write_file(".zonda.toml", "a = 1\n");
    write_file("sub/.air.toml", "a = 1\n");
    write_file(".other.toml", "a = 1\n");
    settled();
    assert_int_equal(fixture.told.len, 2);
    assert_true(is_created(".air.toml") && is_created(".zonda.toml"));
}

static void rules_of_directories_that_come_and_go_do_not_add_up(void **state)
{
    (void)state;
    open_watch_known();
    fixture.watch->ignores_len = 1024;
    make_dirs("pkg");
    write_file("pkg/.gitignore", "*.log\n");
    settled();
    make_dirs("more");
    write_file("more/.gitignore", "*.log\n");
    settled();
    assert_true(fixture.watch->ignores_len < 1024);
    write_file("pkg/a.log", "1");
    write_file("more/a.log", "1");
    settled();
    assert_null(last_told("pkg/a.log"));
    assert_null(last_told("more/a.log"));
}

static void paths_may_be_directories_and_files(void **state)
{
    (void)state;
    make_dirs("one/deep");
    make_dirs("two");
    make_dirs("three");
    strs_push(&fixture.config.watch.paths, in("one"));
    strs_push(&fixture.config.watch.paths, in("two/wanted.go"));
    strs_push(&fixture.config.watch.paths, in("to/come"));
    open_watch_known();
    write_file("one/deep/a.go", "1");
    write_file("two/wanted.go", "1");
    write_file("two/other.go", "1");
    write_file("three/a.go", "1");
    write_file("a.go", "1");
    settled();
    assert_int_equal(fixture.told.len, 2);
    assert_true(is_created("one/deep/a.go"));
    assert_true(is_created("two/wanted.go"));
    make_dirs("to/come");
    write_file("to/come/b.go", "1");
    until(is_created, "to/come/b.go");
}

/* --- more top directories --- */

static void more_top_directories(void **state)
{
    (void)state;
    struct strs dirs = {0};
    char *root = fixture.config.root;
    fixture.config.root = path_join(fixture.dir, "project");
    make_dirs("project");
    make_dirs("local/sub");
    make_dirs("other");
    open_watch_known();
    strs_push(&dirs, in("local"));
    strs_push(&dirs, in("other"));
    strs_push(&dirs, in("project"));
    watch_extra(fixture.watch, &dirs);
    settled();
    write_file("local/sub/a.go", "1");
    write_file("other/a.go", "1");
    settled();
    assert_int_equal(fixture.told.len, 2);
    assert_true(is_created("local/sub/a.go") && is_created("other/a.go"));
    forget_told();
    strs_clear(&dirs);
    strs_push(&dirs, in("other"));
    watch_extra(fixture.watch, &dirs);
    write_file("local/sub/a.go", "2");
    write_file("other/a.go", "2");
    settled();
    only("other/a.go");
    watch_extra(fixture.watch, NULL);
    assert_int_equal(watch_stats(fixture.watch).dirs, 1);
    strs_fini(&dirs);
    close_watch();
    free(fixture.config.root);
    fixture.config.root = root;
}

static void tells_which_rule_leaves_a_path_out(void **state)
{
    static const struct {
        const char *path, *reason; /* NULL: it is watched */
    } CASES[] = {
        {"main.go", NULL},
        {"sub/main.go", NULL},
        {"made/deep/a.go", ".gitignore:2 has the pattern /made/"},
        {"sub/no.go", "sub/.gitignore:1 has the pattern no.go"},
        {"node_modules/x/a.js", "node_modules is never watched"},
        {".zonda/app", "it is in tmp_dir"},
        {"sub/.hidden/x", "it is hidden"},
        {"a.go~", "it is an editor's temporary file"},
        {"data/x", "watch.exclude has the pattern /data/"},
        {"a_mock.go", "watch.exclude_regex has _mock"},
        {"bin/app", "it is what the build makes"},
        {".env", NULL},
        {".private/x.env", NULL},
        {"../elsewhere", "outside"},
    };
    (void)state;
    make_dirs("sub");
    make_dirs("made");
    write_file(".gitignore", "# made\n/made/\n");
    write_file("sub/.gitignore", "no.go\n");
    strs_push(&fixture.config.watch.exclude, "/data/");
    strs_push(&fixture.config.watch.exclude_regex, "_mock\\.go$");
    strs_push(&fixture.config.env_files, in(".private/x.env"));
    fixture.config.build.output = mem_string(in("bin/app"));
    make_dirs("data");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf reason = BUF_INIT(4096);
        char *path = path_clean(in(CASES[i].path));
        bool ignored = watch_ignored_by(&fixture.config, path, &reason);
        if (ignored != (CASES[i].reason != NULL) ||
            (ignored && !strstr(buf_text(&reason), CASES[i].reason)))
            fail_msg("%s: %s", CASES[i].path, ignored ? buf_text(&reason) : "watched");
        free(path);
        buf_fini(&reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH_TEST(new_directories_with_files_in_them),
        WATCH_TEST(a_directory_is_moved_in),
        WATCH_TEST(a_directory_is_moved_out),
        WATCH_TEST(a_directory_is_renamed),
        WATCH_TEST(a_directory_is_deleted_and_comes_back),
        WATCH_TEST(the_top_directory_goes_away_and_comes_back),
        WATCH_TEST(gitignore_is_obeyed_and_read_again),
        WATCH_TEST(a_new_gitignore_keeps_what_is_known),
        WATCH_TEST(new_rules_and_a_new_directory_at_once),
        WATCH_TEST(excludes_of_the_configuration),
        WATCH_TEST(links_are_not_followed_unasked),
        WATCH_TEST(links_are_followed_and_loops_end),
        WATCH_TEST(named_files_count_wherever_they_are),
        WATCH_TEST(a_named_files_directory_goes_and_comes),
        WATCH_TEST(a_hidden_configuration_that_comes_is_seen),
        WATCH_TEST(rules_of_directories_that_come_and_go_do_not_add_up),
        WATCH_TEST(paths_may_be_directories_and_files),
        WATCH_TEST(more_top_directories),
        WATCH_TEST(tells_which_rule_leaves_a_path_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
