/* Every class of mistake in zonda.toml: the text, and what is printed about it. */
#include "check.h"

#include "fixture.h"

#define ALL_ACTIONS "one of build, restart, signal:NAME, refresh, run, ignore"

static const struct {
    const char *text, *told;
} cases[] = {
    {"[build]\ncomand = 'x'\n", "zonda.toml:2:1: error: [build] has no key comand\n"
                                "  hint: did you mean command?\n"},
    {"[biuld]\ncommand = 'x'\n", "zonda.toml:1:2: error: the root table has no table biuld\n"
                                 "  hint: did you mean build?\n"},
    {"tmpdir = 'x'\n", "zonda.toml:1:1: error: the root table has no key tmpdir\n"
                       "  hint: did you mean tmp_dir?\n"},
    {"[run]\nbackend = 'poll'\n", "zonda.toml:2:1: error: [run] has no key backend\n"
                                  "  hint: it belongs into [watch]\n"},
    {"[log]\nroot = '.'\n", "zonda.toml:2:1: error: [log] has no key root\n"
                            "  hint: it belongs into the root table, before the first [section]\n"},
    {"[run.watch]\nhidden = true\n", "zonda.toml:1:6: error: [run] has no table watch\n"
                                     "  hint: it belongs into a table of its own, [watch]\n"},
    {"[[run.rule]]\nmatch = 'x'\n", "zonda.toml:1:7: error: [run] has no table rule\n"
                                    "  hint: it belongs into a table of its own, [[rule]]\n"},
    {"[[rules]]\nmatch = 'x'\n", "zonda.toml:1:3: error: the root table has no table rules\n"
                                 "  hint: did you mean rule?\n"},
    {"[terminal]\nbananas = 1\n",
     "zonda.toml:2:1: error: [terminal] has no key bananas\n"
     "  hint: [terminal] has color, clear, keys, progress, banner, color_main, color_watch, "
     "color_build, color_run\n"},
    {"[proxy]\nhost = ''\n", "zonda.toml:2:8: error: host is empty\n"
                             "  hint: leave it out for 127.0.0.1\n"},
    {"build = 'go build'\n", "zonda.toml:1:1: error: build is a string, but it must be a section\n"
                             "  hint: write [build] in a line of its own, and its keys below it\n"},
    {"[run]\n[run]\n", "zonda.toml:2:1: error: 'run' is given a second time\n"
                       "  hint: keep one of the two; a table is opened once\n"},

    {"[watch]\ngitignore = 'yes'\n",
     "zonda.toml:2:13: error: gitignore is a string, but it must be true or false\n"
     "  hint: without quotes: gitignore = true, or false\n"},
    {"[run]\nmax_retries = 'three'\n",
     "zonda.toml:2:15: error: max_retries is a string, but it must be a whole number\n"
     "  hint: write it like this: max_retries = 3\n"},
    {"[run]\nmax_retries = -1\n",
     "zonda.toml:2:15: error: max_retries is -1, but it must not be negative\n"},
    {"[run]\nmax_retries = 1000001\n",
     "zonda.toml:2:15: error: max_retries is 1000001, but it must be at most 1000000\n"
     "  hint: from 0 to 1000000\n"},
    {"[run]\nmax_retries = 1.5\n", "zonda.toml:2:15: error: max_retries is a number with a "
                                   "fraction, but it must be a whole number\n"
                                   "  hint: write it like this: max_retries = 3\n"},
    {"[run]\nstop_timeout = '5 parsecs'\n",
     "zonda.toml:2:16: error: stop_timeout is '5 parsecs', which is no duration\n"
     "  hint: write a number and a unit: \"300ms\", \"5s\", \"2m\", \"1h\"\n"},
    {"[run]\nstop_timeout = '2h'\n",
     "zonda.toml:2:16: error: stop_timeout is 2h, but it must be at most 1h\n"
     "  hint: from 0 to 1h\n"},
    {"[run]\nstop_timeout = true\n",
     "zonda.toml:2:16: error: stop_timeout is true, but it must be a duration such as \"300ms\", "
     "\"5s\" or \"2m\"\n"
     "  hint: write it like this: stop_timeout = \"5s\"\n"},
    {"[build]\npackage = 7\n",
     "zonda.toml:2:11: error: package is a whole number, but it must be a string\n"
     "  hint: write it like this: package = \"./cmd/api\"\n"},
    {"[build]\nflags = '-race'\n",
     "zonda.toml:2:9: error: flags is a string, but it must be a list of strings\n"
     "  hint: write it like this: flags = [\"-tags=dev\"]\n"},
    {"[build]\nflags = ['-race', 7, '']\n",
     "zonda.toml:2:19: error: flags has a whole number in its list, but it takes strings only\n"
     "  hint: put each element in quotes\n"
     "zonda.toml:2:22: error: flags has an empty element\n"},
    {"[watch]\nbackend = 'pol'\n", "zonda.toml:2:11: error: backend is 'pol', which is not known\n"
                                   "  hint: did you mean poll? One of auto, events, poll\n"},
    {"[run]\nenv = ['A=1']\n",
     "zonda.toml:2:7: error: env is a list, but it must be a table of strings such as { NAME = "
     "\"value\" }\n"
     "  hint: write it like this: env = { GIN_MODE = \"debug\" }\n"},
    {"[run]\nenv = { A = 1, \"\" = 'x', \"B=C\" = 'x' }\n",
     "zonda.toml:2:13: error: A is a whole number, but it must be a string\n"
     "  hint: put the value in quotes\n"
     "zonda.toml:2:16: error: env has '=x', which is not NAME=value\n"
     "zonda.toml:2:26: error: env has the name 'B=C' with a '='\n"},
    {"[build]\ncommand = 7\n", "zonda.toml:2:11: error: command is a whole number, but it must be "
                               "a command: a string, or a list of words\n"
                               "  hint: put the command line in quotes\n"},
    {"[build]\ncommand = ''\n", "zonda.toml:2:11: error: command is empty\n"
                                "  hint: leave the key out for the default\n"},
    {"[build]\ncommand = []\n", "zonda.toml:2:11: error: command is an empty list\n"
                                "  hint: leave the key out for the default\n"},
    {"[build]\ncommand = ['', 'x']\n", "zonda.toml:2:11: error: command begins with an empty word\n"
                                       "  hint: leave the key out for the default\n"},
    {"[build]\ncommand = ['a', 1]\n",
     "zonda.toml:2:17: error: command has a whole number in its list, but it takes strings only\n"
     "  hint: put each word in quotes\n"},

    {"[[rule]]\naction = 'build'\n", "zonda.toml:1:1: error: the rule has no match\n"
                                     "  hint: say which files it is for: match = [\"*.sql\"]\n"},
    {"[[rule]]\nmatch = []\n", "zonda.toml:2:9: error: match is an empty list\n"
                               "  hint: name at least one: match = [\"*.sql\"]\n"},
    {"[[rule]]\nmatch = 'a'\naction = 'rebuild'\n",
     "zonda.toml:3:10: error: action is 'rebuild', which is not known\n  hint: " ALL_ACTIONS "\n"},
    {"[[rule]]\nmatch = 'a'\naction = 7\n", "zonda.toml:3:10: error: action is a whole number, but "
                                            "it must be a string\n  hint: " ALL_ACTIONS "\n"},
    {"[[rule]]\nmatch = 'a'\naction = 'signal:NOPE'\n",
     "zonda.toml:3:10: error: action names the signal 'NOPE', which is not known\n"
     "  hint: write a name such as signal:HUP, signal:USR1 or signal:TERM\n"},
    {"[[rule]]\nmatch = 'a'\naction = 'run'\n",
     "zonda.toml:1:1: error: the rule has the action run, but no command\n"
     "  hint: say what to run: command = \"make assets\"\n"},
    {"[[rule]]\nmatch = 'a'\naction = 'build'\ncommand = 'x'\n",
     "zonda.toml:4:1: error: the rule has a command, but its action is build\n"
     "  hint: remove it, or set action = \"run\"\n"},
    {"[[rule]]\nmatch = 'a'\nacton = 'x'\nname = 1\n",
     "zonda.toml:3:1: error: [[rule]] has no key acton\n"
     "  hint: did you mean action?\n"
     "zonda.toml:4:8: error: name is a whole number, but it must be a string\n"
     "  hint: put it in quotes\n"},
    {"[rule]\nmatch = 'a'\n",
     "zonda.toml:1:2: error: rule is a table, but it must be an array of tables\n"
     "  hint: write [[rule]] with two brackets before the keys of each rule\n"},

    {"root = 'no/such/directory'\n",
     "zonda.toml:1:8: error: root no/such/directory does not exist\n"
     "  hint: name the directory that holds go.mod, or leave root out\n"},
    {"root = '/dev/null'\n", "zonda.toml:1:8: error: root /dev/null is no directory\n"
                             "  hint: name the directory that holds go.mod, or leave root out\n"},
    {"root = '/'\n", "zonda.toml:1:8: error: root / is refused: everything below it would be "
                     "watched\n"
                     "  hint: start zonda in the project's directory, or allow it with "
                     "--allow_dangerous_root\n"},
    {"tmp_dir = '.'\n",
     "zonda.toml:1:11: error: tmp_dir " PROJECT " holds the project or more\n"
     "  hint: name a directory that holds nothing else: nothing in it is watched, and "
     "clean_on_exit removes it\n"},
    {"tmp_dir = ''\n", "zonda.toml:1:11: error: tmp_dir is empty\n"
                       "  hint: leave it out for the default\n"},

    /* All of them, in the order of the file. */
    {"[build]\ncomand = 'x'\n\n[run]\nstop_signal = 'NOPE'\nstop_timeout = 'soon'\n\n[wach]\n",
     "zonda.toml:2:1: error: [build] has no key comand\n"
     "  hint: did you mean command?\n"
     "zonda.toml:5:15: error: stop_signal is 'NOPE', which is no signal\n"
     "  hint: write a name such as SIGTERM, SIGINT, SIGHUP or SIGKILL\n"
     "zonda.toml:6:16: error: stop_timeout is 'soon', which is no duration\n"
     "  hint: write a number and a unit: \"300ms\", \"5s\", \"2m\", \"1h\"\n"
     "zonda.toml:8:2: error: the root table has no table wach\n"
     "  hint: did you mean watch?\n"},
};

static void each_is_told(void **state)
{
    struct fixture fixture = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(fixture_load(&fixture, PROJECT "/zonda.toml", cases[i].text),
                            cases[i].told);
        assert_null(fixture.config);
    }
    fixture_fini(&fixture);
}

/* Where the library words the message, or PCRE2: only its place is tested. */
static void each_is_placed(void **state)
{
    static const struct {
        const char *text, *place;
    } placed[] = {
        {"[watch]\nexclude = ['ok', '[a']\n", "zonda.toml:2:18: error: "},
        {"[watch]\nexclude_regex = ['(']\n", "zonda.toml:2:18: error: "},
        {"[build]\ncommand = \"cp 'a b\"\n", "zonda.toml:2:11: error: command is no command line"},
        {"[[rule]]\nmatch = ['b', '[a']\n", "zonda.toml:2:15: error: "},
        {"[[rule]]\nmatch = '[a'\n", "zonda.toml:2:9: error: "},
        {"[[rule]]\nmatch = 'a'\nexcept = ['[b']\n", "zonda.toml:3:11: error: "},
        {"[[rule]]\nmatch = 'a'\nexcept_regex = ['a', '', 'b', '(']\n", "zonda.toml:3:22: error: "},
        {"[build\n", "zonda.toml:1:"},
        {"[run]\nargs = [1, \n", "zonda.toml:"},
    };
    struct fixture fixture = {0};
    (void)state;
    for (size_t i = 0; i < sizeof placed / sizeof *placed; i++) {
        const char *told = fixture_load(&fixture, PROJECT "/zonda.toml", placed[i].text);
        assert_int_equal(strncmp(told, placed[i].place, strlen(placed[i].place)), 0);
        assert_null(fixture.config);
    }
    fixture_fini(&fixture);
}

static void are_counted_past_the_bound(void **state)
{
    struct fixture fixture = {0};
    struct buf text = BUF_INIT((size_t)1 << 16);
    (void)state;
    for (int i = 0; i < PROBLEMS_MAX + 20; i++)
        (void)buf_printf(&text, "banana%d = 1\n", i);
    const char *told = fixture_load(&fixture, PROJECT "/zonda.toml", buf_text(&text));
    assert_non_null(strstr(told, "\nand 20 more\n"));
    assert_int_equal(fixture.problems.errors, PROBLEMS_MAX + 20);
    buf_fini(&text);
    fixture_fini(&fixture);
}

static void what_seconds_may_be_meant_by_is_a_warning(void **state)
{
    struct fixture fixture = {0};
    (void)state;
    assert_string_equal(fixture_load(&fixture, PROJECT "/zonda.toml", "[run]\nstop_timeout = 5\n"),
                        "zonda.toml:2:16: warning: stop_timeout is 5 without a unit: that is 5 ms\n"
                        "  hint: write \"5s\" for seconds, \"5ms\" for milliseconds\n");
    assert_string_equal(fixture_load(&fixture, PROJECT "/zonda.toml",
                                     "[run]\nstop_timeout = '5ms'\nrestart_delay = 100\n"
                                     "max_retries = 5\n"),
                        "");
    strs_push(&fixture.flags, "run.stop_timeout=9");
    strs_push(&fixture.env, "ZONDA_RUN_RESTART_DELAY=1");
    assert_string_equal(
        fixture_load(&fixture, PROJECT "/zonda.toml", "[watch]\nsettle_max = 0\n"),
        "ZONDA_RUN_RESTART_DELAY: warning: restart_delay is 1 without a unit: that is 1 ms\n"
        "  hint: write \"1s\" for seconds, \"1ms\" for milliseconds\n"
        "--run.stop_timeout: warning: stop_timeout is 9 without a unit: that is 9 ms\n"
        "  hint: write \"9s\" for seconds, \"9ms\" for milliseconds\n");
    assert_non_null(fixture.config);
    fixture_fini(&fixture);
}

static void a_path_that_is_not_there_is_a_warning(void **state)
{
    struct fixture fixture = {0};
    (void)state;
    assert_string_equal(
        fixture_load(&fixture, PROJECT "/zonda.toml",
                     "[build]\npackage = './no_such_directory'\n[run]\ncwd = '/dev/null'\n"),
        "zonda.toml:2:11: warning: package ./no_such_directory is no directory\n"
        "  hint: name the directory of a main package: \"./cmd/api\"\n"
        "zonda.toml:4:7: warning: cwd /dev/null is no directory\n"
        "  hint: the app is started there: make it, or leave cwd out\n");
    assert_string_equal(
        fixture_load(&fixture, PROJECT "/zonda.toml",
                     "root = '/dev'\n[build]\npackage = '.'\n[run]\ncwd = 'none'\n"),
        "zonda.toml:3:11: warning: package . has no Go file\n"
        "  hint: name the directory of a main package: \"./cmd/api\"\n"
        "zonda.toml:5:7: warning: cwd /dev/none does not exist\n"
        "  hint: the app is started there: make it, or leave cwd out\n");
    assert_string_equal(
        fixture_load(&fixture, PROJECT "/zonda.toml", "[watch]\npaths = ['no_such_directory']\n"),
        "zonda.toml:2:9: warning: paths " PROJECT "/no_such_directory does not exist\n"
        "  hint: nothing there is watched\n");
    assert_non_null(fixture.config);
    fixture_fini(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_told),
        cmocka_unit_test(each_is_placed),
        cmocka_unit_test(are_counted_past_the_bound),
        cmocka_unit_test(what_seconds_may_be_meant_by_is_a_warning),
        cmocka_unit_test(a_path_that_is_not_there_is_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
