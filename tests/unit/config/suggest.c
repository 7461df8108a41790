#include "check.h"

#include <string.h>

#include "config/suggest.h"

static const char *const names[] = {"command", "stop_timeout", "stop_signal", "env", "tmp_dir"};

static void is(const char *word, const char *wanted)
{
    const char *found = suggest(word, names, sizeof names / sizeof *names);
    if (wanted) {
        assert_non_null(found);
        assert_string_equal(found, wanted);
    } else {
        assert_null(found);
    }
}

static void finds_the_nearest(void **state)
{
    (void)state;
    is("comand", "command");
    is("ocmmand", "command");
    is("stop_timout", "stop_timeout");
    is("Stop-Signal", "stop_signal");
    is("tmpdir", "tmp_dir");
    is("evn", "env");
    is("command", "command");
    is("stop_sig", "stop_signal"); /* an end that was left out */
    is("stopp_timeout", "stop_timeout");
}

/* stdin has two letters in common with stopp, and is the nearest by edits. */
static void prefers_what_begins_alike(void **state)
{
    static const char *const keys[] = {"run.stdin", "run.stop_timeout", "run.stop_signal",
                                       "run.env", "build.stop_on_error"};
    (void)state;
    assert_string_equal(suggest("run.stopp", keys, 5), "run.stop_signal");
    assert_string_equal(suggest("run.stdn", keys, 5), "run.stdin");
    assert_null(suggest("run.xyz", keys, 3));
}

static void finds_nothing_far_away(void **state)
{
    char long_word[200];
    (void)state;
    is("", NULL);
    is("x", NULL);
    is("banana", NULL);
    memset(long_word, 'a', sizeof long_word - 1);
    long_word[sizeof long_word - 1] = '\0';
    is(long_word, NULL);
    assert_null(suggest("command", NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_nearest),
        cmocka_unit_test(prefers_what_begins_alike),
        cmocka_unit_test(finds_nothing_far_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
