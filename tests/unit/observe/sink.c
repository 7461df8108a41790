#include "check.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "../platform/await.h"
#include "fixture.h"
#include "platform/fs.h"

static struct loop *loop;
static struct err err;
static char dir[64], path[80];

static int open_all(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    loop = loop_new(&err);
    (void)snprintf(dir, sizeof dir, "/tmp/zonda-sink-XXXXXX");
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/logs/a.log", dir);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    loop_free(loop);
    return fs_remove_tree(dir, &err);
}

static char *content(const char *name)
{
    struct buf out = BUF_INIT((size_t)64 << 20);
    assert_int_equal(fs_read(name, &out, &err), 0);
    return buf_steal(&out);
}

static void put(struct sink *sink, const char *text)
{
    sink_write(sink, text, strlen(text));
}

/* --- files --- */

static void a_file_is_appended_to(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct sink *sink = sink_to_file(loop, path, 0, 0, &err);
        assert_non_null(sink);
        put(sink, "one\n");
        put(sink, "two\n");
        sink_free(sink);
    }
    char *text = content(path);
    assert_string_equal(text, "one\ntwo\none\ntwo\n");
    free(text);
    assert_int_equal(fs_stat(path, true).mode, 0600);
}

struct growth {
    const char *path;
    uint64_t size_bytes;
};

static bool has_grown(void *data)
{
    struct growth *growth = data;
    return fs_stat(growth->path, true).size_bytes >= growth->size_bytes;
}

/* While the loop runs, without sink_free, and more after the first batch. */
static void the_loop_writes(void **state)
{
    struct sink *sink = sink_to_file(loop, path, 0, 0, &err);
    struct growth growth = {path, 4};
    (void)state;
    put(sink, "one\n");
    assert_true(await(loop, has_grown, &growth));
    put(sink, "two\n");
    put(sink, "three\n");
    growth.size_bytes = 14;
    assert_true(await(loop, has_grown, &growth));
    sink_free(sink);
    char *text = content(path);
    assert_string_equal(text, "one\ntwo\nthree\n");
    free(text);
}

static void rotation_is_between_lines(void **state)
{
    static const char *const LEFT[] = {"line 6\nline 7\n", "line 4\nline 5\n", "line 2\nline 3\n"};
    char name[96];
    (void)state;
    struct sink *sink = sink_to_file(loop, path, 20, 2, &err);
    for (int i = 0; i < 8; i++) {
        char line[16];
        (void)snprintf(line, sizeof line, "line %d\n", i);
        put(sink, line);
    }
    sink_free(sink);
    for (int i = 0; i < 3; i++) {
        (void)snprintf(name, sizeof name, i ? "%s.%d" : "%s", path, i);
        char *text = content(name);
        assert_string_equal(text, LEFT[i]);
        free(text);
        assert_int_equal(fs_stat(name, true).mode, 0600);
    }
    (void)snprintf(name, sizeof name, "%s.3", path);
    assert_false(fs_is_file(name)); /* the oldest has gone */
}

static void an_old_file_counts(void **state)
{
    char name[96];
    (void)state;
    (void)snprintf(name, sizeof name, "%s.1", path);
    struct sink *sink = sink_to_file(loop, path, 20, 1, &err);
    put(sink, "0123456789abcd\n");
    sink_free(sink);
    sink = sink_to_file(loop, path, 20, 1, &err);
    put(sink, "more than fits\n");
    sink_free(sink);
    char *text = content(name);
    assert_string_equal(text, "0123456789abcd\n");
    free(text);
}

static void without_old_files_it_begins_anew(void **state)
{
    char name[96];
    (void)state;
    (void)snprintf(name, sizeof name, "%s.1", path);
    struct sink *sink = sink_to_file(loop, path, 10, 0, &err);
    put(sink, "line 1\nline 2\nline 3\n");
    sink_free(sink);
    char *text = content(path);
    assert_string_equal(text, "line 3\n");
    free(text);
    assert_false(fs_is_file(name));
}

static void a_long_line_stays_whole(void **state)
{
    char name[96];
    (void)state;
    (void)snprintf(name, sizeof name, "%s.1", path);
    struct sink *sink = sink_to_file(loop, path, 10, 5, &err);
    put(sink, "a\nthis one is longer than a file\nb\n");
    sink_free(sink);
    char *text = content(name);
    assert_string_equal(text, "this one is longer than a file\n");
    free(text);
    text = content(path);
    assert_string_equal(text, "b\n");
    free(text);
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    assert_null(sink_to_file(loop, dir, 0, 0, &err));
    assert_non_null(strstr(err.message, dir));
    assert_null(sink_to_file(loop, "/dev/full", 0, 0, &err));
    assert_null(sink_to_file(loop, "/proc/none/a.log", 0, 0, &err));
}

/* --- failures --- */

struct failure {
    struct sink *sink;
    struct err err;
};

static bool has_failed(void *data)
{
    struct failure *failure = data;
    return sink_failed(failure->sink, &failure->err);
}

static void a_full_disk_is_said_once(void **state)
{
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct failure failure = {.sink = sink_to_fd(loop, fd)};
    (void)state;
    put(failure.sink, "lost\n");
    assert_true(await(loop, has_failed, &failure));
    assert_non_null(strstr(failure.err.message, strerror(ENOSPC)));
    assert_true(*failure.err.hint);
    put(failure.sink, "lost again\n");
    sink_free(failure.sink);
    (void)close(fd);

    fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    failure.sink = sink_to_fd(loop, fd);
    for (int i = 0; i < 3; i++) {
        put(failure.sink, "lost\n");
        if (i == 0)
            assert_true(await(loop, has_failed, &failure));
        else
            assert_false(sink_failed(failure.sink, &failure.err));
    }
    sink_free(failure.sink);
    (void)close(fd);
}

static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* No room for all of a line, and room again: the torn line ends, what was lost is said. */
static void it_goes_on_when_there_is_room(void **state)
{
    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    struct failure failure = {.sink = sink_to_file(loop, path, 0, 0, &err)};
    limit_file_size(8);
    put(failure.sink, "one\ntwo and more\n");
    assert_true(await(loop, has_failed, &failure));
    assert_non_null(strstr(failure.err.message, path));
    limit_file_size(RLIM_INFINITY);
    struct growth growth = {path, 8 + 7};
    put(failure.sink, "three\n");
    assert_true(await(loop, has_grown, &growth));
    put(failure.sink, "four\n");
    sink_free(failure.sink);
    char *text = content(path);
    assert_string_equal(text,
                        "one\ntwo \nthree\nzonda: 9 bytes of output were left out here\nfour\n");
    free(text);
}

static void a_closed_pipe_is_said(void **state)
{
    int fds[2];
    (void)state;
    assert_int_equal(fs_pipe(fds, &err), 0);
    struct failure failure = {.sink = sink_to_fd(loop, fds[1])};
    fs_fd_close(&fds[0]);
    put(failure.sink, "nobody reads it\n");
    assert_true(await(loop, has_failed, &failure));
    assert_non_null(strstr(failure.err.message, strerror(EPIPE)));
    sink_free(failure.sink);
    fs_fd_close(&fds[1]);
}

static void unread(void *data)
{
    ++*(int *)data;
}

static bool is_unread(void *data)
{
    return *(int *)data > 0;
}

/* Told once, and not of a reader who is only slow. */
static void a_reader_who_went_is_told_of(void **state)
{
    int fds[2], times = 0;
    (void)state;
    assert_int_equal(fs_pipe(fds, &err), 0);
    struct failure failure = {.sink = sink_to_fd(loop, fds[1])};
    sink_on_unread(failure.sink, unread, &times);
    fs_fd_close(&fds[0]);
    put(failure.sink, "nobody reads it\n");
    assert_true(await(loop, is_unread, &times));
    assert_true(await(loop, has_failed, &failure));
    put(failure.sink, "nor this\n");
    sink_free(failure.sink);
    assert_int_equal(times, 1);
    fs_fd_close(&fds[1]);
}

/* --- a slow reader --- */

struct reader {
    int fd;
    struct buf got;
    bool room;
    size_t want;
};

static void room(void *data)
{
    struct reader *reader = data;
    reader->room = true;
}

static void read_some(struct reader *reader)
{
    char piece[65536];
    for (long got; (got = fs_fd_read(reader->fd, piece, sizeof piece)) > 0;)
        (void)buf_append(&reader->got, piece, (size_t)got);
}

static bool has_room(void *data)
{
    struct reader *reader = data;
    read_some(reader);
    return reader->room;
}

static bool has_all(void *data)
{
    struct reader *reader = data;
    read_some(reader);
    return reader->got.len >= reader->want;
}

static void open_pipe(struct reader *reader, int *write_fd)
{
    int fds[2];
    assert_int_equal(fs_pipe(fds, &err), 0);
    assert_int_equal(fs_fd_nonblock(fds[0], &err), 0);
    *reader = (struct reader){.fd = fds[0], .got = BUF_INIT((size_t)64 << 20)};
    *write_fd = fds[1];
}

#define LINE_LEN 100

static size_t fill(struct sink *sink, size_t until)
{
    char line[LINE_LEN + 1];
    size_t lines = 0;
    for (; lines * LINE_LEN < until; lines++) {
        (void)snprintf(line, sizeof line, "%099zu\n", lines);
        sink_write(sink, line, LINE_LEN);
    }
    return lines;
}

static void a_slow_reader_makes_it_full(void **state)
{
    struct reader reader;
    int fd;
    (void)state;
    open_pipe(&reader, &fd);
    struct sink *sink = sink_to_fd(loop, fd);
    sink_on_room(sink, room, &reader);
    put(sink, "first\n");
    assert_false(sink_full(sink));
    size_t lines = fill(sink, SINK_BYTES_MAX * 3 / 4);
    assert_true(sink_full(sink));
    assert_true(await(loop, has_room, &reader));
    assert_false(sink_full(sink));
    reader.want = 6 + lines * LINE_LEN;
    assert_true(await(loop, has_all, &reader));
    assert_int_equal(reader.got.len, reader.want); /* every byte, once, in order */
    for (size_t i = 0; i < lines; i++)
        assert_int_equal(strtoul(reader.got.data + 6 + i * LINE_LEN, NULL, 10), i);
    sink_free(sink);
    fs_fd_close(&reader.fd);
    fs_fd_close(&fd);
    buf_fini(&reader.got);
}

static void what_is_too_much_is_counted(void **state)
{
    struct reader reader;
    int fd;
    (void)state;
    open_pipe(&reader, &fd);
    struct sink *sink = sink_to_fd(loop, fd);
    sink_on_room(sink, room, &reader);
    size_t lines = fill(sink, SINK_BYTES_MAX + (size_t)1000 * LINE_LEN);
    assert_true(await(loop, has_room, &reader));
    put(sink, "after\n");
    reader.want = SINK_BYTES_MAX / LINE_LEN * LINE_LEN + 7;
    assert_true(await(loop, has_all, &reader));
    sink_free(sink);
    read_some(&reader);
    char expected[128];
    size_t taken = SINK_BYTES_MAX / LINE_LEN;
    (void)snprintf(expected, sizeof expected,
                   "\nzonda: %zu bytes of output were left out here\nafter\n",
                   (lines - taken) * LINE_LEN);
    size_t len = strlen(expected);
    assert_string_equal(buf_text(&reader.got) + reader.got.len - len, expected);
    fs_fd_close(&reader.fd);
    fs_fd_close(&fd);
    buf_fini(&reader.got);
}

/* Nobody reads: the end comes all the same, after a second. */
static void a_stuck_reader_does_not_hold_up_the_end(void **state)
{
    struct reader reader;
    int fd;
    (void)state;
    open_pipe(&reader, &fd);
    struct sink *sink = sink_to_fd(loop, fd);
    fill(sink, (size_t)1 << 20);
    uint64_t begin_ns = clock_mono_ns();
    sink_free(sink);
    assert_true(clock_mono_ns() - begin_ns >= SECOND); /* it tried */
    fs_fd_close(&reader.fd);
    fs_fd_close(&fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_appended_to),
        TEST(the_loop_writes),
        TEST(rotation_is_between_lines),
        TEST(an_old_file_counts),
        TEST(without_old_files_it_begins_anew),
        TEST(a_long_line_stays_whole),
        TEST(what_is_no_file_is_refused),
        TEST(a_full_disk_is_said_once),
        TEST(it_goes_on_when_there_is_room),
        TEST(a_closed_pipe_is_said),
        TEST(a_reader_who_went_is_told_of),
        TEST(a_slow_reader_makes_it_full),
        TEST(what_is_too_much_is_counted),
        TEST(a_stuck_reader_does_not_hold_up_the_end),
    };
    return cmocka_run_group_tests_name("observe/sink", tests, NULL, NULL);
}
