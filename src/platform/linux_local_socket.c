#include "platform/local_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/path.h"
#include "platform/fs.h"

#define CONNECT_WAIT_S 2
#define BACKLOG        64

static int address_of(const char *path, struct sockaddr_un *address, struct err *err)
{
    size_t len = strlen(path);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (len >= sizeof address->sun_path) {
        err_set(err, ERR_SYSTEM, "the path of the socket has %zu bytes, the system allows %zu: %s",
                len, sizeof address->sun_path - 1, path);
        err_hint(err, "set XDG_RUNTIME_DIR to a directory with a shorter path");
        return err->code;
    }
    memcpy(address->sun_path, path, len + 1);
    return 0;
}

int local_socket_connect(const char *path, struct err *err)
{
    struct sockaddr_un address;
    int failed = address_of(path, &address, err);
    if (failed)
        return failed;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_system(err, errno, "cannot make a socket");
    /* connect(2) to a listener whose queue is full waits as long as this. */
    struct timeval wait = {.tv_sec = CONNECT_WAIT_S};
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    int result;
    do
        result = connect(fd, (const struct sockaddr *)&address, sizeof address);
    while (result != 0 && errno == EINTR);
    if (result != 0) {
        failed = err_system(err, errno, "cannot connect to %s", path);
        fs_fd_close(&fd);
        return failed;
    }
    return fd;
}

int local_socket_holder(const char *path)
{
    struct err ignored;
    int fd = local_socket_connect(path, &ignored);
    if (fd < 0)
        return 0;
    struct ucred peer = {0};
    socklen_t len = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
        peer.pid = 0;
    fs_fd_close(&fd);
    return peer.pid;
}

/* Does a process listen at address? A full queue (EAGAIN) has somebody behind it too. */
static bool answers(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    bool yes =
        connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN;
    fs_fd_close(&fd);
    return yes;
}

/* bind(2), after removing what a zonda that was killed left behind. The caller holds the lock. */
static int bind_over(int fd, const struct sockaddr_un *address, struct err *err)
{
    const char *path = address->sun_path;
    const struct sockaddr *generic = (const struct sockaddr *)address;
    /* On Linux the mode of the socket's inode becomes the mode of the file: no moment in which
       others may connect, and no umask(2), which would be the whole process's. */
    if (fchmod(fd, 0600) != 0)
        return err_system(err, errno, "cannot set the mode of the socket %s", path);
    if (bind(fd, generic, sizeof *address) == 0)
        return 0;
    if (errno != EADDRINUSE)
        return err_system(err, errno, "cannot make the socket %s", path);
    if (answers(address))
        return err_set(err, ERR_USAGE, "another process already listens at %s", path);
    if (unlink(path) != 0 && errno != ENOENT)
        return err_system(err, errno, "cannot replace %s", path);
    if (bind(fd, generic, sizeof *address) != 0)
        return err_system(err, errno, "cannot make the socket %s", path);
    return 0;
}

int local_socket_listen(const char *path, struct err *err)
{
    struct sockaddr_un address;
    int result = address_of(path, &address, err);
    if (result)
        return result;
    char *dir = path_dir(path);
    int fd = -1, lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Held by others for a bind and a connect only, so waiting is short. */
    if (lock < 0 || flock(lock, LOCK_EX) != 0) {
        result = err_system(err, errno, "cannot lock the directory %s", dir);
        goto out;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        result = err_system(err, errno, "cannot make a socket");
        goto out;
    }
    result = bind_over(fd, &address, err);
    if (!result && listen(fd, BACKLOG) != 0)
        result = err_system(err, errno, "cannot listen at %s", path);
out:
    if (result)
        fs_fd_close(&fd);
    fs_fd_close(&lock);
    free(dir);
    return result ? result : fd;
}

int local_socket_accept(int listener)
{
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
            continue;
        if (fd < 0)
            return -1;
        struct ucred peer;
        socklen_t len = sizeof peer;
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.uid == geteuid())
            return fd;
        fs_fd_close(&fd);
    }
}

long local_socket_send(int fd, const void *data, size_t len)
{
    ssize_t sent;
    do
        sent = send(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent;
}

bool local_socket_gone(int fd)
{
    struct pollfd poll_fd = {.fd = fd};
    return poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & (POLLHUP | POLLERR | POLLNVAL));
}

/* Until fd is ready for events: 0, LOCAL_SOCKET_TIMEOUT or ERR_SYSTEM. deadline_ns 0: none. */
static int await(int fd, short events, uint64_t deadline_ns, struct err *err)
{
    for (;;) {
        int wait_ms = -1;
        if (deadline_ns) {
            uint64_t now = clock_mono_ns();
            uint64_t left = now < deadline_ns ? deadline_ns - now : 0;
            wait_ms = (int)((left + CLOCK_NS_PER_MS - 1) / CLOCK_NS_PER_MS);
        }
        struct pollfd poll_fd = {.fd = fd, .events = events};
        int ready = poll(&poll_fd, 1, wait_ms);
        if (ready > 0)
            return 0;
        if (ready == 0) {
            err_set(err, ERR_SYSTEM, "no answer in time");
            return LOCAL_SOCKET_TIMEOUT;
        }
        if (errno != EINTR)
            return err_system(err, errno, "cannot wait for an answer");
    }
}

static int send_all(int fd, const char *data, size_t len, uint64_t deadline_ns, struct err *err)
{
    while (len) {
        long sent = local_socket_send(fd, data, len);
        if (sent < 0 && errno == EPIPE)
            return 0; /* the peer has heard enough; what it said is still to be read */
        if (sent < 0 && errno != EAGAIN)
            return err_system(err, errno, "cannot send the request");
        if (sent < 0) {
            int failed = await(fd, POLLOUT, deadline_ns, err);
            if (failed)
                return failed;
            continue;
        }
        data += sent;
        len -= (size_t)sent;
    }
    return 0;
}

int local_socket_exchange(int fd, const void *data, size_t len, uint32_t timeout_ms,
                          struct buf *answer, struct err *err)
{
    uint64_t deadline_ns = timeout_ms ? clock_mono_ns() + timeout_ms * CLOCK_NS_PER_MS : 0;
    int failed = send_all(fd, data, len, deadline_ns, err);
    char piece[4096];
    while (!failed) {
        ssize_t got = recv(fd, piece, sizeof piece, MSG_DONTWAIT);
        if (got == 0)
            return err_set(err, ERR_SYSTEM, "the other side ended without an answer");
        if (got < 0 && errno == EAGAIN) {
            failed = await(fd, POLLIN, deadline_ns, err);
        } else if (got < 0 && errno != EINTR) {
            return err_system(err, errno, "cannot read the answer");
        } else if (got > 0) {
            const char *end = memchr(piece, '\n', (size_t)got);
            if (buf_append(answer, piece, end ? (size_t)(end - piece) : (size_t)got))
                return err_set(err, ERR_SYSTEM, "the answer is longer than %zu bytes", answer->max);
            if (end)
                return 0;
        }
    }
    return failed;
}
