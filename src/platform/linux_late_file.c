/*
 * The pipe is opened for reading and writing, which Linux allows, fifo(7): a write never meets a
 * pipe without a reader, and a reader that opens it never waits in open(2). inotify(7) tells of
 * that open. The write end stays until the reader has been fed, so that one which found the pipe
 * just before its name became the regular file is fed as well.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/fs.h"
#include "platform/late_file.h"

#define PIECE_BYTES ((size_t)16 << 10)

struct late_file {
    struct loop *loop;
    char *path;
    late_file_fn *on_open;
    void *data;
    int pipe, opens; /* opens: inotify */
    struct io *pipe_io, *opens_io;
    bool made, opened, settled;
    int content; /* of settle; -1: none */
    off_t offset;
};

/* --- feeding --- */

static void fed(struct late_file *file)
{
    io_free(file->pipe_io);
    file->pipe_io = NULL;
    fs_fd_close(&file->content);
    fs_fd_close(&file->pipe); /* the reader's end of file */
}

static void feed(void *data, int events)
{
    struct late_file *file = data;
    char piece[PIECE_BYTES];
    (void)events;
    ssize_t len = file->content < 0 ? 0 : pread(file->content, piece, sizeof piece, file->offset);
    if (len <= 0) {
        fed(file);
        return;
    }
    long written = fs_fd_write(file->pipe, piece, (size_t)len);
    if (written > 0)
        file->offset += written;
    else if (errno != EAGAIN)
        fed(file);
}

static void begin_to_feed(struct late_file *file)
{
    if (file->pipe < 0 || file->pipe_io)
        return;
    file->pipe_io = io_new(file->loop, file->pipe, feed, file);
    io_want(file->pipe_io, IO_WRITE);
}

static void somebody_opened(void *data, int events)
{
    struct late_file *file = data;
    char bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    (void)events;
    if (fs_fd_read(file->opens, bytes, sizeof bytes) <= 0)
        return;
    bool first = !file->opened;
    file->opened = true;
    if (file->settled)
        begin_to_feed(file);
    else if (first)
        file->on_open(file->data);
}

/* --- life-cycle --- */

static int open_ends(struct late_file *file)
{
    if (mkfifo(file->path, 0600) != 0)
        return -1;
    file->made = true;
    file->pipe = open(file->path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
    if (file->pipe < 0)
        return -1;
    file->opens = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    /* After zonda's own open, which it does not tell of. */
    if (file->opens < 0 || inotify_add_watch(file->opens, file->path, IN_OPEN) < 0)
        return -1;
    file->opens_io = io_new(file->loop, file->opens, somebody_opened, file);
    io_want(file->opens_io, IO_READ);
    return 0;
}

struct late_file *late_file_new(struct loop *loop, const char *path, late_file_fn *on_open,
                                void *data, struct err *err)
{
    struct late_file *file = mem_new(1, sizeof *file);
    *file = (struct late_file){.loop = loop,
                               .path = mem_string(path),
                               .on_open = on_open,
                               .data = data,
                               .pipe = -1,
                               .opens = -1,
                               .content = -1};
    if (open_ends(file) == 0)
        return file;
    (void)err_system(err, errno, "cannot make the pipe %s", path);
    late_file_free(file);
    return NULL;
}

int late_file_settle(struct late_file *file, const char *from, struct err *err)
{
    int failed = fs_link_over(from, file->path, err);
    if (!failed) {
        file->content = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (file->content < 0)
            failed = err_system(err, errno, "cannot read %s", from);
    }
    file->settled = true;
    if (file->opened || failed)
        begin_to_feed(file);
    return failed;
}

void late_file_free(struct late_file *file)
{
    if (!file)
        return;
    io_free(file->opens_io);
    io_free(file->pipe_io);
    fs_fd_close(&file->opens);
    fs_fd_close(&file->content);
    fs_fd_close(&file->pipe);
    if (file->made)
        (void)unlink(file->path);
    free(file->path);
    free(file);
}
