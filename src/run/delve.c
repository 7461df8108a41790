#include "run/delve.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/fs.h"
#include "platform/tcp.h"

#define AGAIN_MS    20
#define CALL_MAX    ((size_t)1 << 20)
#define ANSWER_MAX  ((size_t)8 << 20)
#define PIECE_BYTES 16384

struct delve {
    struct loop *loop;
    uint16_t port;
    struct delve_events events;
    int fd;
    struct io *io;
    struct timer *again, *patience;
    bool open;
    struct buf out, in;
    size_t sent;
    uint64_t id; /* of the last call */
    delve_answer_fn *answer;
};

static void disconnect(struct delve *delve)
{
    io_free(delve->io);
    delve->io = NULL;
    fs_fd_close(&delve->fd);
}

/* Tells it, and touches nothing afterwards: it may be closed by then. */
static void failed(struct delve *delve, const char *why)
{
    disconnect(delve);
    timer_stop(delve->again);
    timer_stop(delve->patience);
    delve->events.on_failed(delve->events.data, why);
}

static void out_of_patience(void *data)
{
    failed(data, "it does not answer");
}

/* --- answers --- */

/* The first line of what came, taken out of it. Heap, or NULL. */
static char *take_line(struct delve *delve)
{
    const char *text = buf_text(&delve->in), *end = memchr(text, '\n', delve->in.len);
    if (!end)
        return NULL;
    char *line = mem_string_n(text, (size_t)(end - text));
    buf_consume(&delve->in, (size_t)(end - text) + 1);
    return line;
}

static void read_answer(struct delve *delve, const char *line)
{
    struct err err;
    struct json *root = json_parse(line, strlen(line), &err);
    delve_answer_fn *answer = delve->answer;
    if (!root || !answer || json_number(json_get(root, "id"), -1) != (int64_t)delve->id) {
        json_free(root);
        failed(delve, "its answer is not understood");
        return;
    }
    delve->answer = NULL;
    answer(delve->events.data, json_get(root, "result"), json_text(json_get(root, "error")));
    json_free(root);
}

static void receive(struct delve *delve)
{
    char piece[PIECE_BYTES];
    long len = fs_fd_read(delve->fd, piece, sizeof piece);
    if (len < 0 && errno == EAGAIN)
        return;
    if (len <= 0) {
        failed(delve, "it has closed the connection");
        return;
    }
    (void)buf_append(&delve->in, piece, (size_t)len);
    if (delve->in.truncated) {
        failed(delve, "its answer is too long");
        return;
    }
    char *line = take_line(delve);
    if (line)
        read_answer(delve, line);
    free(line);
}

/* --- calls --- */

static void send_more(struct delve *delve)
{
    long len =
        fs_fd_write(delve->fd, buf_text(&delve->out) + delve->sent, delve->out.len - delve->sent);
    if (len > 0)
        delve->sent += (size_t)len;
    if (delve->sent == delve->out.len)
        io_want(delve->io, IO_READ); /* also tells of a broken connection */
}

void delve_call(struct delve *delve, const char *method, const char *params,
                delve_answer_fn *answer)
{
    delve->answer = answer;
    delve->sent = 0;
    buf_reset(&delve->out);
    (void)buf_printf(&delve->out,
                     "{\"method\":\"RPCServer.%s\",\"params\":[%s],\"id\":%" PRIu64 "}\n", method,
                     params, ++delve->id);
    io_want(delve->io, IO_READ | IO_WRITE);
}

void delve_have_patience(struct delve *delve)
{
    timer_stop(delve->patience);
}

/* --- the connection --- */

static void connected(void *data, int events)
{
    struct delve *delve = data;
    if (delve->open) {
        if (events & IO_WRITE && delve->sent < delve->out.len)
            send_more(delve);
        if (events & (IO_READ | IO_HANGUP))
            receive(delve);
        return;
    }
    if (tcp_connected(delve->fd) != 0) {
        disconnect(delve);
        timer_start(delve->again, AGAIN_MS);
        return;
    }
    delve->open = true;
    io_want(delve->io, IO_READ);
    delve->events.on_open(delve->events.data);
}

static void connect_now(void *data)
{
    struct delve *delve = data;
    const struct tcp_address at = {.family = TCP_IPV4, .port = delve->port, .ip = {127, 0, 0, 1}};
    bool pending;
    delve->fd = tcp_connect(&at, &pending);
    if (delve->fd < 0) {
        disconnect(delve);
        timer_start(delve->again, AGAIN_MS);
        return;
    }
    delve->io = io_new(delve->loop, delve->fd, connected, delve);
    io_want(delve->io, IO_WRITE);
}

struct delve *delve_open(struct loop *loop, uint16_t port, uint32_t patience_ms,
                         const struct delve_events *events)
{
    struct delve *delve = mem_new(1, sizeof *delve);
    delve->loop = loop;
    delve->port = port;
    delve->events = *events;
    delve->fd = -1;
    delve->again = timer_new(loop, connect_now, delve);
    delve->patience = timer_new(loop, out_of_patience, delve);
    buf_init(&delve->out, CALL_MAX);
    buf_init(&delve->in, ANSWER_MAX);
    timer_start(delve->patience, patience_ms);
    connect_now(delve);
    return delve;
}

void delve_close(struct delve *delve)
{
    if (!delve)
        return;
    disconnect(delve);
    timer_free(delve->again);
    timer_free(delve->patience);
    buf_fini(&delve->out);
    buf_fini(&delve->in);
    free(delve);
}
