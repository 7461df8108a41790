/*
 * The server's side of the control socket, in the running zonda.
 *
 * A client goes READING → ASKED → WRITING and is freed; none goes back. One that says nothing or
 * takes nothing is dropped when its time is over; only the engine may keep one waiting (ASKED).
 * Where all places are taken, new ones wait in the kernel's queue, and are refused after a second:
 * a burst of short requests is served, a crowd of waiting ones does not lock the others out without
 * a word.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "control/control.h"
#include "platform/fs.h"
#include "platform/local_socket.h"

#define PATIENCE_MS  5000 /* for a request to come, for an answer to be taken */
#define CROWDED_MS   1000 /* until those beyond CONTROL_CLIENTS_MAX are refused */
#define HALF_OPEN_MS 500  /* between looks at a client that has shut down its sending side */
#define REFUSED_MAX  64   /* in one turn of the loop */

enum client_state { READING, ASKED, WRITING };

struct control_client {
    struct control *control;
    enum client_state state;
    int fd;
    struct io *io;
    struct timer *timer;
    struct buf in, out;
};

struct control {
    struct loop *loop;
    char *path;
    int fd;
    struct io *io;
    struct timer *crowded;
    control_request_fn *on_request;
    control_gone_fn *on_gone;
    void *data;
    VEC(struct control_client *) clients;
};

/* --- answers --- */

static void error_line(struct buf *out, const char *error, const char *hint)
{
    struct json_writer writer = {.out = out};
    json_object_begin(&writer, NULL);
    json_int(&writer, "v", CONTROL_VERSION);
    json_bool(&writer, "ok", false);
    json_string(&writer, "error", error);
    json_string(&writer, "hint", hint);
    json_object_end(&writer);
    (void)buf_putc(out, '\n');
}

static void client_free(struct control_client *client)
{
    struct control *control = client->control;
    for (size_t i = 0; i < control->clients.len; i++)
        if (control->clients.at[i] == client) {
            vec_remove(&control->clients, i);
            break;
        }
    io_free(client->io);
    timer_free(client->timer);
    fs_fd_close(&client->fd);
    buf_fini(&client->in);
    buf_fini(&client->out);
    free(client);
    /* There is room again. */
    if (control->io) {
        timer_stop(control->crowded);
        io_want(control->io, IO_READ);
    }
}

/* Sends what the socket takes; true while there is more to send and a peer to take it. */
static bool send_some(struct control_client *client)
{
    while (client->out.len) {
        long sent = local_socket_send(client->fd, client->out.data, client->out.len);
        if (sent < 0)
            return errno == EAGAIN;
        buf_consume(&client->out, (size_t)sent);
    }
    return false;
}

static void client_write(struct control_client *client)
{
    client->state = WRITING;
    if (!send_some(client)) {
        client_free(client);
        return;
    }
    timer_start(client->timer, PATIENCE_MS);
    io_want(client->io, IO_WRITE);
}

void control_refuse(struct control_client *client, const char *error, const char *hint)
{
    buf_reset(&client->out);
    error_line(&client->out, error, hint);
    client_write(client);
}

void control_answer(struct control_client *client, const char *json_line)
{
    size_t len = strlen(json_line);
    bool newline = len > 0 && json_line[len - 1] == '\n';
    if (buf_append(&client->out, json_line, len) || (!newline && buf_putc(&client->out, '\n'))) {
        control_refuse(client, "the answer is too long", NULL);
        return;
    }
    client_write(client);
}

/* --- requests --- */

static void client_ask(struct control_client *client, const struct json *request)
{
    int64_t version = json_number(json_get(request, "v"), -1);
    const char *command = json_text(json_get(request, "command"));
    if (version != CONTROL_VERSION) {
        char *error = version < 0 ? mem_string("the request has no protocol version")
                                  : mem_format("unknown protocol version %lld", (long long)version);
        control_refuse(client, error,
                       "this zonda speaks version 1: {\"v\":1,\"command\":\"status\"}");
        free(error);
    } else if (!command) {
        control_refuse(client, "the request has no command",
                       "write it like this: {\"v\":1,\"command\":\"status\"}");
    } else {
        struct control *control = client->control;
        client->state = ASKED;
        timer_stop(client->timer);
        io_want(client->io, IO_HANGUP);
        control->on_request(control->data, client, command, request);
    }
}

static void client_line(struct control_client *client, size_t len)
{
    struct err err = {0};
    struct json *request = json_parse(client->in.data, len, &err);
    if (request) {
        client_ask(client, request);
        json_free(request);
        return;
    }
    char *error = mem_format("the request is not one line of JSON: %s", err.message);
    control_refuse(client, error, "write it like this: {\"v\":1,\"command\":\"status\"}");
    free(error);
}

static void client_read(struct control_client *client)
{
    char piece[1024];
    long got = fs_fd_read(client->fd, piece, sizeof piece);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        client_free(client); /* gone before it asked anything */
        return;
    }
    size_t old = client->in.len;
    const char *end = memchr(piece, '\n', (size_t)got);
    size_t len = end ? (size_t)(end - piece) : (size_t)got;
    if (buf_append(&client->in, piece, len)) {
        control_refuse(client, "the request is too long", "a request has at most 4096 bytes");
        return;
    }
    if (end)
        client_line(client, old + len);
}

/* A client that waits closed its socket, or only its sending side (as nc -N does): the latter still
   wants its answer, and the kernel has no event for the rest of it, so it is looked at. */
static void client_hangup(struct control_client *client)
{
    if (!local_socket_gone(client->fd)) {
        io_want(client->io, 0);
        timer_start(client->timer, HALF_OPEN_MS);
        return;
    }
    struct control *control = client->control;
    control->on_gone(control->data, client);
    client_free(client);
}

static void client_ready(void *data, int events)
{
    struct control_client *client = data;
    (void)events;
    if (client->state == READING)
        client_read(client);
    else if (client->state == ASKED)
        client_hangup(client);
    else if (!send_some(client))
        client_free(client);
}

static void client_late(void *data)
{
    struct control_client *client = data;
    if (client->state == READING)
        control_refuse(client, "no request came within 5 s", NULL);
    else if (client->state == ASKED)
        client_hangup(client);
    else
        client_free(client);
}

/* --- the listening socket --- */

static void client_new(struct control *control, int fd)
{
    struct control_client *client = mem_new(1, sizeof *client);
    client->control = control;
    client->fd = fd;
    client->in = (struct buf)BUF_INIT(CONTROL_REQUEST_MAX);
    client->out = (struct buf)BUF_INIT(CONTROL_ANSWER_MAX);
    client->timer = timer_new(control->loop, client_late, client);
    client->io = io_new(control->loop, fd, client_ready, client);
    vec_push(&control->clients, client);
    timer_start(client->timer, PATIENCE_MS);
    io_want(client->io, IO_READ);
}

static void control_pause(struct control *control)
{
    io_want(control->io, 0);
    timer_start(control->crowded, CROWDED_MS);
}

static void control_ready(void *data, int events)
{
    struct control *control = data;
    (void)events;
    size_t before = control->clients.len;
    int fd = -1;
    while (control->clients.len < CONTROL_CLIENTS_MAX &&
           (fd = local_socket_accept(control->fd)) >= 0)
        client_new(control, fd);
    /* All places are taken, or the system has no descriptor left: not again at once. */
    if (control->clients.len == CONTROL_CLIENTS_MAX || control->clients.len == before)
        control_pause(control);
}

static void control_crowded(void *data)
{
    struct control *control = data;
    if (control->clients.len < CONTROL_CLIENTS_MAX) {
        io_want(control->io, IO_READ);
        return;
    }
    struct buf line = BUF_INIT(1024);
    error_line(&line, "too many requests are waiting for an answer",
               "end some of the programs that wait for zonda");
    for (int left = REFUSED_MAX; left > 0; left--) {
        int fd = local_socket_accept(control->fd);
        if (fd < 0)
            break;
        (void)local_socket_send(fd, line.data, line.len); /* a fresh socket has room */
        fs_fd_close(&fd);
    }
    buf_fini(&line);
    timer_start(control->crowded, CROWDED_MS);
}

struct control *control_open(struct loop *loop, const char *root, control_request_fn *on_request,
                             control_gone_fn *on_gone, void *data, struct err *err)
{
    char *path = control_path(root, err);
    if (!path)
        return NULL;
    int fd = local_socket_listen(path, err);
    if (fd < 0) {
        if (fd == ERR_USAGE) {
            err_set(err, ERR_USAGE, "zonda already runs here (pid %d)", local_socket_holder(path));
            err_hint(err, "end it first, or ask it: zonda status, zonda trigger");
        }
        free(path);
        return NULL;
    }
    struct control *control = mem_new(1, sizeof *control);
    control->loop = loop;
    control->path = path;
    control->fd = fd;
    control->on_request = on_request;
    control->on_gone = on_gone;
    control->data = data;
    control->crowded = timer_new(loop, control_crowded, control);
    control->io = io_new(loop, fd, control_ready, control);
    io_want(control->io, IO_READ);
    return control;
}

void control_close(struct control *control)
{
    if (!control)
        return;
    /* The name goes first: after the descriptor is closed the next zonda may have taken it. */
    struct err ignored;
    (void)fs_unlink(control->path, &ignored);
    io_free(control->io);
    control->io = NULL;
    timer_free(control->crowded);
    fs_fd_close(&control->fd);
    while (control->clients.len) {
        struct control_client *client = control->clients.at[0];
        if (client->state == ASKED) {
            control->on_gone(control->data, client);
            error_line(&client->out, "zonda ended before there was an answer", NULL);
        }
        (void)send_some(client);
        client_free(client);
    }
    vec_fini(&control->clients);
    free(control->path);
    free(control);
}
