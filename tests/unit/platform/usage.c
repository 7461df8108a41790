/* What processes use: this one, a child that works, one that has ended. */
#include "check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/usage.h"

#define LARGE ((size_t)32 << 20)

static void this_process_uses_something(void **state)
{
    struct usage before, after;
    (void)state;
    usage_of((int)getpid(), &before);
    assert_int_equal(before.processes, 1);
    assert_true(before.memory_bytes > 100000);
    char *large = malloc(LARGE);
    memset(large, 1, LARGE);
    usage_of((int)getpid(), &after);
    assert_true(after.memory_bytes >= before.memory_bytes + LARGE / 2);
    free(large);
}

static void descendants_count(void **state)
{
    struct usage usage;
    char byte;
    int ready[2];
    (void)state;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) { /* has a child of its own, and both wait to be killed */
        pid_t grandchild = fork();
        if (grandchild > 0 && write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            (void)pause();
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    usage_of((int)child, &usage);
    assert_int_equal(usage.processes, 2);
    usage_of((int)getpid(), &usage);
    assert_int_equal(usage.processes, 3);
    char command[64];
    (void)snprintf(command, sizeof command, "/proc/%d/task/%d/children", (int)child, (int)child);
    FILE *file = fopen(command, "re");
    int grandchild = 0;
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &grandchild), 1);
    (void)fclose(file);
    (void)kill(grandchild, SIGKILL);
    (void)kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    (void)close(ready[0]);
    (void)close(ready[1]);
}

static void who_has_ended_uses_nothing(void **state)
{
    struct usage usage = {.processes = 7};
    siginfo_t info;
    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    usage_of((int)child, &usage); /* a zombie */
    assert_int_equal(usage.processes, 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    usage_of((int)child, &usage);
    assert_int_equal(usage.processes, 0);
    usage_of(0, &usage);
    assert_int_equal(usage.processes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(this_process_uses_something),
        cmocka_unit_test(descendants_count),
        cmocka_unit_test(who_has_ended_uses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
