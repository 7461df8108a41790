/* What the tests of this room share: a loop, a bus, a sink into a pipe, and what arrived there. */
#ifndef ZONDA_TESTS_FIXTURE_H
#define ZONDA_TESTS_FIXTURE_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "observe/bus.h"
#include "observe/sink.h"

#define SECOND CLOCK_NS_PER_S
#define MS     CLOCK_NS_PER_MS

struct fixture {
    struct loop *loop;
    struct bus *bus;
    struct sink *sink;
    struct config config;
    char path[64];
    struct buf out;
    uint64_t mono_ns, wall_ns; /* of the next event */
};

/* The sink writes to a file, which is read when the sink was freed. */
static inline void fixture_open(struct fixture *fixture)
{
    struct err err;
    *fixture = (struct fixture){.mono_ns = 100 * SECOND,
                                .wall_ns = UINT64_C(1795528923456) * MS,
                                .out = BUF_INIT((size_t)64 << 20)};
    fixture->config.log.level = LOG_INFO;
    fixture->config.log.app = true;
    fixture->config.terminal.progress = true;
    fixture->config.root = mem_string("/tmp");
    (void)snprintf(fixture->path, sizeof fixture->path, "/tmp/zonda-observe-XXXXXX");
    int fd = mkstemp(fixture->path);
    assert_true(fd >= 0);
    (void)close(fd);
    fixture->loop = loop_new(&err);
    fixture->bus = bus_new();
    fixture->sink = sink_to_file(fixture->loop, fixture->path, 0, 0, &err);
    assert_non_null(fixture->sink);
}

static inline void publish(struct fixture *fixture, struct event event)
{
    event.mono_ns = fixture->mono_ns;
    event.wall_ns = fixture->wall_ns;
    bus_publish(fixture->bus, &event);
}

/* Everything that was written, after the sink is gone. */
static inline const char *fixture_text(struct fixture *fixture)
{
    char piece[4096];
    ssize_t got;
    sink_free(fixture->sink);
    fixture->sink = NULL;
    int fd = open(fixture->path, O_RDONLY | O_CLOEXEC);
    while ((got = read(fd, piece, sizeof piece)) > 0)
        (void)buf_append(&fixture->out, piece, (size_t)got);
    (void)close(fd);
    return buf_text(&fixture->out);
}

static inline void fixture_close(struct fixture *fixture)
{
    if (fixture->sink)
        sink_free(fixture->sink);
    bus_free(fixture->bus);
    loop_free(fixture->loop);
    buf_fini(&fixture->out);
    free(fixture->config.root);
    (void)unlink(fixture->path);
}

/* A build of two files that took 841 ms from the change to the version that serves. */
static inline struct reload served_reload(void)
{
    struct reload reload = {.id = 12,
                            .trace_id = "0123456789abcdef0123456789abcdef",
                            .wall_ns = UINT64_C(1795528923456) * MS,
                            .cause = CAUSE_CHANGE,
                            .action = ACTION_BUILD,
                            .reason = "cart.go is Go source",
                            .outcome = RELOAD_SERVED,
                            .packages = 3,
                            .generation = 7,
                            .changed_len = 2};
    strs_push(&reload.changed, "internal/web/cart.go");
    strs_push(&reload.changed, "go.mod");
    reload.times = (struct reload_times){.change = 50 * SECOND,
                                         .decided = 50 * SECOND + MS / 10,
                                         .build_start = 50 * SECOND + MS / 5,
                                         .build_end = 50 * SECOND + 812 * MS,
                                         .stop_start = 50 * SECOND + 812 * MS,
                                         .stop_end = 50 * SECOND + 818 * MS,
                                         .start = 50 * SECOND + 820 * MS,
                                         .ready = 50 * SECOND + 841 * MS,
                                         .end = 50 * SECOND + 841 * MS};
    return reload;
}

static inline void add_diagnostic(struct reload *reload, const char *file, int line, int column,
                                  const char *message)
{
    struct diagnostic one = {
        .file = mem_string(file), .line = line, .column = column, .message = mem_string(message)};
    vec_push(&reload->diagnostics.list, one);
}

#endif
