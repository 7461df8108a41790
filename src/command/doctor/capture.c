/* A short command and what it prints. */
#include <stdlib.h>

#include "command/doctor/doctor.h"
#include "platform/fs.h"
#include "platform/loop.h"
#include "platform/process.h"

struct capture {
    struct loop *loop;
    struct process *process;
    struct io *io;
    struct timer *timer;
    int fd;
    struct buf *out;
    struct exit_status status;
    bool exited, ended, late; /* ended: its output */
};

static void finish(struct capture *capture)
{
    if (capture->exited && capture->ended)
        loop_stop(capture->loop);
}

static void exited(void *data, struct exit_status status)
{
    struct capture *capture = data;
    capture->status = status;
    capture->exited = true;
    finish(capture);
}

static void readable(void *data, int events)
{
    struct capture *capture = data;
    char piece[4096];
    (void)events;
    long got = fs_fd_read(capture->fd, piece, sizeof piece);
    if (got > 0) {
        (void)buf_append(capture->out, piece, (size_t)got);
        return;
    }
    io_want(capture->io, 0);
    capture->ended = true;
    finish(capture);
}

static void late(void *data)
{
    struct capture *capture = data;
    capture->late = true;
    capture->ended = true; /* whoever else holds the pipe */
    io_want(capture->io, 0);
    process_kill(capture->process);
    finish(capture);
}

static int verdict(const struct capture *capture, const char *name, struct err *err)
{
    if (capture->late)
        return err_set(err, ERR_SYSTEM, "%s did not end in time", name);
    if (capture->status.signalled || capture->status.code != 0) {
        struct buf words = BUF_INIT((size_t)200);
        exit_status_words(capture->status, &words);
        err_set(err, ERR_SYSTEM, "%s failed: %s", name, buf_text(&words));
        buf_fini(&words);
        return ERR_SYSTEM;
    }
    return 0;
}

/* With a loop and process_init done. */
static int capture_on(struct loop *loop, const struct spawn *wanted, const char *name,
                      uint32_t timeout_ms, struct buf *out, struct err *err)
{
    int fds[2];
    if (fs_pipe(fds, err))
        return err->code;
    struct capture capture = {.loop = loop, .fd = fds[0], .out = out};
    struct spawn spawn = *wanted;
    spawn.stdout_fd = fds[1];
    int result;
    capture.process = process_spawn(loop, &spawn, exited, &capture, err);
    fs_fd_close(&fds[1]);
    if (!capture.process) {
        result = err->code;
    } else {
        capture.io = io_new(loop, fds[0], readable, &capture);
        capture.timer = timer_new(loop, late, &capture);
        io_want(capture.io, IO_READ | IO_HANGUP);
        timer_start(capture.timer, timeout_ms);
        loop_run(loop);
        io_free(capture.io);
        timer_free(capture.timer);
        process_free(capture.process);
        result = verdict(&capture, name, err);
    }
    fs_fd_close(&fds[0]);
    return result;
}

int doctor_capture(const char *const *argv, const struct strs *env, uint32_t timeout_ms,
                   struct buf *out, struct err *err)
{
    struct spawn spawn = SPAWN_INIT;
    spawn.argv = argv;
    spawn.env = (const char *const *)env->at;
    spawn.cwd = "/";
    struct loop *loop = loop_new(err);
    if (!loop)
        return err->code;
    int result = process_init(loop, err);
    if (!result) {
        result = capture_on(loop, &spawn, argv[0], timeout_ms, out, err);
        process_fini();
    }
    loop_free(loop);
    return result;
}
