/* Where events do not come: lost ones, polling, the kernel's limit; and how a question waits. */
#include "fixture.h"

#include <sched.h>

#define MANY      30
#define QUEUE_MAX 65536

static bool is_apart;

/* --- lost events --- */

static void lost_events_lead_to_a_look_at_everything(void **state)
{
    (void)state;
    make_dirs("sub/deep");
    make_dirs("going");
    write_file("sub/a.go", "1");
    write_file("sub/same.go", "1");
    write_file("sub/gone.go", "1");
    write_file("going/a.go", "1");
    make_old("sub/a.go");
    make_old("sub/same.go");
    make_old("sub/gone.go");
    make_old("going/a.go");
    open_watch_known();
    watch_simulate_overflow(fixture.watch);
    /* The first event is lost. */
    make_dirs("new/deep");
    write_file("new/deep/b.go", "1");
    write_file("sub/a.go", "2");
    assert_int_equal(unlink(in("sub/gone.go")), 0);
    remove_tree("going");
    settled();
    assert_true(is_written("sub/a.go"));
    assert_true(is_created("new/deep/b.go"));
    assert_true(is_deleted("sub/gone.go"));
    assert_true(is_deleted("going/a.go"));
    assert_null(last_told("sub/same.go"));
    assert_int_equal(watch_stats(fixture.watch).overflows, 1);
    assert_int_equal(fixture.warnings.len, 1);
    assert_non_null(strstr(fixture.warnings.at[0], "max_queued_events"));
    forget_told();
    write_file("new/deep/b.go", "2");
    settled();
    only("new/deep/b.go");
}

/* Fills the kernel's queue with events that mean nothing; false where it is too long for that. */
static bool fill_queue(void)
{
    int len = 0;
    FILE *file = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
    bool known = file && fscanf(file, "%d", &len) == 1;
    if (file)
        (void)fclose(file);
    if (!known || len > QUEUE_MAX)
        return false;
    /* Two names in turn, as an event like the one before it is not queued. */
    int even = opened("even.log", O_WRONLY | O_CREAT), odd = opened("odd.log", O_WRONLY | O_CREAT);
    for (int i = 0; i <= len; i++)
        put(i % 2 ? odd : even, "x");
    close(even);
    close(odd);
    return true;
}

static void a_full_queue_loses_no_change(void **state)
{
    (void)state;
    write_file(".gitignore", "*.log\n");
    make_dirs("pkg/sub");
    make_dirs("one");
    make_dirs("two");
    make_dirs(".next/sub");
    write_file("pkg/a.go", "1");
    write_file("pkg/sub/b.go", "1");
    write_file(".next/a.go", "2");
    write_file("one/1.go", "1");
    write_file("two/2.go", "2");
    make_old("pkg/a.go");
    make_old("pkg/sub/b.go");
    make_old(".next/a.go");
    make_old("one/1.go");
    make_old("two/2.go");
    open_watch_known();
    if (!fill_queue())
        skip();
    /* A directory is replaced by another of its name, two change their names, one comes. */
    move("pkg", ".old");
    move(".next", "pkg");
    move("one", ".tmp");
    move("two", "one");
    move(".tmp", "two");
    make_dirs("new/deep");
    write_file("new/deep/c.go", "1");
    settled();
    assert_true(watch_stats(fixture.watch).overflows > 0);
    assert_true(is_written("pkg/a.go"));
    assert_true(is_deleted("pkg/sub/b.go"));
    assert_true(is_created("one/2.go") && is_deleted("one/1.go"));
    assert_true(is_created("two/1.go") && is_deleted("two/2.go"));
    assert_true(is_created("new/deep/c.go"));
    static const char *const NAMES[] = {"pkg/a.go", "pkg/sub/d.go", "one/2.go", "two/1.go",
                                        "new/deep/c.go"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        forget_told();
        write_file(NAMES[i], "later");
        settled();
        only(NAMES[i]);
        assert_true(is_written(NAMES[i]));
    }
    assert_int_equal(watch_stats(fixture.watch).polled_dirs, 0);
}

/* --- polling --- */

static void polling_sees_the_same(void **state)
{
    (void)state;
    fixture.config.watch.backend = WATCH_POLL;
    make_dirs("sub/deep");
    write_file("sub/a.go", "one");
    write_file("sub/same.go", "one");
    write_file("sub/gone.go", "one");
    make_old("sub/a.go");
    make_old("sub/same.go");
    make_old("sub/gone.go");
    open_watch_known();
    assert_int_equal(watch_stats(fixture.watch).polled_dirs, 3);
    write_file("sub/a.go", "two"); /* of the same size */
    assert_int_equal(utimensat(AT_FDCWD, in("sub/same.go"), NULL, 0), 0);
    assert_int_equal(unlink(in("sub/gone.go")), 0);
    make_dirs("new/dir");
    write_file("new/dir/b.go", "one");
    settled();
    assert_true(is_written("sub/a.go"));
    assert_true(is_created("new/dir/b.go"));
    assert_true(is_deleted("sub/gone.go"));
    assert_null(last_told("sub/same.go"));
    forget_told();
    /* Within the clock tick of the last look, of the same size. */
    for (int i = 0; i < 5; i++) {
        char text[2] = {(char)('a' + i), '\0'};
        write_file("new/dir/b.go", text);
        settled();
        assert_true(is_written("new/dir/b.go"));
        only("new/dir/b.go");
        forget_told();
    }
    move("new", "newer");
    settled();
    assert_true(is_deleted("new/dir/b.go"));
    assert_true(is_created("newer/dir/b.go"));
    forget_told();
    write_file(".gitignore", "newer/\n");
    settled();
    write_file("newer/dir/b.go", "x");
    settled();
    only(NULL);
}

static void polling_comes_by_itself(void **state)
{
    (void)state;
    fixture.config.watch.backend = WATCH_POLL;
    write_file("a.go", "one");
    make_old("a.go");
    open_watch_known();
    write_file("a.go", "two");
    until(is_written, "a.go");
    forget_told();
    settled();
    only(NULL);
}

/* --- the kernel's limit --- */

/* In a user namespace of our own (main) the limit is only ours. */
static bool limit_watches(int watches)
{
    FILE *file = !is_apart ? NULL : fopen("/proc/sys/user/max_inotify_watches", "we");
    if (!file)
        return false;
    bool written = fprintf(file, "%d\n", watches) > 0;
    return fclose(file) == 0 && written;
}

static void at_the_limit_the_rest_is_polled(void **state)
{
    char name[32];
    (void)state;
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof name, "many/%d", i);
        make_dirs(name);
        (void)snprintf(name, sizeof name, "many/%d/a.go", i);
        write_file(name, "1");
        make_old(name);
    }
    if (!limit_watches(5))
        skip();
    open_watch();
    assert_int_equal(fixture.warnings.len, 1);
    assert_non_null(strstr(fixture.warnings.at[0], "fs.inotify.max_user_watches"));
    assert_non_null(strstr(fixture.warnings.at[0], "sudo sysctl"));
    struct watch_stats stats = watch_stats(fixture.watch);
    assert_int_equal(stats.dirs, MANY + 2);
    assert_int_equal(stats.polled_dirs, MANY + 2 - 5);
    assert_true(await(fixture.loop, has_digests, NULL));
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof name, "many/%d/a.go", i);
        write_file(name, "2");
    }
    settled();
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof name, "many/%d/a.go", i);
        assert_true(is_written(name));
    }
    make_dirs("many/0/new");
    write_file("many/0/new/b.go", "1");
    settled();
    assert_true(is_created("many/0/new/b.go"));
    assert_int_equal(fixture.warnings.len, 1); /* said once */
    assert_true(limit_watches(1 << 20));
}

/* --- questions --- */

static void a_question_needs_no_directory_of_ours(void **state)
{
    (void)state;
    free(fixture.config.tmp_dir);
    fixture.config.tmp_dir = mem_string("/proc/none");
    open_watch_known();
    write_file("a.go", "1");
    settled();
    assert_true(is_created("a.go"));
}

static void a_question_survives_the_loss_of_its_directory(void **state)
{
    (void)state;
    open_watch_known();
    settled();
    assert_true(fs_is_dir(in(".zonda")));
    bool first = false, second = false;
    watch_sync(fixture.watch, on_synced, &first);
    remove_tree(".zonda");
    watch_sync(fixture.watch, on_synced, &second);
    write_file("a.go", "1");
    assert_true(await(fixture.loop, await_true, &first));
    assert_true(await(fixture.loop, await_true, &second));
    settled();
    assert_true(is_created("a.go"));
}

static bool count(void *data, const char *name, enum fs_kind kind)
{
    (void)name;
    (void)kind;
    ++*(int *)data;
    return true;
}

static void questions_leave_nothing_behind(void **state)
{
    int left = 0;
    struct err err;
    (void)state;
    open_watch_known();
    for (int i = 0; i < 10; i++)
        settled();
    bool never = false;
    watch_sync(fixture.watch, on_synced, &never);
    close_watch();
    assert_int_equal(fs_each(in(".zonda"), count, &left, &err), 0);
    assert_int_equal(left, 0);
    assert_false(never);
}

static void a_question_before_it_is_ready(void **state)
{
    struct err err;
    struct watch_events events = {
        .on_ready = on_ready, .on_change = on_change, .on_warning = on_warning};
    (void)state;
    write_file("a.go", "1");
    fixture.watch = watch_open(fixture.loop, &fixture.config, &events, &err);
    settled();
    assert_true(fixture.ready);
}

int main(void)
{
    is_apart = unshare(CLONE_NEWUSER) == 0; /* before there are threads */
    const struct CMUnitTest tests[] = {
        WATCH_TEST(lost_events_lead_to_a_look_at_everything),
        WATCH_TEST(a_full_queue_loses_no_change),
        WATCH_TEST(polling_sees_the_same),
        WATCH_TEST(polling_comes_by_itself),
        WATCH_TEST(a_question_needs_no_directory_of_ours),
        WATCH_TEST(a_question_survives_the_loss_of_its_directory),
        WATCH_TEST(questions_leave_nothing_behind),
        WATCH_TEST(a_question_before_it_is_ready),
        WATCH_TEST(at_the_limit_the_rest_is_polled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
