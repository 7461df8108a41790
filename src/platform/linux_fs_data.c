/* What of fs.h moves bytes: reading, replacing, digesting, descriptors. */
#include "platform/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/random.h"

#define PIECE_BYTES        ((size_t)64 << 10)
#define CONTAINS_BYTES_MAX ((size_t)4 << 10)

long fs_fd_read(int fd, void *data, size_t len)
{
    ssize_t got;
    do
        got = read(fd, data, len);
    while (got < 0 && errno == EINTR);
    return got;
}

long fs_fd_write(int fd, const void *data, size_t len)
{
    ssize_t put;
    do
        put = write(fd, data, len);
    while (put < 0 && errno == EINTR);
    return put;
}

void fs_fd_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

bool fs_fd_can_wait(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(fd));
}

int fs_fd_nonblock(int fd, struct err *err)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return err_system(err, errno, "cannot make a descriptor non-blocking");
    return 0;
}

int fs_open_append(const char *path, unsigned mode, struct err *err)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, mode);
    if (fd < 0)
        return err_system(err, errno, "cannot open %s for appending", path);
    return fd;
}

int fs_pipe(int fds[2], struct err *err)
{
    if (pipe2(fds, O_CLOEXEC) != 0)
        return err_system(err, errno, "cannot make a pipe");
    return 0;
}

/* Opens a regular file for reading: anything else (a FIFO, a device) could block for ever. */
static int open_file(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    if (fd < 0)
        return err_system(err, errno, "cannot open %s", path);
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return fd;
    fs_fd_close(&fd);
    return err_set(err, ERR_SYSTEM, "%s is not a file", path);
}

int fs_read(const char *path, struct buf *out, struct err *err)
{
    int fd = open_file(path, err);
    if (fd < 0)
        return fd;
    char *piece = mem_new(PIECE_BYTES, 1);
    int result = 0;
    for (long got; result == 0 && (got = fs_fd_read(fd, piece, PIECE_BYTES)) != 0;) {
        if (got < 0)
            result = err_system(err, errno, "cannot read %s", path);
        else if (buf_append(out, piece, (size_t)got) != 0)
            result = err_set(err, ERR_SYSTEM, "%s is larger than %zu bytes", path, out->max);
    }
    free(piece);
    fs_fd_close(&fd);
    return result;
}

static int write_all(int fd, const char *data, size_t len)
{
    while (len) {
        long put = fs_fd_write(fd, data, len);
        if (put < 0)
            return -1;
        data += put;
        len -= (size_t)put;
    }
    return 0;
}

int fs_write(const char *path, const void *data, size_t len, unsigned mode, struct err *err)
{
    char digits[17];
    random_hex(digits, 16);
    char *temporary = mem_format("%s.%s", path, digits);
    int result = 0;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        result = err_system(err, errno, "cannot write %s", path);
        goto out;
    }
    if (write_all(fd, data, len) != 0 || fchmod(fd, mode) != 0) {
        result = err_system(err, errno, "cannot write %s", path);
        (void)unlink(temporary);
        goto out;
    }
    if (rename(temporary, path) != 0) {
        result = err_system(err, errno, "cannot replace %s", path);
        (void)unlink(temporary);
    }
out:
    fs_fd_close(&fd);
    free(temporary);
    return result;
}

int fs_digest(const char *path, struct digest *digest, struct err *err)
{
    int fd = open_file(path, err);
    if (fd < 0)
        return fd;
    struct digest_state *state = digest_state_new();
    char *piece = mem_new(PIECE_BYTES, 1);
    int result = 0;
    for (long got; result == 0 && (got = fs_fd_read(fd, piece, PIECE_BYTES)) != 0;) {
        if (got < 0)
            result = err_system(err, errno, "cannot read %s", path);
        else
            digest_state_add(state, piece, (size_t)got);
    }
    free(piece);
    *digest = digest_state_free(state);
    fs_fd_close(&fd);
    return result;
}

bool fs_contains(const char *path, const void *bytes, size_t len)
{
    struct err ignored;
    int fd = len > 0 && len <= CONTAINS_BYTES_MAX ? open_file(path, &ignored) : -1;
    if (fd < 0)
        return false;
    char *piece = mem_new(CONTAINS_BYTES_MAX + PIECE_BYTES, 1);
    size_t kept = 0; /* the end of the piece before, in which bytes may begin */
    bool found = false;
    for (long got; !found && (got = fs_fd_read(fd, piece + kept, PIECE_BYTES)) > 0;) {
        size_t have = kept + (size_t)got;
        found = memmem(piece, have, bytes, len) != NULL;
        kept = have < len - 1 ? have : len - 1;
        memmove(piece, piece + have - kept, kept);
    }
    free(piece);
    fs_fd_close(&fd);
    return found;
}
