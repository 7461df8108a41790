/* Facts about the machine. */
#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/fs.h"
#include "platform/sysinfo.h"

/* A listener on a free loopback port; the port into *port. */
static int listener(int family, uint16_t *port)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {.any = {.sa_family = (sa_family_t)family}};
    socklen_t len = family == AF_INET ? sizeof address.v4 : sizeof address.v6;
    if (family == AF_INET)
        address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else
        address.v6.sin6_addr = in6addr_loopback;
    int fd = socket(family, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, &address.any, len) != 0 || listen(fd, 1) != 0 ||
        getsockname(fd, &address.any, &len) != 0) {
        (void)close(fd);
        return -1;
    }
    *port = ntohs(family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
    return fd;
}

static void names_who_listens(void **state)
{
    uint16_t port = 0;
    int pid;
    char command[200];
    (void)state;
    int fd = listener(AF_INET, &port);
    assert_true(fd >= 0);
    assert_true(sysinfo_port_owner(port, &pid, command, sizeof command));
    assert_int_equal(pid, getpid());
    assert_non_null(strstr(command, "sysinfo"));
    char tiny[4];
    assert_true(sysinfo_port_owner(port, &pid, tiny, sizeof tiny));
    assert_true(strlen(tiny) < sizeof tiny);
    (void)close(fd);
    assert_false(sysinfo_port_owner(port, &pid, command, sizeof command));
    assert_int_equal(pid, 0);
}

/* As zonda does: one keeps the socket, another one is the app. */
static void names_the_app_and_not_who_keeps_its_socket(void **state)
{
    uint16_t port = 0;
    int pid, go[2];
    char command[200];
    (void)state;
    int fd = listener(AF_INET, &port);
    assert_true(fd >= 0 && pipe(go) == 0);
    int child = fork();
    if (child == 0) {
        char byte;
        (void)close(go[1]);
        _exit(read(go[0], &byte, 1) == 0 ? 0 : 1);
    }
    assert_true(sysinfo_port_owner(port, &pid, command, sizeof command));
    assert_int_equal(pid, child);
    (void)close(go[0]);
    (void)close(go[1]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(sysinfo_port_owner(port, &pid, command, sizeof command));
    assert_int_equal(pid, getpid());
    (void)close(fd);
}

static void sees_ipv6_too(void **state)
{
    uint16_t port = 0;
    int pid;
    char command[200];
    (void)state;
    int fd = listener(AF_INET6, &port);
    if (fd < 0)
        skip(); /* no IPv6 here */
    assert_true(sysinfo_port_owner(port, &pid, command, sizeof command));
    assert_int_equal(pid, getpid());
    (void)close(fd);
}

static void a_bound_port_that_nobody_listens_on_is_free(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    int pid;
    char command[200];
    (void)state;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    assert_false(sysinfo_port_owner(ntohs(address.sin_port), &pid, command, sizeof command));
    (void)close(fd);
}

static void counts_watches(void **state)
{
    struct sysinfo_limits before, after;
    (void)state;
    sysinfo_limits(&before);
    int fd = inotify_init1(IN_CLOEXEC);
    assert_true(fd >= 0);
    assert_true(inotify_add_watch(fd, "/tmp", IN_CREATE) >= 0);
    assert_true(inotify_add_watch(fd, "/", IN_CREATE) >= 0);
    sysinfo_limits(&after);
    /* Other processes of this user may come and go: ours is there at least. */
    assert_true(after.instances_used >= 1);
    assert_true(after.watches_used >= 2);
    assert_true(after.watches_max > 0 && after.instances_max > 0 && after.queue_max > 0);
    assert_int_equal(after.files_used, before.files_used + 1);
    (void)close(fd);
}

static void names_the_file_system(void **state)
{
    struct buf name = BUF_INIT((size_t)100);
    (void)state;
    sysinfo_file_system("/proc/self", &name);
    assert_string_equal(buf_text(&name), "proc");
    buf_reset(&name);
    sysinfo_file_system("/", &name);
    assert_true(name.len > 0);
    assert_string_not_equal(buf_text(&name), "unknown");
    /* A directory whose name begins like a mount point is not below it. */
    buf_reset(&name);
    sysinfo_file_system("/processor-that-is-not-there", &name);
    assert_string_not_equal(buf_text(&name), "proc");
    buf_fini(&name);
}

static void knows_space_and_permission(void **state)
{
    struct sysinfo_space space;
    struct err err;
    (void)state;
    assert_int_equal(sysinfo_space("/tmp", &space, &err), 0);
    assert_true(space.free_bytes > 0);
    assert_false(space.read_only);
    assert_int_equal(sysinfo_space("/no/such/directory", &space, &err), ERR_SYSTEM);
    assert_true(sysinfo_may_write("/tmp"));
    assert_false(sysinfo_may_write("/no/such/directory"));
}

static void names_the_system(void **state)
{
    (void)state;
    assert_non_null(strstr(sysinfo_system(), "Linux "));
    assert_true(sysinfo_processors() >= 1);
}

static double load_in_proc(void)
{
    double load = -1;
    FILE *file = fopen("/proc/loadavg", "re");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lf", &load), 1);
    (void)fclose(file);
    return load;
}

/* It changes every few seconds, and seldom between two looks. */
static void tells_the_load_of_the_last_minute(void **state)
{
    (void)state;
    double before, load, after;
    do {
        before = load_in_proc();
        load = sysinfo_load_average();
        after = load_in_proc();
    } while (before < after || before > after);
    assert_true(load > before - 0.011 && load < before + 0.011);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_who_listens),
        cmocka_unit_test(names_the_app_and_not_who_keeps_its_socket),
        cmocka_unit_test(sees_ipv6_too),
        cmocka_unit_test(a_bound_port_that_nobody_listens_on_is_free),
        cmocka_unit_test(counts_watches),
        cmocka_unit_test(names_the_file_system),
        cmocka_unit_test(knows_space_and_permission),
        cmocka_unit_test(names_the_system),
        cmocka_unit_test(tells_the_load_of_the_last_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
