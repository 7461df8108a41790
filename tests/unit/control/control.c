/* The control socket: a real server on a loop, real clients on other threads. */
#include "check.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/vec.h"
#include "control/control.h"
#include "platform/fs.h"
#include "platform/local_socket.h"

#define PATIENCE_MS 30000 /* no test waits longer for anything */
#define BIG_BYTES   ((size_t)900 << 10)
#define CROWD       40

#define STATUS "{\"v\":1,\"command\":\"status\"}"
#define HOLD   "{\"v\":1,\"command\":\"hold\"}"

/* One project with a zonda, and what happened to it. */
struct world {
    char scratch[64];
    char *root;
    struct loop *loop;
    struct control *control;
    struct timer *closing;
    VEC(struct control_client *) held;
    int requests;
    _Atomic int gone; /* read by clients */
    bool stop_on_gone;
    void (*client)(struct world *world); /* on another thread */
};

/* --- the server's side --- */

static void release(struct world *world)
{
    while (world->held.len) {
        struct control_client *client = world->held.at[--world->held.len];
        control_answer(client, "{\"v\":1,\"ok\":true,\"released\":true}");
    }
}

static void answer_big(struct control_client *client)
{
    char *text = mem_new(BIG_BYTES + 1, 1);
    memset(text, 'x', BIG_BYTES);
    text[0] = text[BIG_BYTES - 1] = '"';
    control_answer(client, text);
    free(text);
}

static void on_request(void *data, struct control_client *client, const char *command,
                       const struct json *request)
{
    struct world *world = data;
    world->requests++;
    assert_non_null(json_text(json_get(request, "command")));
    if (strcmp(command, "hold") == 0) {
        vec_push(&world->held, client);
    } else if (strcmp(command, "big") == 0) {
        answer_big(client);
    } else if (strcmp(command, "huge") == 0) {
        char *text = mem_new(CONTROL_ANSWER_MAX + 2, 1);
        memset(text, 'x', CONTROL_ANSWER_MAX + 1);
        control_answer(client, text);
        free(text);
    } else if (strcmp(command, "held") == 0) {
        char *text = mem_format("{\"v\":1,\"ok\":true,\"held\":%zu}", world->held.len);
        control_answer(client, text);
        free(text);
    } else {
        if (strcmp(command, "release") == 0)
            release(world);
        if (strcmp(command, "close") == 0)
            timer_start(world->closing, 0);
        control_answer(client, "{\"v\":1,\"ok\":true,\"state\":\"ready\"}\n");
    }
}

static void on_gone(void *data, struct control_client *client)
{
    struct world *world = data;
    for (size_t i = 0; i < world->held.len; i++)
        if (world->held.at[i] == client) {
            vec_remove(&world->held, i);
            world->gone++;
            break;
        }
    if (world->stop_on_gone)
        loop_stop(world->loop);
}

static void closing(void *data)
{
    struct world *world = data;
    control_close(world->control);
    world->control = NULL;
}

/* --- set up, run, take down --- */

static int setup(void **state)
{
    struct world *world = mem_new(1, sizeof *world);
    struct err err;
    (void)snprintf(world->scratch, sizeof world->scratch, "/tmp/zonda-test-XXXXXX");
    assert_non_null(mkdtemp(world->scratch));
    assert_int_equal(setenv("XDG_RUNTIME_DIR", world->scratch, 1), 0);
    world->root = mem_format("%s/project", world->scratch);
    char *below = mem_format("%s/internal/web", world->root);
    assert_int_equal(fs_mkdirs(below, 0755, &err), 0);
    free(below);
    world->loop = loop_new(&err);
    world->closing = timer_new(world->loop, closing, world);
    world->control = control_open(world->loop, world->root, on_request, on_gone, world, &err);
    assert_non_null(world->control);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    struct err err;
    control_close(world->control);
    timer_free(world->closing);
    loop_free(world->loop);
    vec_fini(&world->held);
    assert_int_equal(fs_remove_tree(world->scratch, &err), 0);
    free(world->root);
    free(world);
    return 0;
}

static void client_work(void *data)
{
    struct world *world = data;
    world->client(world);
}

static void client_done(void *data)
{
    struct world *world = data;
    if (!world->stop_on_gone)
        loop_stop(world->loop);
}

/* Runs the loop until client has returned. */
static void run(struct world *world, void (*client)(struct world *world))
{
    world->client = client;
    work_submit(world->loop, client_work, client_done, world);
    loop_run(world->loop);
}

/* --- the client's side. A failed check on another thread cannot use cmocka: it ends the program.
 */

static void need(bool truth, const char *what)
{
    if (truth)
        return;
    (void)fprintf(stderr, "failed: %s\n", what);
    abort();
}

static int dial(const struct world *world)
{
    struct err err;
    char *path = control_path(world->root, &err);
    need(path != NULL, "control_path");
    int fd = local_socket_connect(path, &err);
    need(fd >= 0, "connect");
    free(path);
    return fd;
}

/* Sends text on fd and needs the answer to hold wanted. */
static void exchange(int fd, const char *text, const char *wanted)
{
    struct err err = {0};
    struct buf answer = BUF_INIT(CONTROL_ANSWER_MAX);
    int failed = local_socket_exchange(fd, text, strlen(text), PATIENCE_MS, &answer, &err);
    need(!failed, err.message);
    if (!strstr(buf_text(&answer), wanted))
        (void)fprintf(stderr, "answer: %s\nwanted: %s\n", buf_text(&answer), wanted);
    need(strstr(buf_text(&answer), wanted) != NULL, "the answer");
    buf_fini(&answer);
}

static void ask_once(const struct world *world, const char *text, const char *wanted)
{
    int fd = dial(world);
    exchange(fd, text, wanted);
    char more;
    need(read(fd, &more, 1) <= 0, "the connection ends after one answer");
    (void)close(fd);
}

static void ask_below_root(struct world *world)
{
    struct err err = {0};
    struct buf answer = BUF_INIT(CONTROL_ANSWER_MAX);
    char *below = mem_format("%s/internal/web", world->root);
    need(control_ask(below, STATUS, PATIENCE_MS, &answer, &err) == 0, err.message);
    need(strcmp(buf_text(&answer), "{\"v\":1,\"ok\":true,\"state\":\"ready\"}") == 0, "answer");
    free(below);
    buf_fini(&answer);
}

static void answers_from_a_directory_below(void **state)
{
    struct world *world = *state;
    run(world, ask_below_root);
    assert_int_equal(world->requests, 1);
}

static void send_in_pieces(struct world *world)
{
    static const char text[] = STATUS "\n";
    int fd = dial(world);
    for (size_t i = 0; i + 1 < sizeof text - 1; i++) {
        need(write(fd, text + i, 1) == 1, "write");
        if (i % 7 == 0)
            ask_once(world, STATUS "\n", "ready"); /* the loop has turned in between */
    }
    exchange(fd, "\n", "\"state\":\"ready\"");
    (void)close(fd);
    /* What follows the first line is not looked at. */
    ask_once(world, STATUS "\nrubbish\n", "ready");
}

static void takes_a_request_in_pieces(void **state)
{
    run(*state, send_in_pieces);
}

static void send_mistakes(struct world *world)
{
    ask_once(world, "GET / HTTP/1.1\r\n\r\n", "not one line of JSON");
    ask_once(world, "\n", "not one line of JSON");
    ask_once(world, "[1]\n", "no protocol version");
    ask_once(world, "{\"command\":\"status\"}\n", "no protocol version");
    ask_once(world, "{\"v\":2,\"command\":\"status\"}\n", "unknown protocol version 2");
    ask_once(world, "{\"v\":2,\"command\":\"status\"}\n", "this zonda speaks version 1");
    ask_once(world, "{\"v\":1}\n", "no command");
    ask_once(world, "{\"v\":1,\"command\":7}\n", "no command");
    ask_once(world, "\xff\xfe\x80\n", "\"ok\":false");
}

static void refuses_mistakes_with_an_error_line(void **state)
{
    struct world *world = *state;
    run(world, send_mistakes);
    assert_int_equal(world->requests, 0);
}

static void send_too_much(struct world *world)
{
    char text[CONTROL_REQUEST_MAX + 512];
    memset(text, ' ', sizeof text);
    text[sizeof text - 1] = '\0';
    int fd = dial(world);
    exchange(fd, text, "too long");
    (void)close(fd);
    ask_once(world, STATUS "\n", "ready");
}

static void refuses_a_request_that_is_too_long(void **state)
{
    struct world *world = *state;
    run(world, send_too_much);
    assert_int_equal(world->requests, 1);
}

static void say_nothing(struct world *world)
{
    int quiet = dial(world), gone = dial(world);
    (void)close(gone);
    ask_once(world, STATUS "\n", "ready"); /* the others are not kept waiting */
    exchange(quiet, "{", "no request came within 5 s");
    (void)close(quiet);
}

static void drops_a_client_that_says_nothing(void **state)
{
    run(*state, say_nothing);
}

static void read_big(struct world *world)
{
    struct err err = {0};
    struct buf answer = BUF_INIT(CONTROL_ANSWER_MAX);
    int fd = dial(world);
    static const char text[] = "{\"v\":1,\"command\":\"big\"}\n";
    need(write(fd, text, sizeof text - 1) == (ssize_t)sizeof text - 1, "write");
    /* The kernel's buffer is full long before: the server is in the middle of the answer. */
    ask_once(world, STATUS "\n", "ready");
    need(local_socket_exchange(fd, "", 0, PATIENCE_MS, &answer, &err) == 0, err.message);
    need(answer.len == BIG_BYTES && answer.data[BIG_BYTES - 1] == '"', "all of the answer");
    buf_fini(&answer);
    (void)close(fd);
    ask_once(world, "{\"v\":1,\"command\":\"huge\"}\n", "the answer is too long");
}

static void writes_a_big_answer_in_pieces(void **state)
{
    run(*state, read_big);
}

static void hold_and_go(struct world *world)
{
    int fd = dial(world);
    need(write(fd, HOLD "\n", sizeof HOLD) == (ssize_t)sizeof HOLD, "write");
    (void)close(fd);
}

static void tells_that_a_client_is_gone(void **state)
{
    struct world *world = *state;
    world->stop_on_gone = true;
    run(world, hold_and_go);
    assert_int_equal(world->gone, 1);
    assert_int_equal(world->held.len, 0);
}

/* Asks until count clients are held. */
static void await_held(struct world *world, const char *count)
{
    struct buf answer = BUF_INIT(CONTROL_ANSWER_MAX);
    struct err err = {0};
    uint64_t deadline_ns = clock_mono_ns() + PATIENCE_MS * CLOCK_NS_PER_MS;
    do {
        buf_reset(&answer);
        need(control_ask(world->root, "{\"v\":1,\"command\":\"held\"}", PATIENCE_MS, &answer,
                         &err) == 0,
             err.message);
    } while (!strstr(buf_text(&answer), count) && clock_mono_ns() < deadline_ns);
    need(strstr(buf_text(&answer), count) != NULL, count);
    buf_fini(&answer);
}

static void hold_half_closed(struct world *world)
{
    int fd = dial(world);
    need(write(fd, HOLD "\n", sizeof HOLD) == (ssize_t)sizeof HOLD, "write");
    need(shutdown(fd, SHUT_WR) == 0, "shutdown");
    await_held(world, "\"held\":1");
    ask_once(world, "{\"v\":1,\"command\":\"release\"}\n", "ready");
    struct buf answer = BUF_INIT(CONTROL_ANSWER_MAX);
    struct err err = {0};
    need(local_socket_exchange(fd, "", 0, PATIENCE_MS, &answer, &err) == 0, err.message);
    need(strstr(buf_text(&answer), "released") != NULL, "released");
    buf_fini(&answer);
    (void)close(fd);
}

static void answers_a_client_that_only_stopped_sending(void **state)
{
    struct world *world = *state;
    run(world, hold_half_closed);
    assert_int_equal(world->gone, 0);
}

static void half_close_and_go(struct world *world)
{
    int fd = dial(world);
    need(write(fd, HOLD "\n", sizeof HOLD) == (ssize_t)sizeof HOLD, "write");
    need(shutdown(fd, SHUT_WR) == 0, "shutdown");
    await_held(world, "\"held\":1");
    (void)close(fd);
}

static void notices_that_a_half_closed_client_goes(void **state)
{
    struct world *world = *state;
    world->stop_on_gone = true;
    run(world, half_close_and_go);
    assert_int_equal(world->gone, 1);
}

static void crowd(struct world *world)
{
    int fds[CROWD];
    for (int i = 0; i < CROWD; i++) {
        fds[i] = dial(world);
        need(write(fds[i], STATUS, sizeof STATUS - 1) == (ssize_t)sizeof STATUS - 1, "write");
    }
    for (int i = 0; i < CROWD; i++) {
        exchange(fds[i], "\n", "ready");
        (void)close(fds[i]);
    }
}

static void serves_forty_clients(void **state)
{
    struct world *world = *state;
    run(world, crowd);
    assert_int_equal(world->requests, CROWD);
}

static void waiting_crowd(struct world *world)
{
    int fds[CONTROL_CLIENTS_MAX];
    for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        fds[i] = dial(world);
        need(write(fds[i], HOLD "\n", sizeof HOLD) == (ssize_t)sizeof HOLD, "write");
    }
    ask_once(world, STATUS "\n", "too many requests");
    (void)close(fds[0]); /* makes room */
    for (int i = 0; i < PATIENCE_MS && world->gone == 0; i++)
        (void)poll(NULL, 0, 1);
    ask_once(world, "{\"v\":1,\"command\":\"release\"}\n", "ready");
    for (int i = 1; i < CONTROL_CLIENTS_MAX; i++) {
        exchange(fds[i], "", "released");
        (void)close(fds[i]);
    }
}

static void refuses_beyond_the_bound_and_recovers(void **state)
{
    struct world *world = *state;
    run(world, waiting_crowd);
    assert_int_equal(world->gone, 1);
}

static void wait_for_the_end(struct world *world)
{
    struct err err = {0};
    int fd = dial(world);
    need(write(fd, HOLD "\n", sizeof HOLD) == (ssize_t)sizeof HOLD, "write");
    await_held(world, "\"held\":1");
    ask_once(world, "{\"v\":1,\"command\":\"close\"}\n", "ready");
    exchange(fd, "", "zonda ended before");
    (void)close(fd);
    struct buf answer = BUF_INIT((size_t)100);
    need(control_ask(world->root, STATUS, PATIENCE_MS, &answer, &err) == ERR_APP, "nobody here");
    need(strstr(err.message, "no zonda runs for") != NULL, err.message);
    need(*err.hint, "a hint");
    buf_fini(&answer);
}

static void answers_those_who_wait_when_it_closes(void **state)
{
    struct world *world = *state;
    struct err err;
    run(world, wait_for_the_end);
    assert_int_equal(world->gone, 1);
    char *path = control_path(world->root, &err);
    assert_int_equal(fs_stat(path, false).kind, FS_NONE);
    free(path);
}

static void ask_impatiently(struct world *world)
{
    struct err err = {0};
    struct buf answer = BUF_INIT((size_t)100);
    need(control_ask(world->root, HOLD, 30, &answer, &err) == CONTROL_TIMEOUT, "timeout");
    buf_fini(&answer);
}

static void gives_up_when_there_is_no_answer(void **state)
{
    run(*state, ask_impatiently);
}

static void is_the_only_one_for_a_root(void **state)
{
    struct world *world = *state;
    struct err err = {0};
    struct control *second =
        control_open(world->loop, world->root, on_request, on_gone, world, &err);
    assert_null(second);
    assert_int_equal(err.code, ERR_USAGE);
    char *wanted = mem_format("zonda already runs here (pid %d)", getpid());
    assert_string_equal(err.message, wanted);
    free(wanted);
    assert_true(err.hint[0]);
    /* Another project is another matter. */
    struct control *other =
        control_open(world->loop, world->scratch, on_request, on_gone, world, &err);
    assert_non_null(other);
    control_close(other);
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(answers_from_a_directory_below),
        IN_A_WORLD(takes_a_request_in_pieces),
        IN_A_WORLD(refuses_mistakes_with_an_error_line),
        IN_A_WORLD(refuses_a_request_that_is_too_long),
        IN_A_WORLD(drops_a_client_that_says_nothing),
        IN_A_WORLD(writes_a_big_answer_in_pieces),
        IN_A_WORLD(tells_that_a_client_is_gone),
        IN_A_WORLD(answers_a_client_that_only_stopped_sending),
        IN_A_WORLD(notices_that_a_half_closed_client_goes),
        IN_A_WORLD(serves_forty_clients),
        IN_A_WORLD(refuses_beyond_the_bound_and_recovers),
        IN_A_WORLD(answers_those_who_wait_when_it_closes),
        IN_A_WORLD(gives_up_when_there_is_no_answer),
        IN_A_WORLD(is_the_only_one_for_a_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
