/* What threads were in the middle of, with real processes. */
#include "check.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "platform/threads.h"

static pid_t child;

static void begin_child(void (*body)(void))
{
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        body();
        _exit(0);
    }
}

static int end(void **state)
{
    (void)state;
    (void)kill(child, SIGKILL);
    return waitpid(child, NULL, 0) == child ? 0 : -1;
}

static void sleep_on(void)
{
    for (;;)
        (void)pause();
}

static void spin(void)
{
    for (volatile unsigned i = 0;; i++)
        ;
}

/* In state S or R, or its deadline comes. */
static void until_state(char state)
{
    char path[64], text[256] = {0};
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)child);
    for (int i = 0; i < 10000 && !strstr(text, (const char[]){')', ' ', state, '\0'}); i++) {
        FILE *file = fopen(path, "re");
        assert_non_null(file);
        assert_non_null(fgets(text, sizeof text, file));
        (void)fclose(file);
        (void)usleep(1000);
    }
}

static void who_sleeps_has_passed(void **state)
{
    (void)state;
    begin_child(sleep_on);
    until_state('S');
    struct threads *threads = threads_begin(child);
    assert_true(threads_passed(threads));
    threads_free(threads);
}

/* It passes when it has run for a while; one that is stopped in the middle has passed as well. */
static void who_runs_passes_later(void **state)
{
    (void)state;
    begin_child(spin);
    until_state('R');
    struct threads *threads = NULL;
    bool busy = false;
    /* It has hardly run from one line to the next, but where the test loses its processor. */
    for (int i = 0; i < 1000 && !busy; i++) {
        threads_free(threads);
        threads = threads_begin(child);
        busy = !threads_passed(threads);
    }
    assert_true(busy);
    uint64_t limit_ns = clock_mono_ns() + UINT64_C(60000000000);
    while (!threads_passed(threads) && clock_mono_ns() < limit_ns)
        ;
    assert_true(clock_mono_ns() < limit_ns);
    threads_free(threads);

    threads = threads_begin(child);
    (void)kill(child, SIGSTOP);
    until_state('T');
    assert_true(threads_passed(threads));
    threads_free(threads);
}

static void who_has_gone_has_passed(void **state)
{
    (void)state;
    begin_child(spin);
    struct threads *threads = threads_begin(child);
    (void)kill(child, SIGKILL);
    until_state('Z');
    assert_true(threads_passed(threads));
    threads_free(threads);
}

#define TEST(name) cmocka_unit_test_teardown(name, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_sleeps_has_passed),
        TEST(who_runs_passes_later),
        TEST(who_has_gone_has_passed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
