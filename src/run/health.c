#include "run/health.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/version.h"
#include "platform/fs.h"
#include "platform/loopback.h"
#include "platform/tcp.h"
#include "platform/tree.h"

#define ATTEMPT_MS     5000
#define PAUSE_FIRST_MS 10
#define PAUSE_MOST_MS  250
#define TAKEN_LOOK_MS  50 /* at most between two looks who has accepted */
#define STRANGE_LOOKS  3  /* the kernel tells of a socket before it is in a table of descriptors */
#define FIRST_LINE_MAX 256

enum phase { PAUSES, CONNECTS, IS_TAKEN, ANSWERS };

struct health {
    struct loop *loop;
    struct health_target target;
    char *path;
    void (*on_good)(void *data);
    void *data;
    struct timer *timer;
    enum phase phase;
    int fd;
    struct io *io;
    bool v6;           /* the next attempt */
    uint64_t begin_ns; /* of the attempt */
    uint32_t pause_ms, look_ms;
    unsigned strange;
    char line[FIRST_LINE_MAX];
    size_t line_len;
    char words[96];
};

int health_status(const char *bytes, size_t len)
{
    static const char NAME[] = "HTTP/1.";
    size_t name_len = sizeof NAME - 1;
    if (memcmp(bytes, NAME, len < name_len ? len : name_len) != 0)
        return -1;
    if (len < name_len + 6) /* "1 200" and what ends it */
        return memchr(bytes, '\n', len) ? -1 : 0;
    const char *at = bytes + name_len;
    if (!isdigit((unsigned char)at[0]) || at[1] != ' ' || at[2] < '1' || at[2] > '9' ||
        !isdigit((unsigned char)at[3]) || !isdigit((unsigned char)at[4]) ||
        (at[5] != ' ' && at[5] != '\r' && at[5] != '\n'))
        return -1;
    return (at[2] - '0') * 100 + (at[3] - '0') * 10 + (at[4] - '0');
}

static void close_it(struct health *health)
{
    io_free(health->io);
    health->io = NULL;
    fs_fd_close(&health->fd);
}

static void again(struct health *health)
{
    close_it(health);
    health->phase = PAUSES;
    timer_start(health->timer, health->pause_ms);
    health->pause_ms *= 2;
    if (health->pause_ms > PAUSE_MOST_MS)
        health->pause_ms = PAUSE_MOST_MS;
}

static void failed(struct health *health, const char *words)
{
    (void)snprintf(health->words, sizeof health->words, "%s", words);
    again(health);
}

static uint64_t attempt_left_ms(const struct health *health)
{
    uint64_t gone_ms = (clock_mono_ns() - health->begin_ns) / CLOCK_NS_PER_MS;
    return gone_ms < ATTEMPT_MS ? ATTEMPT_MS - gone_ms : 0;
}

static void ask(struct health *health)
{
    char *request = mem_format("GET %s HTTP/1.1\r\nHost: localhost:%u\r\nUser-Agent: zonda/%s\r\n"
                               "Accept: */*\r\nConnection: close\r\n\r\n",
                               health->path, health->target.port, ZONDA_VERSION);
    size_t len = strlen(request);
    /* A new connection has room for it. */
    bool sent = fs_fd_write(health->fd, request, len) == (long)len;
    free(request);
    if (!sent) {
        failed(health, "is not taken");
        return;
    }
    health->phase = ANSWERS;
    io_want(health->io, IO_READ);
    timer_start(health->timer, attempt_left_ms(health));
}

static void look_who_took_it(struct health *health)
{
    const struct health_target *target = &health->target;
    uint64_t inode = target->shared ? loopback_peer_inode(health->fd) : 0;
    health->phase = IS_TAKEN;
    if (!target->shared || (inode && tree_socket_owner(target->pid, target->pid, inode))) {
        ask(health);
    } else if (inode && ++health->strange >= STRANGE_LOOKS) {
        failed(health, "is taken by the old version");
    } else if (attempt_left_ms(health) == 0) {
        failed(health, "is not accepted");
    } else {
        timer_start(health->timer, health->look_ms);
        health->look_ms = health->look_ms * 2 < TAKEN_LOOK_MS ? health->look_ms * 2 : TAKEN_LOOK_MS;
    }
}

static void read_answer(struct health *health)
{
    char words[64];
    long len = fs_fd_read(health->fd, health->line + health->line_len,
                          sizeof health->line - health->line_len);
    if (len < 0 && errno == EAGAIN)
        return;
    if (len <= 0) {
        failed(health, "is not answered");
        return;
    }
    health->line_len += (size_t)len;
    int status = health_status(health->line, health->line_len);
    if (status >= 200 && status < 400) {
        close_it(health);
        timer_stop(health->timer);
        health->on_good(health->data); /* frees it, perhaps */
    } else if (status > 0) {
        (void)snprintf(words, sizeof words, "answers %d", status);
        failed(health, words);
    } else if (status < 0) {
        failed(health, "does not answer in HTTP/1.1");
    }
}

static void io_event(void *data, int events)
{
    struct health *health = data;
    (void)events;
    if (health->phase == ANSWERS) {
        read_answer(health);
        return;
    }
    io_want(health->io, 0);
    if (health->phase != CONNECTS)
        return;
    int errnum = tcp_connected(health->fd);
    if (errnum == 0) {
        look_who_took_it(health);
    } else {
        health->v6 = !health->v6;
        failed(health, strerror(errnum));
    }
}

/* 0, or an errno. */
static int open_connection(struct health *health)
{
    const struct health_target *target = &health->target;
    uint16_t source = 0;
    int fd = loopback_open(health->v6, &source);
    if (fd < 0)
        return -fd;
    health->fd = fd; /* close_it ends it, whatever comes */
    handoff_child_probe(target->child, source);
    return loopback_connect(fd, target->port, health->v6);
}

static void attempt(struct health *health)
{
    health->begin_ns = clock_mono_ns();
    health->look_ms = 1;
    health->strange = 0;
    health->line_len = 0;
    int errnum = open_connection(health);
    if (errnum) {
        health->v6 = !health->v6;
        failed(health, strerror(errnum));
        return;
    }
    health->phase = CONNECTS;
    health->io = io_new(health->loop, health->fd, io_event, health);
    io_want(health->io, IO_WRITE);
    timer_start(health->timer, ATTEMPT_MS);
}

static void timer_fired(void *data)
{
    struct health *health = data;
    if (health->phase == PAUSES)
        attempt(health);
    else if (health->phase == IS_TAKEN)
        look_who_took_it(health);
    else
        failed(health, health->phase == CONNECTS ? "is not accepted" : "is not answered in time");
}

struct health *health_new(struct loop *loop, const struct health_target *target,
                          void (*on_good)(void *data), void *data)
{
    struct health *health = mem_new(1, sizeof *health);
    *health = (struct health){.loop = loop,
                              .target = *target,
                              .path = mem_string(target->path),
                              .on_good = on_good,
                              .data = data,
                              .fd = -1,
                              .pause_ms = PAUSE_FIRST_MS,
                              .words = "was not asked yet"};
    health->target.path = health->path;
    health->timer = timer_new(loop, timer_fired, health);
    timer_start(health->timer, 0);
    return health;
}

void health_free(struct health *health)
{
    if (!health)
        return;
    close_it(health);
    timer_free(health->timer);
    free(health->path);
    free(health);
}

const char *health_words(const struct health *health)
{
    return health->words;
}
