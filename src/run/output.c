/*
 * The app's terminal or pipes.
 *
 * With a pseudo-terminal one descriptor is its output and, where run.stdin_to_app says so, its
 * input; without one there are two pipes out and perhaps one in. Each turn of the loop takes at
 * most CHUNK_BYTES of a stream. What the app has written before its end is delivered before
 * on_exit.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "platform/fs.h"
#include "platform/terminal.h"
#include "run/parts.h"

#define CHUNK_BYTES ((size_t)1 << 16)
#define DRAIN_MAX   64 /* chunks: more than a pipe or a terminal holds */

/* --- opening --- */

/* The terminal zonda shows the app's output on. */
static int own_terminal(void)
{
    for (int fd = 1; fd <= 2; fd++)
        if (terminal_is_tty(fd))
            return fd;
    return 0;
}

/* A pipe whose one end is ours (non-blocking) and whose other goes to the app. */
static int open_pipe(struct stream *stream, int our_end, int *theirs, struct err *err)
{
    int fds[2];
    int failed = fs_pipe(fds, err);
    if (failed)
        return failed;
    stream->fd = fds[our_end];
    *theirs = fds[!our_end];
    return fs_fd_nonblock(stream->fd, err);
}

static int open_terminal(struct generation *generation, struct spawn *spawn, int theirs[3],
                         struct err *err)
{
    int failed = terminal_open_pty(own_terminal(), &generation->out.fd, &theirs[1], err);
    if (failed)
        return failed;
    generation->terminal = spawn->terminal = true;
    spawn->stdout_fd = spawn->stderr_fd = theirs[1];
    if (generation->service->current.config->run.stdin_to_app)
        spawn->stdin_fd = theirs[1];
    return 0;
}

int run_open_streams(struct generation *generation, struct spawn *spawn, int theirs[3],
                     struct err *err)
{
    const struct config_run *run = &generation->service->current.config->run;
    generation->terminal = false;
    generation->takes_input = run->stdin_to_app;
    if (run->pty == CHOICE_ALWAYS)
        return open_terminal(generation, spawn, theirs, err);
    if (run->pty == CHOICE_AUTO && generation->service->current.tty &&
        open_terminal(generation, spawn, theirs, err) == 0)
        return 0; /* a system without pseudo-terminals still has pipes */
    int failed = open_pipe(&generation->out, 0, &theirs[1], err);
    if (!failed)
        failed = open_pipe(&generation->err_out, 0, &theirs[2], err);
    if (!failed && run->stdin_to_app)
        failed = open_pipe(&generation->in, 1, &theirs[0], err);
    for (int i = 0; i < 3 && !failed; i++)
        *(int *[]){&spawn->stdin_fd, &spawn->stdout_fd, &spawn->stderr_fd}[i] = theirs[i];
    return failed;
}

void run_close_theirs(int theirs[3])
{
    for (int i = 0; i < 3; i++)
        fs_fd_close(&theirs[i]);
}

/* --- reading and writing --- */

static struct stream *input_stream(struct generation *generation)
{
    return generation->terminal ? &generation->out : &generation->in;
}

static void want(struct generation *generation)
{
    struct stream *streams[] = {&generation->out, &generation->err_out, &generation->in};
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        struct stream *stream = streams[i];
        int events = 0;
        if (stream != &generation->in && !generation->service->paused)
            events |= IO_READ;
        if (stream == input_stream(generation) && generation->input.len > 0)
            events |= IO_WRITE;
        if (stream->io)
            io_want(stream->io, events);
    }
}

static void end_stream(struct stream *stream)
{
    io_free(stream->io);
    stream->io = NULL;
}

/* One chunk; false at the end of what there is. The descriptor stays open to the end of the
   generation: closing a terminal would hang up on an app that only closed its output. */
static bool read_chunk(struct stream *stream)
{
    struct generation *generation = stream->generation;
    struct service *service = generation->service;
    long len = fs_fd_read(stream->fd, service->chunk, CHUNK_BYTES);
    if (len > 0) {
        service->events.on_output(service->events.data, generation->number, service->chunk,
                                  (size_t)len, stream->error);
        if (generation->life == LIFE_STARTING)
            sign_output(generation, service->chunk, (size_t)len, stream->error);
        return true;
    }
    /* A terminal whose other side is closed says EIO. */
    if (len == 0 || errno != EAGAIN)
        end_stream(stream);
    return false;
}

static void write_input(struct generation *generation)
{
    struct stream *stream = input_stream(generation);
    while (stream->io && generation->input.len > 0) {
        long len = fs_fd_write(stream->fd, generation->input.data, generation->input.len);
        if (len < 0) {
            if (errno != EAGAIN)
                buf_reset(&generation->input); /* nobody reads it any more */
            break;
        }
        buf_consume(&generation->input, (size_t)len);
    }
}

static void stream_event(void *data, int events)
{
    struct stream *stream = data;
    struct generation *generation = stream->generation;
    if ((events & IO_WRITE) || stream == &generation->in)
        write_input(generation);
    if (stream != &generation->in && (events & (IO_READ | IO_HANGUP)))
        (void)read_chunk(stream);
    want(generation);
}

void run_read_streams(struct generation *generation)
{
    struct service *service = generation->service;
    struct stream *streams[] = {&generation->out, &generation->err_out, &generation->in};
    if (!service->chunk)
        service->chunk = mem_new(CHUNK_BYTES, 1);
    buf_reset(&generation->input);
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        struct stream *stream = streams[i];
        stream->generation = generation;
        stream->error = stream == &generation->err_out;
        if (stream->fd >= 0)
            stream->io = io_new(service->loop, stream->fd, stream_event, stream);
    }
    want(generation);
}

void run_close_streams(struct generation *generation, bool drain)
{
    struct stream *streams[] = {&generation->out, &generation->err_out, &generation->in};
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        struct stream *stream = streams[i];
        for (int n = 0; drain && stream->io && stream != &generation->in && n < DRAIN_MAX; n++)
            if (!read_chunk(stream))
                break;
        end_stream(stream);
        fs_fd_close(&stream->fd);
    }
}

/* --- the public face of it --- */

void service_input(struct service *service, const char *bytes, size_t len)
{
    struct generation *generation = service->main;
    struct stream *stream = generation ? input_stream(generation) : NULL;
    if (!stream || !stream->io || !generation->takes_input)
        return;
    size_t room = generation->input.max - generation->input.len;
    (void)buf_append(&generation->input, bytes, len < room ? len : room);
    write_input(generation);
    want(generation);
}

void service_pause_output(struct service *service, bool pause)
{
    service->paused = pause;
    if (service->main)
        want(service->main);
    if (service->next)
        want(service->next);
    for (struct generation *one = service->leaving; one; one = one->older)
        want(one);
}

void service_resize(struct service *service)
{
    struct generation *const both[] = {service->main, service->next};
    for (int i = 0; i < 2; i++)
        if (both[i] && both[i]->terminal && both[i]->out.fd >= 0)
            terminal_copy_size(own_terminal(), both[i]->out.fd);
}
