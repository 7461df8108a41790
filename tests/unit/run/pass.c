/* What one generation leaves to the next, by files that an app only has to read and write. */
#include "run/recorder.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/fs.h"
#include "run/parts.h"

static char dir[] = "/tmp/zonda-pass-XXXXXX";

static int begin(void **state)
{
    (void)snprintf(dir, sizeof dir, "/tmp/zonda-pass-XXXXXX");
    if (!mkdtemp(dir) || recorder_begin(state) != 0)
        return -1;
    seen.config.tmp_dir = dir;
    seen.config.run.max_retries = 0;
    return 0;
}

static bool see_state(void *data, const char *name, enum fs_kind kind)
{
    (void)kind;
    *(bool *)data = *(bool *)data || strncmp(name, "state-", 6) == 0;
    return true;
}

/* Nothing of it is left either. */
static int end(void **state)
{
    struct err err;
    bool left = false;
    int failed = recorder_end(state);
    if (fs_each(dir, see_state, &left, &err) != 0 || fs_remove_tree(dir, &err) != 0 || left)
        return -1;
    return failed;
}

static void allow_overlap(void)
{
    seen.config.run.handoff = seen.config.run.overlap = true;
}

/* An app in Python: listens() listens on a Unix socket, waits() waits for ever, reads() is what
   the one before left, leaves(text) writes; at_term is what it does when it is asked to stop. */
static void start_app(const char *at_term, const char *body)
{
    char script[2048];
    (void)snprintf(script, sizeof script,
                   "import os, signal, socket, time\n"
                   "def say(*words): os.write(1, (' '.join(words) + '\\n').encode())\n"
                   "def reads(): return open(os.environ['ZONDA_STATE_IN']).read()\n"
                   "def leaves(text): open(os.environ['ZONDA_STATE_OUT'], 'w').write(text)\n"
                   "def listens():\n"
                   "  s = socket.socket(socket.AF_UNIX)\n"
                   "  try: s.bind('%s/app.sock'); s.listen()\n"
                   "  except OSError: os.unlink('%s/app.sock'); s.bind('%s/app.sock'); s.listen()\n"
                   "  return s\n"
                   "def bye(*_):\n  %s\n  os._exit(0)\n"
                   "signal.signal(signal.SIGTERM, bye)\n"
                   "def waits():\n  while True: time.sleep(1000)\n%s",
                   dir, dir, dir, at_term, body);
    start_words((const char *const[]){"python3", "-c", script, NULL});
}

static bool is_in(void *data)
{
    return seen.service->state == *(enum run_state *)data;
}

static void comes_to(enum run_state state)
{
    if (!await(seen.loop, is_in, &state))
        fail_msg("state %d did not come, but %d", state, seen.service->state);
}

static bool serves_generation(void *data)
{
    return seen.service->state == RUN_READY && !seen.service->leaving &&
           service_generation(seen.service) == (uint64_t) * (const int *)data;
}

static void comes_to_generation(int number)
{
    assert_true(await(seen.loop, serves_generation, &number));
}

static void the_next_reads_what_was_left(void **state)
{
    (void)state;
    start_app("leaves('of the first')", "say('got [' + reads() + ']')\ns = listens()\nwaits()");
    comes_to_generation(1);
    printed("got []\n");
    start_app("pass", "say('got [' + reads() + ']', reads())\ns = listens()\nwaits()");
    comes_to_generation(2);
    printed("got [of the first] of the first\n");
    stop_now();
    assert_int_equal(seen.notices, 0);
}

/* A shell and cat know nothing of zonda. */
static void a_shell_counts(void **state)
{
    (void)state;
    seen.config.run.ready_timeout_ms = 1; /* it never listens */
    for (int i = 1; i <= 3; i++) {
        char text[16];
        seen.ready = 0;
        start_sh("n=$(cat $ZONDA_STATE_IN); n=$((n + 1)); echo n=$n\n"
                 "trap 'echo $n >$ZONDA_STATE_OUT; exit 0' TERM\n" SLEEPER "echo up; wait");
        (void)snprintf(text, sizeof text, "n=%d\nup\n", i);
        printed(text);
        AWAIT_COUNT(seen.ready);
    }
}

static void one_beside_waits_in_its_read(void **state)
{
    (void)state;
    allow_overlap();
    start_app("say('asked'); leaves('late')", "s = listens()\nwaits()");
    comes_to_generation(1);
    start_app("pass", "s = listens()\nsay('got [' + reads() + ']')\nsay(reads())\nwaits()");
    comes_to_generation(2);
    printed("asked\ngot [late]\nlate\n");
    assert_int_equal(seen.notices, 0);
}

/* Each would wait for the other: the older one is stopped first. */
static void one_that_reads_before_it_listens(void **state)
{
    (void)state;
    allow_overlap();
    start_app("leaves('early')", "s = listens()\nwaits()");
    comes_to_generation(1);
    start_app("pass", "say('got [' + reads() + ']')\ns = listens()\nwaits()");
    comes_to_generation(2);
    printed("got [early]\n");
    assert_int_equal(seen.notices, 1);
    assert_non_null(strstr(seen.notice, "reads what the old one leaves"));
}

static void one_that_writes_nothing_loses_nothing(void **state)
{
    (void)state;
    start_app("leaves('kept')", "s = listens()\nwaits()");
    comes_to_generation(1);
    start_app("pass", "s = listens()\nwaits()");
    comes_to_generation(2);
    start_app("pass", "say('got [' + reads() + ']')\ns = listens()\nwaits()");
    comes_to_generation(3);
    printed("got [kept]\n");
}

/* It was to replace one that knew more. */
static void one_that_never_served_leaves_nothing(void **state)
{
    (void)state;
    allow_overlap();
    start_app("leaves('of the first')", "s = listens()\nwaits()");
    comes_to_generation(1);
    start_app("pass", "leaves('of the second')\nos._exit(3)");
    AWAIT_COUNT(seen.kept);
    start_app("leaves('of the third')", "leaves('too soon')\nsay('third')\nwaits()");
    printed("third\n");
    start_app("pass", "s = listens()\nsay('got [' + reads() + ']')\nwaits()");
    comes_to_generation(4);
    printed("got [of the first]\n");
}

static void a_crash_leaves_what_was_written_before(void **state)
{
    (void)state;
    seen.config.run.max_retries = 3;
    start_app("leaves('of the first')", "s = listens()\nwaits()");
    comes_to_generation(1);
    start_app("pass", "say('got [' + reads() + ']')\ns = listens()\nwaits()");
    comes_to_generation(2);
    printed("got [of the first]\n");
    assert_int_equal(kill(service_pid(seen.service), SIGKILL), 0);
    comes_to_generation(3);
    printed("got [of the first]\ngot [of the first]\n");
}

/* The one that takes its time to stop ends after a newer one. */
static void the_newest_counts(void **state)
{
    (void)state;
    allow_overlap();
    start_app("say('asked'); time.sleep(1000)", "s = listens()\nsay('first')\nleaves('old')\n"
                                                "waits()");
    comes_to_generation(1);
    int first = service_pid(seen.service);
    start_app("leaves('new')", "s = listens()\nsay('second')\nwaits()");
    printed("asked\n");
    comes_to(RUN_HANDING);
    start_app("pass", "s = listens()\nsay('third')\nsay('got [' + reads() + ']')\nwaits()");
    seen.exits = 0;
    AWAIT_COUNT(seen.exits); /* the second */
    printed("third\n");
    assert_null(strstr(buf_text(&seen.out), "got"));
    assert_int_equal(kill(first, SIGKILL), 0);
    comes_to_generation(3);
    printed("got [new]\n");
}

static void too_much_is_left_out(void **state)
{
    (void)state;
    start_app("open(os.environ['ZONDA_STATE_OUT'], 'w').truncate(65 << 20)",
              "s = listens()\nwaits()");
    comes_to_generation(1);
    start_app("pass", "say('got [' + reads() + ']')\ns = listens()\nwaits()");
    comes_to_generation(2);
    printed("got []\n");
    assert_int_equal(seen.notices, 1);
    assert_non_null(strstr(seen.notice, "65 MiB"));
}

/* Something else than a file of the app. */
static void a_link_is_not_followed(void **state)
{
    (void)state;
    start_app("os.symlink('/etc/hostname', os.environ['ZONDA_STATE_OUT'])",
              "s = listens()\nwaits()");
    comes_to_generation(1);
    start_app("pass", "say('got [' + reads() + ']')\ns = listens()\nwaits()");
    comes_to_generation(2);
    printed("got []\n");
}

static void where_nothing_can_be_written(void **state)
{
    (void)state;
    char nowhere[] = "/proc/nowhere";
    seen.config.tmp_dir = nowhere;
    start_app("pass", "say('got', os.environ.get('ZONDA_STATE_IN', 'nothing'))\nwaits()");
    printed("got nothing\n");
    assert_int_equal(seen.notices, 1);
    assert_non_null(strstr(seen.notice, "no state goes"));
}

static void nobody_else_may_look(void **state)
{
    (void)state;
    struct stat info;
    start_app("pass", "s = listens()\nwaits()");
    comes_to_generation(1);
    assert_int_equal(stat(seen.service->passing.dir, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_int_equal(strlen(strrchr(seen.service->passing.dir, '/')), strlen("/state-") + 16);
    struct err err;
    assert_int_equal(fs_remove_tree(seen.service->passing.dir, &err), 0);
    start_app("pass", "say('got [' + reads() + ']')\ns = listens()\nwaits()");
    comes_to_generation(2); /* a new one was made */
    printed("got []\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_next_reads_what_was_left, begin, end),
        cmocka_unit_test_setup_teardown(a_shell_counts, begin, end),
        cmocka_unit_test_setup_teardown(one_beside_waits_in_its_read, begin, end),
        cmocka_unit_test_setup_teardown(one_that_reads_before_it_listens, begin, end),
        cmocka_unit_test_setup_teardown(one_that_writes_nothing_loses_nothing, begin, end),
        cmocka_unit_test_setup_teardown(one_that_never_served_leaves_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_crash_leaves_what_was_written_before, begin, end),
        cmocka_unit_test_setup_teardown(the_newest_counts, begin, end),
        cmocka_unit_test_setup_teardown(too_much_is_left_out, begin, end),
        cmocka_unit_test_setup_teardown(a_link_is_not_followed, begin, end),
        cmocka_unit_test_setup_teardown(where_nothing_can_be_written, begin, end),
        cmocka_unit_test_setup_teardown(nobody_else_may_look, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
