/* Files that readers wait for, read by programs that know nothing of it. */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/await.h"
#include "platform/fs.h"
#include "platform/late_file.h"
#include "platform/process.h"

static struct loop *loop;
static char dir[] = "/tmp/zonda-late-XXXXXX", path[64], from[64], copy[64];
static int opens;
static bool ended;
static struct exit_status status;

static void on_open(void *data)
{
    (void)data;
    opens++;
}

static void on_exit_(void *data, struct exit_status how)
{
    (void)data;
    ended = true;
    status = how;
}

static int begin(void **state)
{
    struct err err;
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/zonda-late-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    (void)snprintf(path, sizeof path, "%s/in", dir);
    (void)snprintf(from, sizeof from, "%s/from", dir);
    (void)snprintf(copy, sizeof copy, "%s/copy", dir);
    opens = 0;
    ended = false;
    loop = loop_new(&err);
    return loop ? process_init(loop, &err) : -1;
}

static int end(void **state)
{
    struct err err;
    (void)state;
    process_fini();
    loop_free(loop);
    return fs_remove_tree(dir, &err);
}

static struct late_file *make(void)
{
    struct err err;
    struct late_file *file = late_file_new(loop, path, on_open, NULL, &err);
    assert_non_null(file);
    return file;
}

/* cat PATH >COPY */
static struct process *cat(void)
{
    struct err err;
    struct spawn spawn = SPAWN_INIT;
    spawn.argv = (const char *const[]){"/bin/cat", path, NULL};
    spawn.env = (const char *const[]){"PATH=/bin", NULL};
    spawn.stdout_fd = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ended = false;
    struct process *process = process_spawn(loop, &spawn, on_exit_, NULL, &err);
    assert_non_null(process);
    (void)close(spawn.stdout_fd);
    return process;
}

static void cat_got(struct process *process, const char *text, size_t len)
{
    struct err err;
    struct buf got = BUF_INIT((size_t)8 << 20);
    assert_true(await(loop, await_true, &ended));
    assert_int_equal(exit_status_code(status), 0);
    assert_int_equal(fs_read(copy, &got, &err), 0);
    assert_int_equal(got.len, len);
    assert_memory_equal(buf_text(&got), text, len);
    buf_fini(&got);
    process_free(process);
}

static bool was_opened(void *data)
{
    (void)data;
    return opens > 0;
}

static void a_reader_waits_for_the_content(void **state)
{
    (void)state;
    struct err err;
    struct late_file *file = make();
    struct process *process = cat();
    assert_true(await(loop, was_opened, NULL));
    assert_false(ended);
    assert_int_equal(fs_write(from, "hello", 5, 0600, &err), 0);
    assert_int_equal(late_file_settle(file, from, &err), 0);
    cat_got(process, "hello", 5);
    assert_int_equal(opens, 1);
    /* And from then on it is a file like any other. */
    assert_true(fs_is_file(path));
    cat_got(cat(), "hello", 5);
    cat_got(cat(), "hello", 5);
    late_file_free(file);
    assert_int_equal(fs_stat(path, false).kind, FS_NONE);
    assert_true(fs_is_file(from));
}

static void more_than_a_pipe_holds(void **state)
{
    (void)state;
    struct err err;
    size_t len = (size_t)3 << 20;
    char *text = mem_new(1, len);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)(i * 7 + i / 251);
    struct late_file *file = make();
    struct process *process = cat();
    assert_true(await(loop, was_opened, NULL));
    assert_int_equal(fs_write(from, text, len, 0600, &err), 0);
    assert_int_equal(late_file_settle(file, from, &err), 0);
    cat_got(process, text, len);
    late_file_free(file);
    free(text);
}

/* One that found the pipe under the name right before the file replaced it. */
static void who_comes_between_is_fed_as_well(void **state)
{
    (void)state;
    struct err err;
    struct late_file *file = make();
    int place = open(path, O_PATH | O_CLOEXEC);
    assert_true(place >= 0);
    assert_int_equal(fs_write(from, "hello", 5, 0600, &err), 0);
    assert_int_equal(late_file_settle(file, from, &err), 0);
    (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getpid(), place);
    cat_got(cat(), "hello", 5);
    (void)close(place);
    late_file_free(file);
}

static void without_content_it_is_empty(void **state)
{
    (void)state;
    struct err err;
    struct late_file *file = make();
    struct process *process = cat();
    assert_true(await(loop, was_opened, NULL));
    assert_int_equal(late_file_settle(file, from, &err), ERR_SYSTEM);
    cat_got(process, "", 0);
    late_file_free(file);
}

static void its_name_must_be_free(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(fs_write(path, "", 0, 0600, &err), 0);
    assert_null(late_file_new(loop, path, on_open, NULL, &err));
    assert_int_equal(err.code, ERR_SYSTEM);
    assert_non_null(strstr(err.message, path));
}

static void nobody_reads_it(void **state)
{
    (void)state;
    struct err err;
    struct stat info;
    struct late_file *file = make();
    assert_int_equal(lstat(path, &info), 0);
    assert_true(S_ISFIFO(info.st_mode));
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(fs_write(from, "hello", 5, 0600, &err), 0);
    assert_int_equal(late_file_settle(file, from, &err), 0);
    late_file_free(file);
    assert_int_equal(opens, 0);
    late_file_free(make());
    late_file_free(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_reader_waits_for_the_content, begin, end),
        cmocka_unit_test_setup_teardown(more_than_a_pipe_holds, begin, end),
        cmocka_unit_test_setup_teardown(who_comes_between_is_fed_as_well, begin, end),
        cmocka_unit_test_setup_teardown(without_content_it_is_empty, begin, end),
        cmocka_unit_test_setup_teardown(its_name_must_be_free, begin, end),
        cmocka_unit_test_setup_teardown(nobody_reads_it, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
