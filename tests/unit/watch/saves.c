/* Every save is told once it is done, whatever the editor does, and what is no change is not. */
#include "fixture.h"

#include <sys/mman.h>
#include <sys/wait.h>

#define OLD "package main // one\n"
#define NEW "package main // two\n"

#define ROUNDS 20

/* --- editors, by the calls that strace shows of them --- */

static void writes_in_place(const char *text)
{
    int fd = opened("main.go", O_RDWR);
    assert_int_equal(ftruncate(fd, 0), 0);
    put(fd, text);
    assert_int_equal(fdatasync(fd), 0);
    close(fd);
}

static void writes_in_pieces(const char *text)
{
    int fd = opened("main.go", O_WRONLY | O_TRUNC);
    for (const char *at = text; *at; at++)
        assert_int_equal(write(fd, at, 1), 1);
    close(fd);
}

static void renames_over(const char *text)
{
    write_file(".main.go.tmp1234", text);
    move(".main.go.tmp1234", "main.go");
}

/* sed -i, gofmt -w of old: a name that is not hidden. */
static void renames_visible_over(const char *text)
{
    write_file("sedAbCdEf", text);
    move("sedAbCdEf", "main.go");
}

static void renames_from_elsewhere(const char *text)
{
    make_dirs(".away");
    write_file(".away/main.go", text);
    move(".away/main.go", "main.go");
}

static void vim_renames_backup(const char *text)
{
    write_file("4913", "");
    assert_int_equal(unlink(in("4913")), 0);
    move("main.go", "main.go~");
    write_file("main.go", text);
    assert_int_equal(unlink(in("main.go~")), 0);
}

static void vim_copies_backup(const char *text)
{
    write_file("main.go~", OLD);
    writes_in_pieces(text);
    assert_int_equal(unlink(in("main.go~")), 0);
}

static void jetbrains(const char *text)
{
    write_file("main.go___jb_tmp___", text);
    move("main.go", "main.go___jb_old___");
    move("main.go___jb_tmp___", "main.go");
    assert_int_equal(unlink(in("main.go___jb_old___")), 0);
}

static void emacs(const char *text)
{
    assert_int_equal(symlink("somebody@somewhere.1:1", in(".#main.go")), 0);
    move("main.go", "main.go~");
    write_file("main.go", text);
    assert_int_equal(unlink(in(".#main.go")), 0);
}

static void deletes_and_creates(const char *text)
{
    assert_int_equal(unlink(in("main.go")), 0);
    write_file("main.go", text);
}

static void links_into_place(const char *text)
{
    write_file(".fresh", text);
    assert_int_equal(unlink(in("main.go")), 0);
    assert_int_equal(link(in(".fresh"), in("main.go")), 0);
    assert_int_equal(unlink(in(".fresh")), 0);
}

static void maps_and_writes(const char *text)
{
    int fd = opened("main.go", O_RDWR);
    size_t len = strlen(text);
    char *view = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(view != MAP_FAILED);
    memcpy(view, text, len);
    assert_int_equal(munmap(view, len), 0);
    put(fd, text);
    close(fd);
}

static void never_closes(const char *text)
{
    static int fd = -1;
    if (fd >= 0)
        close(fd);
    fd = opened("main.go", O_WRONLY | O_TRUNC);
    put(fd, text);
}

typedef void save_fn(const char *text);
static save_fn *const EDITORS[] = {writes_in_place,
                                   writes_in_pieces,
                                   renames_over,
                                   renames_visible_over,
                                   renames_from_elsewhere,
                                   vim_renames_backup,
                                   vim_copies_backup,
                                   jetbrains,
                                   emacs,
                                   deletes_and_creates,
                                   links_into_place,
                                   maps_and_writes};

static void sees_every_editors_save(void **state)
{
    (void)state;
    write_file("main.go", OLD);
    make_old("main.go");
    open_watch_known();
    for (size_t i = 0; i < sizeof EDITORS / sizeof *EDITORS; i++) {
        for (int round = 0; round < 3; round++) {
            char text[64];
            (void)snprintf(text, sizeof text, "package main // %zu.%d\n", i, round);
            forget_told();
            EDITORS[i](text);
            until(is_written, "main.go");
            settled();
            only("main.go");
            assert_false(last_told("main.go")->soft);
            if (access(in("main.go~"), F_OK) == 0)
                assert_int_equal(unlink(in("main.go~")), 0);
        }
    }
}

/* The same content again is no change; at most the file was away for a moment, which settle knows.
 */
static void same_content_is_no_change(void **state)
{
    (void)state;
    write_file("main.go", OLD);
    make_old("main.go");
    open_watch_known();
    for (size_t i = 0; i < sizeof EDITORS / sizeof *EDITORS; i++) {
        EDITORS[i](OLD);
        settled();
        VEC_EACH (struct told, told, &fixture.told)
            assert_true(told->soft);
        forget_told();
        if (access(in("main.go~"), F_OK) == 0)
            assert_int_equal(unlink(in("main.go~")), 0);
    }
}

static void a_touch_is_no_change(void **state)
{
    (void)state;
    write_file("main.go", OLD);
    make_old("main.go");
    open_watch_known();
    assert_int_equal(utimensat(AT_FDCWD, in("main.go"), NULL, 0), 0);
    assert_int_equal(chmod(in("main.go"), 0600), 0);
    close(opened("main.go", O_WRONLY | O_APPEND));
    settled();
    only(NULL);
}

static void a_touch_counts_where_that_is_wanted(void **state)
{
    (void)state;
    write_file("main.go", OLD);
    make_old("main.go");
    fixture.config.watch.skip_unchanged = false;
    open_watch_known();
    write_file("main.go", OLD);
    settled();
    assert_true(is_written("main.go"));
}

static void a_writer_that_never_closes_is_read(void **state)
{
    (void)state;
    write_file("main.go", OLD);
    make_old("main.go");
    open_watch_known();
    never_closes(NEW);
    until(is_written, "main.go");
    only("main.go");
}

/* No write and no close is told of it: it is whole when its name comes. */
static void a_link_is_seen_at_once(void **state)
{
    (void)state;
    write_file("main.go", OLD);
    make_old("main.go");
    open_watch_known();
    links_into_place(NEW);
    settled();
    assert_true(is_written("main.go"));
    assert_int_equal(unlink(in("main.go")), 0);
    write_file(".target", OLD);
    assert_int_equal(symlink(".target", in("main.go")), 0);
    settled();
    assert_true(is_written("main.go"));
}

static void editors_rubbish_means_nothing(void **state)
{
    (void)state;
    make_dirs("sub");
    open_watch_known();
    write_file("sub/.main.go.swp", "x");
    write_file("sub/main.go~", "x");
    write_file("sub/#main.go#", "x");
    write_file("sub/4913", "");
    write_file(".hidden", "x");
    make_dirs(".git/objects");
    write_file(".git/index", "x");
    assert_int_equal(symlink("a@b.1:1", in("sub/.#main.go")), 0);
    settled();
    only(NULL);
}

static void deletion_is_soft(void **state)
{
    (void)state;
    write_file("main.go", OLD);
    make_old("main.go");
    open_watch_known();
    assert_int_equal(unlink(in("main.go")), 0);
    settled();
    only("main.go");
    assert_true(is_deleted("main.go") && last_told("main.go")->soft);
    forget_told();
    write_file("main.go", NEW);
    settled();
    assert_true(is_written("main.go"));
}

/* Rubbish that came and went is not among the files that are watched. */
static void files_that_went_are_not_counted(void **state)
{
    (void)state;
    write_file("main.go", OLD);
    make_old("main.go");
    make_dirs("a");
    open_watch_known();
    for (int i = 0; i < 5; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, i % 2 ? "%d.txt" : "a/%d.txt", i);
        write_file(name, OLD);
        settled();
        assert_int_equal(watch_stats(fixture.watch).files, 2);
        assert_int_equal(unlink(in(name)), 0);
        settled();
        assert_int_equal(watch_stats(fixture.watch).files, 1);
    }
    write_file("1.txt", NEW); /* one of them is back */
    settled();
    assert_int_equal(watch_stats(fixture.watch).files, 2);
    remove_tree("a"); /* with what is remembered of the files in it */
    settled();
    assert_int_equal(watch_stats(fixture.watch).files, 2);
}

static void truncation_is_soft_until_something_is_written(void **state)
{
    (void)state;
    write_file("main.go", OLD);
    make_old("main.go");
    open_watch_known();
    write_file("main.go", NEW);
    settled();
    forget_told();
    close(opened("main.go", O_WRONLY | O_TRUNC));
    settled();
    assert_int_equal(fixture.told.len, 1);
    assert_true(fixture.told.at[0].soft);
    write_file("main.go", OLD);
    settled();
    assert_true(is_written("main.go"));
}

/* --- saves while the loop runs: events come in any portions --- */

static bool child_is_done(void *data)
{
    int status = -1;
    if (waitpid(*(pid_t *)data, &status, WNOHANG) == 0)
        return false;
    assert_int_equal(status, 0);
    return true;
}

static void saves_from_elsewhere(save_fn *save, int number)
{
    char text[64];
    (void)snprintf(text, sizeof text, "package main // save %d\n", number);
    forget_told();
    pid_t pid = fork();
    if (pid == 0) {
        save(text);
        _exit(0);
    }
    assert_true(await(fixture.loop, child_is_done, &pid));
    settled();
    const struct told *told = last_told("main.go");
    if (!told || told->soft || told->kind == CHANGE_DELETED)
        fail_msg("save %d was not told", number);
    const struct file *file = files_find(tree_find(fixture.watch, fixture.dir), "main.go");
    assert_int_equal(file->digest, digest_of(text, strlen(text)).low);
}

static void no_save_is_lost_while_the_loop_runs(void **state)
{
    (void)state;
    write_file("main.go", OLD);
    make_old("main.go");
    open_watch_known();
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < sizeof EDITORS / sizeof *EDITORS; i++) {
            saves_from_elsewhere(EDITORS[i], round * 100 + (int)i);
            if (access(in("main.go~"), F_OK) == 0)
                assert_int_equal(unlink(in("main.go~")), 0);
        }
    }
}

/* As a change of the configuration does it: the new watch begins while something is saved. */
static void nothing_is_lost_between_two_watches(void **state)
{
    struct err err;
    struct watch_events events = {
        .on_ready = on_ready, .on_change = on_change, .on_warning = on_warning};
    (void)state;
    write_file("before.go", OLD);
    write_file("after.go", OLD);
    make_old("before.go");
    make_old("after.go");
    open_watch_known();
    struct watch *old = fixture.watch;
    write_file("before.go", NEW);
    fixture.ready = false;
    fixture.watch = watch_open(fixture.loop, &fixture.config, &events, &err);
    write_file("after.go", NEW);
    watch_close(old);
    assert_true(is_written("before.go"));
    assert_true(await(fixture.loop, await_true, &fixture.ready));
    until(is_written, "after.go");
}

/* Where nothing was built yet, a checkout just before the start is no edit. */
static void what_was_there_is_no_news_to_a_fresh_watch(void **state)
{
    struct err err;
    struct watch_events events = {
        .on_ready = on_ready, .on_change = on_change, .on_warning = on_warning, .fresh = true};
    (void)state;
    for (int i = 0; i < 50; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%d.go", i);
        write_file(name, OLD);
    }
    fixture.watch = watch_open(fixture.loop, &fixture.config, &events, &err);
    assert_true(await(fixture.loop, await_true, &fixture.ready));
    assert_true(await(fixture.loop, has_digests, NULL));
    only(NULL);
    write_file("0.go", NEW);
    settled();
    assert_true(is_written("0.go"));
}

static void closing_while_it_walks_is_safe(void **state)
{
    struct err err;
    struct watch_events events = {
        .on_ready = on_ready, .on_change = on_change, .on_warning = on_warning};
    (void)state;
    make_dirs("a/b/c");
    for (int i = 0; i < 20; i++) {
        struct watch *watch = watch_open(fixture.loop, &fixture.config, &events, &err);
        assert_non_null(watch);
        watch_close(watch);
    }
    assert_false(fixture.ready);
}

static void large_files_are_read_elsewhere(void **state)
{
    (void)state;
    size_t len = WATCH_INLINE_MAX_BYTES + 4096;
    char *text = mem_new(len + 1, 1);
    memset(text, 'x', len);
    write_file("large.bin", text);
    make_old("large.bin");
    open_watch_known();
    write_file("large.bin", text);
    settled();
    VEC_EACH (struct told, told, &fixture.told)
        assert_true(told->soft);
    forget_told();
    text[len / 2] = 'y';
    write_file("large.bin", text);
    settled();
    assert_true(is_written("large.bin"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH_TEST(sees_every_editors_save),
        WATCH_TEST(same_content_is_no_change),
        WATCH_TEST(a_touch_is_no_change),
        WATCH_TEST(a_touch_counts_where_that_is_wanted),
        WATCH_TEST(a_writer_that_never_closes_is_read),
        WATCH_TEST(a_link_is_seen_at_once),
        WATCH_TEST(editors_rubbish_means_nothing),
        WATCH_TEST(deletion_is_soft),
        WATCH_TEST(files_that_went_are_not_counted),
        WATCH_TEST(truncation_is_soft_until_something_is_written),
        WATCH_TEST(no_save_is_lost_while_the_loop_runs),
        WATCH_TEST(nothing_is_lost_between_two_watches),
        WATCH_TEST(what_was_there_is_no_news_to_a_fresh_watch),
        WATCH_TEST(closing_while_it_walks_is_safe),
        WATCH_TEST(large_files_are_read_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
