/*
 * Two buffers: one takes what comes, the other is being written. At most one piece of work is under
 * way, and only it touches `flight`, `at` and `file` while `working` is true.
 *
 * A pipe, socket or terminal may have a slow reader. It is written to only after the loop found
 * room in it, and at most PIECE_BYTES at once: that much a pipe with room takes without waiting
 * (pipe(7), PIPE_BUF), so that a thread is not held up even where the descriptor is blocking.
 */
#include "observe/sink.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "observe/sink_file.h"
#include "platform/fs.h"

#define PIECE_BYTES    4096
#define KEPT_BYTES     ((size_t)64 << 10) /* larger buffers go back when they are empty */
#define LINE_BYTES_MAX 1024
#define FREE_NS        CLOCK_NS_PER_S

struct sink {
    struct loop *loop;
    struct sink_file file;
    struct io *io; /* NULL: the descriptor never makes its writer wait */

    struct buf queue, flight;
    size_t at;      /* of flight is done */
    size_t waiting; /* bytes taken and not done with, as the loop's thread knows */
    bool newline;   /* the last byte taken was one */
    bool full, busy, freed;
    atomic_bool working; /* busy, and the other thread has not ended */

    uint64_t lost; /* by the work under way */
    struct err work_err;
    bool work_unread; /* EPIPE: nobody has the other end any more */

    uint64_t dropped; /* not said yet */
    bool failing, untold;
    struct err err;

    void (*on_room)(void *data);
    void *room_data;
    void (*on_unread)(void *data);
    void *unread_data;
    sink_dropped_fn *on_dropped;
    void *dropped_data;
};

static void kick(struct sink *sink);

/* --- writing: on a thread of the work queue, or at the end on the loop's --- */

static void lose_rest(struct sink *sink)
{
    sink->lost += sink->flight.len - sink->at;
    sink->at = sink->flight.len;
}

static void write_piece(struct sink *sink)
{
    size_t left = sink->flight.len - sink->at;
    long wrote = fs_fd_write(sink->file.fd, sink->flight.data + sink->at,
                             left < PIECE_BYTES ? left : PIECE_BYTES);
    if (wrote >= 0) {
        sink->at += (size_t)wrote;
    } else if (errno != EAGAIN && errno != EWOULDBLOCK) {
        sink->work_unread = errno == EPIPE;
        err_system(&sink->work_err, errno, "cannot write to standard output");
        lose_rest(sink);
    }
}

static void write_some(struct sink *sink)
{
    if (sink->io) {
        write_piece(sink);
        return;
    }
    sink->at += sink_file_write(&sink->file, sink->flight.data + sink->at,
                                sink->flight.len - sink->at, &sink->work_err);
    lose_rest(sink);
}

static void work(void *data)
{
    struct sink *sink = data;
    write_some(sink);
    atomic_store(&sink->working, false);
}

/* --- the loop's side --- */

/* Makes flight what is to be written next; false where there is nothing. */
static bool load(struct sink *sink)
{
    if (sink->at < sink->flight.len)
        return true;
    struct buf empty = sink->flight;
    sink->flight = sink->queue;
    sink->queue = empty;
    sink->at = 0;
    buf_reset(&sink->queue);
    if (sink->queue.cap > KEPT_BYTES)
        buf_fini(&sink->queue);
    return sink->flight.len > 0;
}

static void sink_destroy(struct sink *sink)
{
    buf_fini(&sink->queue);
    buf_fini(&sink->flight);
    sink_file_fini(&sink->file);
    free(sink);
}

static void take(struct sink *sink, const char *bytes, size_t len)
{
    if (len == 0 || buf_append(&sink->queue, bytes, len) != 0)
        return;
    sink->waiting += len;
    sink->newline = bytes[len - 1] == '\n';
}

static void say_dropped(struct sink *sink)
{
    struct buf line = BUF_INIT(LINE_BYTES_MAX);
    if (!sink->newline)
        take(sink, "\n", 1);
    if (sink->on_dropped)
        sink->on_dropped(sink->dropped_data, sink->dropped, &line);
    else
        (void)buf_printf(&line, "zonda: %" PRIu64 " bytes of output were left out here\n",
                         sink->dropped);
    sink->dropped = 0;
    take(sink, line.data, line.len);
    buf_fini(&line);
}

static void note_result(struct sink *sink, size_t before)
{
    sink->waiting -= sink->at - before;
    sink->dropped += sink->lost;
    sink->lost = 0;
    if (sink->work_err.code && !sink->failing) {
        sink->err = sink->work_err;
        sink->untold = true;
    }
    sink->failing = sink->work_err.code != 0;
    sink->work_err = (struct err){0};
}

static void done(void *data)
{
    struct sink *sink = data;
    sink->busy = false;
    if (sink->freed) {
        sink_destroy(sink);
        return;
    }
    /* What is not at `at` any more has been dealt with; waiting tells what was there before. */
    size_t before = sink->flight.len + sink->queue.len - sink->waiting;
    note_result(sink, before);
    bool unread = sink->work_unread;
    bool room = sink->full && sink->waiting <= SINK_BYTES_MAX / 4;
    if (room)
        sink->full = false;
    if (sink->dropped && !sink->failing && !sink->full)
        say_dropped(sink);
    kick(sink);
    if (room && sink->on_room)
        sink->on_room(sink->room_data);
    if (unread && sink->on_unread) {
        void (*fn)(void *data) = sink->on_unread;
        sink->on_unread = NULL;
        fn(sink->unread_data);
    }
}

static void submit(struct sink *sink)
{
    sink->busy = true;
    atomic_store(&sink->working, true);
    work_submit(sink->loop, work, done, sink);
}

static void writable(void *data, int events)
{
    struct sink *sink = data;
    (void)events; /* after a hang-up the write says what is wrong */
    io_want(sink->io, 0);
    submit(sink);
}

static void kick(struct sink *sink)
{
    if (sink->busy || !load(sink))
        return;
    if (sink->io)
        io_want(sink->io, IO_WRITE);
    else
        submit(sink);
}

static struct sink *sink_new(struct loop *loop)
{
    struct sink *sink = mem_new(1, sizeof *sink);
    sink->loop = loop;
    sink->file.fd = -1;
    sink->newline = true;
    buf_init(&sink->queue, SINK_BYTES_MAX + 2 * LINE_BYTES_MAX);
    buf_init(&sink->flight, SINK_BYTES_MAX + 2 * LINE_BYTES_MAX);
    return sink;
}

struct sink *sink_to_fd(struct loop *loop, int fd)
{
    struct sink *sink = sink_new(loop);
    sink->file.fd = fd;
    if (fs_fd_can_wait(fd))
        sink->io = io_new(loop, fd, writable, sink);
    return sink;
}

struct sink *sink_to_file(struct loop *loop, const char *path, uint64_t max_size_bytes,
                          unsigned max_files, struct err *err)
{
    struct sink *sink = sink_new(loop);
    sink->file.path = mem_string(path);
    sink->file.max_size_bytes = max_size_bytes;
    sink->file.max_files = max_files;
    if (sink_file_open(&sink->file, err) != 0) {
        sink_destroy(sink);
        return NULL;
    }
    return sink;
}

void sink_write(struct sink *sink, const char *bytes, size_t len)
{
    size_t room = sink->waiting < SINK_BYTES_MAX ? SINK_BYTES_MAX - sink->waiting : 0;
    /* Once something had to go, what follows goes too until there is room: no torn lines. */
    if (len > room || (sink->dropped && sink->full)) {
        sink->dropped += len;
        return;
    }
    if (sink->dropped && !sink->failing && !sink->full)
        say_dropped(sink);
    take(sink, bytes, len);
    if (sink->waiting > SINK_BYTES_MAX / 2)
        sink->full = true;
    kick(sink);
}

bool sink_full(const struct sink *sink)
{
    return sink->full;
}

void sink_on_room(struct sink *sink, void (*fn)(void *data), void *data)
{
    sink->on_room = fn;
    sink->room_data = data;
}

void sink_on_unread(struct sink *sink, void (*fn)(void *data), void *data)
{
    sink->on_unread = fn;
    sink->unread_data = data;
}

void sink_on_dropped(struct sink *sink, sink_dropped_fn *fn, void *data)
{
    if (sink->dropped && !sink->failing)
        say_dropped(sink); /* in the words of the one before */
    sink->on_dropped = fn;
    sink->dropped_data = data;
}

bool sink_failed(struct sink *sink, struct err *err)
{
    bool untold = sink->untold;
    if (untold)
        *err = sink->err;
    sink->untold = false;
    return untold;
}

/* --- the end: a loop of its own, so that nothing else happens meanwhile --- */

struct ending {
    struct sink *sink;
    struct loop *loop;
    struct timer *timer;
    struct io *io;
    uint64_t until_ns;
};

static void end_writable(void *data, int events)
{
    struct ending *ending = data;
    (void)events;
    if (load(ending->sink))
        write_piece(ending->sink);
    if (load(ending->sink))
        io_want(ending->io, IO_WRITE);
    else
        loop_stop(ending->loop);
}

static void end_tick(void *data)
{
    struct ending *ending = data;
    struct sink *sink = ending->sink;
    bool over = clock_mono_ns() >= ending->until_ns;
    if (!over && atomic_load(&sink->working)) {
        timer_start(ending->timer, 1);
        return;
    }
    if (over || ending->io || !load(sink)) {
        loop_stop(ending->loop); /* with io: the reader had its time, however the clocks round */
    } else if (sink->io) {
        ending->io = io_new(ending->loop, sink->file.fd, end_writable, ending);
        io_want(ending->io, IO_WRITE);
        timer_start(ending->timer, FREE_NS / CLOCK_NS_PER_MS + 1); /* it may be 1 ms early */
    } else {
        while (load(sink))
            write_some(sink);
        loop_stop(ending->loop);
    }
}

void sink_free(struct sink *sink)
{
    struct ending ending = {.sink = sink, .until_ns = clock_mono_ns() + FREE_NS};
    struct err err;
    if (sink->io)
        io_free(sink->io);
    if (sink->dropped && !sink->failing)
        say_dropped(sink);
    if (sink->waiting && (ending.loop = loop_new(&err)) != NULL) {
        ending.timer = timer_new(ending.loop, end_tick, &ending);
        timer_start(ending.timer, 0);
        loop_run(ending.loop);
        io_free(ending.io);
        timer_free(ending.timer);
        loop_free(ending.loop);
    }
    sink->freed = true;
    if (!sink->busy)
        sink_destroy(sink);
}
