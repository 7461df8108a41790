/* A worker on a loop, and raw sockets that speak to it from the same thread: what a peer sends and
   when it reads is up to the test, byte by byte. */
#ifndef ZONDA_TESTS_HTTP_WORLD_H
#define ZONDA_TESTS_HTTP_WORLD_H

#include "check.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../platform/await.h"
#include "base/buf.h"
#include "base/mem.h"
#include "http/conn.h"
#include "http/fields.h"
#include "platform/tcp.h"

#define RAW_BYTES_MAX ((size_t)64 << 20)

struct world {
    struct loop *loop;
    struct http_worker *worker;
};

static inline void world_open(struct world *world)
{
    struct err err = {0};
    world->loop = loop_new(&err);
    assert_non_null(world->loop);
    world->worker = http_worker_new(world->loop);
}

static inline void world_close(struct world *world)
{
    http_worker_free(world->worker);
    loop_free(world->loop);
}

/* --- a peer --- */

struct raw {
    int fd;
    struct buf got;
    bool ended, reset;
    const char *wanted;
    size_t from; /* what is wanted stands behind this */
};

static inline void raw_open(struct raw *raw, int fd)
{
    *raw = (struct raw){.fd = fd, .got = BUF_INIT(RAW_BYTES_MAX)};
}

static inline struct raw raw_connect(const struct tcp_address *address)
{
    struct raw raw;
    bool pending;
    int fd = tcp_connect(address, &pending);
    assert_true(fd >= 0);
    raw_open(&raw, fd);
    return raw;
}

static inline void raw_close(struct raw *raw)
{
    (void)close(raw->fd);
    buf_fini(&raw->got);
}

static inline void raw_read(struct raw *raw)
{
    static char piece[65536];
    while (!raw->ended) {
        long got = tcp_read(raw->fd, piece, sizeof piece);
        if (got < 0 && (errno == EAGAIN || errno == ENOTCONN))
            return;
        raw->reset = got < 0;
        raw->ended = got <= 0;
        if (got > 0)
            assert_int_equal(buf_append(&raw->got, piece, (size_t)got), 0);
    }
}

/* Sends as much as is taken; the bytes that were. */
static inline size_t raw_try(struct raw *raw, const void *data, size_t len)
{
    long sent = tcp_write(raw->fd, &(struct tcp_piece){data, len}, 1);
    return sent > 0 ? (size_t)sent : 0;
}

struct raw_sending {
    struct raw *raw;
    const char *at;
    size_t len;
};

static inline bool raw_sent(void *data)
{
    struct raw_sending *sending = data;
    size_t sent = raw_try(sending->raw, sending->at, sending->len);
    sending->at += sent;
    sending->len -= sent;
    return sending->len == 0;
}

static inline void raw_send(struct world *world, struct raw *raw, const char *text)
{
    struct raw_sending sending = {raw, text, strlen(text)};
    if (!raw_sent(&sending))
        assert_true(await(world->loop, raw_sent, &sending));
}

static inline bool raw_has(void *data)
{
    struct raw *raw = data;
    raw_read(raw);
    const char *found =
        raw->got.len > raw->from ? strstr(raw->got.data + raw->from, raw->wanted) : NULL;
    if (found)
        raw->from = (size_t)(found - raw->got.data) + strlen(raw->wanted);
    return found != NULL;
}

/* Until wanted has come, behind what was waited for before. */
static inline void raw_await(struct world *world, struct raw *raw, const char *wanted)
{
    raw->wanted = wanted;
    bool came = await(world->loop, raw_has, raw);
    if (!came)
        print_message("# wanted \"%s\", got \"%s\"\n", wanted, buf_text(&raw->got));
    assert_true(came);
}

static inline bool raw_has_ended(void *data)
{
    struct raw *raw = data;
    raw_read(raw);
    return raw->ended;
}

static inline void raw_await_end(struct world *world, struct raw *raw)
{
    assert_true(await(world->loop, raw_has_ended, raw));
}

struct counting {
    const size_t *at;
    size_t least;
};

static inline bool counted(void *data)
{
    const struct counting *counting = data;
    return *counting->at >= counting->least;
}

static inline void await_count(struct world *world, const size_t *at, size_t least)
{
    struct counting counting = {at, least};
    assert_true(await(world->loop, counted, &counting));
}

/* Some turns of the loop in which something is not to happen; how many does not decide the test,
   as what is looked at afterwards is true or false for ever. */
static inline bool turned(void *data)
{
    return ++*(int *)data > 20;
}

static inline void turns(struct world *world)
{
    int count = 0;
    assert_true(await(world->loop, turned, &count));
}

#endif
