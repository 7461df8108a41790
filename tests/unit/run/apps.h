/* Apps that listen, for services that hand over. */
#ifndef ZONDA_TESTS_RUN_APPS_H
#define ZONDA_TESTS_RUN_APPS_H

#include "run/recorder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/parts.h"

static int port, other_port;

static inline int free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    (void)close(fd);
    return ntohs(at.sin_port);
}

static inline int begin(void **state)
{
    if (recorder_begin(state) != 0)
        return -1;
    seen.config.run.handoff = seen.config.run.overlap = true;
    seen.config.run.max_retries = 0;
    port = free_port();
    other_port = free_port();
    return 0;
}

/* What word() of the apps waits for. */
static inline void say_go(bool go)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/tmp/zonda-go-%d", port);
    if (!go) {
        (void)unlink(path);
        return;
    }
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    (void)fclose(file);
}

static inline int finish(void **state)
{
    say_go(false);
    return recorder_end(state);
}

/* An app that does body, in which tcp() listens and done() waits for ever; it dies of SIGTERM,
   which it says. */
static inline void start_app(const char *body)
{
    char script[2048];
    (void)snprintf(script, sizeof script,
                   "import os, signal, socket, sys, time\nport = %d\nother_port = %d\n"
                   "def say(*words): os.write(1, (' '.join(words) + '\\n').encode())\n"
                   "def bye(*_): say('bye', os.environ['ZONDA_GENERATION']); os._exit(0)\n"
                   "signal.signal(signal.SIGTERM, bye)\n"
                   "def tcp(add=0):\n"
                   "  s = socket.socket()\n"
                   "  s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
                   "  s.bind(('127.0.0.1', (port, other_port)[add])); s.listen(); return s\n"
                   "def udp():\n"
                   "  u = socket.socket(type=socket.SOCK_DGRAM)\n"
                   "  u.bind(('127.0.0.1', port)); return u\n"
                   "def done():\n  while True: time.sleep(1000)\n"
                   "def word():\n"
                   "  while not os.path.exists('/tmp/zonda-go-%%d' %% port): time.sleep(0.005)\n%s",
                   port, other_port, body);
    start_words((const char *const[]){"python3", "-c", script, NULL});
}

#define SERVES "s = tcp()\ndone()"

static inline bool is_in(void *data)
{
    return seen.service->state == *(enum run_state *)data;
}

static inline void comes_to(enum run_state state)
{
    if (!await(seen.loop, is_in, &state))
        fail_msg("state %d did not come, but %d", state, seen.service->state);
}

static inline bool serves_generation(void *data)
{
    return seen.service->state == RUN_READY &&
           service_generation(seen.service) == (uint64_t) * (const int *)data;
}

static inline void comes_to_generation(int number)
{
    assert_true(await(seen.loop, serves_generation, &number));
}

static inline void begins_to_serve(void)
{
    start_app(SERVES);
    comes_to(RUN_READY);
    assert_int_equal(service_generation(seen.service), 1);
}

static inline bool has_left(void *data)
{
    (void)data;
    return seen.service->leaving == NULL;
}

#endif
