/* The client's side: find the zonda that runs for a directory and ask it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "control/control.h"
#include "platform/fs.h"
#include "platform/local_socket.h"

_Static_assert(CONTROL_TIMEOUT == LOCAL_SOCKET_TIMEOUT, "one code for one thing");

/* A connection to the zonda of dir or of its nearest parent that has one, or ERR_APP. */
static int connect_above(const char *dir, struct err *err)
{
    char *at = fs_real(dir);
    if (!at)
        return err_set(err, ERR_SYSTEM, "no such directory: %s", dir);
    int fd = -1;
    bool last = false;
    while (fd < 0 && !last) {
        char *path = control_path(at, err);
        if (!path) {
            free(at);
            return err->code;
        }
        fd = local_socket_connect(path, err);
        free(path);
        last = strcmp(at, "/") == 0;
        char *above = path_dir(at);
        free(at);
        at = above;
    }
    free(at);
    if (fd >= 0)
        return fd;
    err_set(err, ERR_APP, "no zonda runs for %s", dir);
    err_hint(err, "start one there with: zonda");
    return err->code;
}

int control_ask(const char *dir, const char *request, uint32_t timeout_ms, struct buf *answer,
                struct err *err)
{
    int fd = connect_above(dir, err);
    if (fd < 0)
        return fd;
    char *line = mem_format("%s\n", request);
    int failed = local_socket_exchange(fd, line, strlen(line), timeout_ms, answer, err);
    if (failed == CONTROL_TIMEOUT)
        err_hint(err, "was it stopped with ^Z? fg lets it go on");
    free(line);
    fs_fd_close(&fd);
    return failed;
}
