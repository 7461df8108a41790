/* The control socket's file and connections. */
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/fs.h"
#include "platform/local_socket.h"

static char scratch[64];
static char *path;

static int setup(void **state)
{
    (void)state;
    (void)snprintf(scratch, sizeof scratch, "/tmp/zonda-test-XXXXXX");
    assert_non_null(mkdtemp(scratch));
    path = mem_format("%s/x.sock", scratch);
    return 0;
}

static int teardown(void **state)
{
    struct err err;
    (void)state;
    free(path);
    return fs_remove_tree(scratch, &err);
}

static unsigned mode_of(const char *file)
{
    struct stat st;
    assert_int_equal(lstat(file, &st), 0);
    assert_true(S_ISSOCK(st.st_mode));
    return st.st_mode & 07777;
}

static void is_private_whatever_the_umask(void **state)
{
    struct err err;
    (void)state;
    mode_t old = umask(0);
    int fd = local_socket_listen(path, &err);
    (void)umask(old);
    assert_true(fd >= 0);
    assert_int_equal(mode_of(path), 0600);
    (void)close(fd);
}

static void replaces_what_a_killed_one_left(void **state)
{
    struct err err;
    (void)state;
    int dead = local_socket_listen(path, &err);
    assert_true(dead >= 0);
    (void)close(dead); /* the file stays */
    int fd = local_socket_listen(path, &err);
    assert_true(fd >= 0);
    int client = local_socket_connect(path, &err);
    assert_true(client >= 0);
    (void)close(client);
    (void)close(fd);
}

static void replaces_a_plain_file(void **state)
{
    struct err err;
    (void)state;
    assert_int_equal(fs_write(path, "x", 1, 0644, &err), 0);
    int fd = local_socket_listen(path, &err);
    assert_true(fd >= 0);
    assert_int_equal(mode_of(path), 0600);
    (void)close(fd);
}

static void refuses_where_somebody_answers(void **state)
{
    struct err err;
    (void)state;
    int first = local_socket_listen(path, &err);
    assert_true(first >= 0);
    assert_int_equal(local_socket_listen(path, &err), ERR_USAGE);
    assert_non_null(strstr(err.message, path));
    assert_int_equal(local_socket_holder(path), getpid());
    (void)close(first);
    assert_int_equal(local_socket_holder(path), 0);
}

static void refuses_a_path_that_is_too_long(void **state)
{
    struct err err;
    (void)state;
    char *longer = mem_format("%s/%0120d.sock", scratch, 7);
    assert_int_equal(local_socket_listen(longer, &err), ERR_SYSTEM);
    assert_non_null(strstr(err.message, "107"));
    assert_non_null(strstr(err.hint, "XDG_RUNTIME_DIR"));
    free(longer);
}

static void a_directory_that_is_not_there_is_an_error(void **state)
{
    struct err err;
    (void)state;
    char *missing = mem_format("%s/no/x.sock", scratch);
    assert_int_equal(local_socket_listen(missing, &err), ERR_SYSTEM);
    assert_int_equal(local_socket_connect(missing, &err), ERR_SYSTEM);
    free(missing);
}

static void accepts_until_there_is_nobody(void **state)
{
    struct err err;
    (void)state;
    int fd = local_socket_listen(path, &err);
    assert_int_equal(local_socket_accept(fd), -1);
    int client = local_socket_connect(path, &err);
    int server = local_socket_accept(fd);
    assert_true(server >= 0);
    assert_int_equal(local_socket_accept(fd), -1);
    (void)close(server);
    (void)close(client);
    (void)close(fd);
}

static void tells_gone_from_half_closed(void **state)
{
    int pair[2];
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_false(local_socket_gone(pair[0]));
    (void)shutdown(pair[1], SHUT_WR);
    assert_false(local_socket_gone(pair[0]));
    (void)close(pair[1]);
    assert_true(local_socket_gone(pair[0]));
    assert_int_equal(local_socket_send(pair[0], "x", 1), -1); /* and no SIGPIPE */
    assert_int_equal(errno, EPIPE);
    (void)close(pair[0]);
}

static void reads_one_line(void **state)
{
    int pair[2];
    struct err err;
    struct buf answer = BUF_INIT((size_t)100);
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(write(pair[1], "yes\nno\n", 7), 7);
    assert_int_equal(local_socket_exchange(pair[0], "ask\n", 4, 5000, &answer, &err), 0);
    assert_string_equal(buf_text(&answer), "yes");
    char asked[8] = "";
    assert_int_equal(read(pair[1], asked, sizeof asked), 4);
    assert_string_equal(asked, "ask\n");
    buf_fini(&answer);
    (void)close(pair[0]);
    (void)close(pair[1]);
}

static void gives_up_in_time(void **state)
{
    int pair[2];
    struct err err;
    struct buf answer = BUF_INIT((size_t)100);
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(local_socket_exchange(pair[0], "ask\n", 4, 20, &answer, &err),
                     LOCAL_SOCKET_TIMEOUT);
    assert_int_equal(err.code, ERR_SYSTEM);
    /* An end without a line, and a line that is too long, are errors of their own. */
    (void)close(pair[1]);
    assert_int_equal(local_socket_exchange(pair[0], "ask\n", 4, 5000, &answer, &err), ERR_SYSTEM);
    (void)close(pair[0]);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    char longer[200];
    memset(longer, 'x', sizeof longer);
    assert_int_equal(write(pair[1], longer, sizeof longer), sizeof longer);
    assert_int_equal(local_socket_exchange(pair[0], "ask\n", 4, 5000, &answer, &err), ERR_SYSTEM);
    assert_non_null(strstr(err.message, "longer"));
    (void)close(pair[0]);
    (void)close(pair[1]);
    buf_fini(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_private_whatever_the_umask, setup, teardown),
        cmocka_unit_test_setup_teardown(replaces_what_a_killed_one_left, setup, teardown),
        cmocka_unit_test_setup_teardown(replaces_a_plain_file, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_where_somebody_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_a_path_that_is_too_long, setup, teardown),
        cmocka_unit_test_setup_teardown(a_directory_that_is_not_there_is_an_error, setup, teardown),
        cmocka_unit_test_setup_teardown(accepts_until_there_is_nobody, setup, teardown),
        cmocka_unit_test(tells_gone_from_half_closed),
        cmocka_unit_test(reads_one_line),
        cmocka_unit_test(gives_up_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
