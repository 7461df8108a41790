#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/tcp.h"

int tcp_connect(uint16_t port, struct err *err)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_system(err, errno, "cannot make a socket");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS)
        return fd;
    (void)err_system(err, errno, "cannot connect to port %u", port);
    (void)close(fd);
    return err->code;
}

int tcp_outcome(int fd, struct err *err)
{
    int errnum = 0;
    socklen_t len = sizeof errnum;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &errnum, &len) == 0 && errnum == 0)
        return 0;
    return err_system(err, errnum, "cannot connect");
}
