#include "platform/loop.h"

#include <fcntl.h>
#include <stdlib.h>
#include <uv.h>

#include "base/mem.h"

struct loop {
    uv_loop_t uv;
};

struct timer {
    uv_timer_t uv;
    timer_fn *fn;
    void *data;
};

struct io {
    uv_poll_t uv;
    io_fn *fn;
    void *data;
    int fd;
    bool blocking; /* before libuv made it non-blocking */
};

struct work {
    uv_work_t uv;
    work_fn *fn;
    done_fn *done;
    void *data;
};

struct loop *loop_new(struct err *err)
{
    struct loop *loop = mem_new(1, sizeof *loop);
    int failed = uv_loop_init(&loop->uv);
    if (failed) {
        err_set(err, ERR_SYSTEM, "no event loop: %s", uv_strerror(failed));
        free(loop);
        return NULL;
    }
    return loop;
}

void loop_run(struct loop *loop)
{
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
    uv_stop(&loop->uv);
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    /* Runs what is left: close callbacks and the ends of work under way. */
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
    if (uv_loop_close(&loop->uv) != 0)
        abort(); /* a handle was not freed: a defect of its maker, not of the user */
    free(loop);
}

static void free_handle(uv_handle_t *handle)
{
    free(handle->data);
}

/* --- timers --- */

static void timer_fired(uv_timer_t *uv)
{
    struct timer *timer = uv->data;
    timer->fn(timer->data);
}

struct timer *timer_new(struct loop *loop, timer_fn *fn, void *data)
{
    struct timer *timer = mem_new(1, sizeof *timer);
    timer->fn = fn;
    timer->data = data;
    (void)uv_timer_init(&loop->uv, &timer->uv); /* always 0, libuv's documentation */
    timer->uv.data = timer;
    return timer;
}

void timer_start(struct timer *timer, uint64_t delay_ms)
{
    /* The loop's idea of now is as old as this turn; a delay counts from this call. */
    uv_update_time(timer->uv.loop);
    (void)uv_timer_start(&timer->uv, timer_fired, delay_ms, 0);
}

void timer_stop(struct timer *timer)
{
    (void)uv_timer_stop(&timer->uv);
}

bool timer_active(const struct timer *timer)
{
    return uv_is_active((const uv_handle_t *)&timer->uv) != 0;
}

void timer_free(struct timer *timer)
{
    if (timer)
        uv_close((uv_handle_t *)&timer->uv, free_handle);
}

/* --- readiness --- */

static void io_ready(uv_poll_t *uv, int status, int uv_events)
{
    struct io *io = uv->data;
    int events = status < 0 ? IO_HANGUP : 0;
    if (uv_events & UV_READABLE)
        events |= IO_READ;
    if (uv_events & UV_WRITABLE)
        events |= IO_WRITE;
    if (uv_events & UV_DISCONNECT)
        events |= IO_HANGUP;
    io->fn(io->data, events);
}

struct io *io_new(struct loop *loop, int fd, io_fn *fn, void *data)
{
    struct io *io = mem_new(1, sizeof *io);
    io->fn = fn;
    io->data = data;
    io->fd = fd;
    int flags = fcntl(fd, F_GETFL);
    io->blocking = flags >= 0 && !(flags & O_NONBLOCK);
    if (uv_poll_init(&loop->uv, &io->uv, fd) != 0)
        abort(); /* a closed descriptor or a regular file: a defect of the caller */
    io->uv.data = io;
    return io;
}

void io_want(struct io *io, int events)
{
    int uv_events = (events & IO_READ ? UV_READABLE : 0) | (events & IO_WRITE ? UV_WRITABLE : 0) |
                    (events & IO_HANGUP ? UV_DISCONNECT : 0);
    if (uv_events)
        (void)uv_poll_start(&io->uv, uv_events, io_ready);
    else
        (void)uv_poll_stop(&io->uv);
}

void io_free(struct io *io)
{
    if (!io)
        return;
    /* A terminal or pipe is shared with others, such as the shell that zonda was started from. */
    if (io->blocking)
        (void)fcntl(io->fd, F_SETFL, fcntl(io->fd, F_GETFL) & ~O_NONBLOCK);
    uv_close((uv_handle_t *)&io->uv, free_handle);
}

/* --- work --- */

static void work_run(uv_work_t *uv)
{
    struct work *work = uv->data;
    work->fn(work->data);
}

static void work_done(uv_work_t *uv, int status)
{
    (void)status; /* work is never cancelled */
    struct work *work = uv->data;
    if (work->done)
        work->done(work->data);
    free(work);
}

void work_submit(struct loop *loop, work_fn *fn, done_fn *done, void *data)
{
    struct work *work = mem_new(1, sizeof *work);
    work->fn = fn;
    work->done = done;
    work->data = data;
    work->uv.data = work;
    (void)uv_queue_work(&loop->uv, &work->uv, work_run, work_done); /* 0 as work_run is not NULL */
}
