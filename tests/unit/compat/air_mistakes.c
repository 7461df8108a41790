/* What is told about an .air.toml: mistakes, and what air itself ignores. */
#include "check.h"

#include "fixture.h"

struct told_case {
    const char *text, *told;
};

static const struct told_case errors[] = {
    {"[proxy]\nenabled = true\nproxy_port = 80800\n",
     ".air.toml:3:14: error: proxy_port: port is 80800, but it must be at most 65535\n"
     "  hint: from 0 to 65535\n"},
    {"[build]\n  exclud_dir = []\n", ".air.toml:2:3: error: [build] has no key exclud_dir\n"
                                     "  hint: did you mean exclude_dir?\n"},
    {"exclude_dir = ['a']\n", ".air.toml:1:1: error: the root table has no key exclude_dir\n"
                              "  hint: it belongs into [build]\n"},
    {"[log]\nroot = '.'\n", ".air.toml:2:1: error: [log] has no key root\n"
                            "  hint: it belongs into the root table, before the first [table]\n"},
    {"[build]\nclean_on_exit = true\n", ".air.toml:2:1: error: [build] has no key clean_on_exit\n"
                                        "  hint: it belongs into [misc]\n"},
    {"[biuld]\n  cmd = 'x'\n", ".air.toml:1:2: error: the root table has no table biuld\n"
                               "  hint: did you mean build?\n"},
    {"[build.linux]\ndelay = 1\n", ".air.toml:2:1: error: [build.linux] has no key delay\n"
                                   "  hint: it belongs into [build]\n"},
    {"[[build.rules]]\ncmd = 'x'\ninclude_ext = ['a']\nincludedir = 1\n",
     ".air.toml:4:1: error: [[build.rules]] has no key includedir\n"
     "  hint: did you mean include_dir?\n"},
    {"[misc]\nx = 1\n", ".air.toml:2:1: error: [misc] has no key x\n"
                        "  hint: [misc] has clean_on_exit, startup_banner\n"},

    {"[build]\n  delay = 'soon'\n",
     ".air.toml:2:11: error: delay is a string, but it must be a whole number that is not "
     "negative\n"
     "  hint: without quotes and unit, such as 1000\n"},
    {"[build]\ndelay = -1\n", ".air.toml:2:9: error: delay is -1, but it must not be negative\n"
                              "  hint: without quotes and unit, such as 1000\n"},
    {"[build]\ndelay = 3600001\n",
     ".air.toml:2:9: error: delay: settle_max is 3600001ms, but it must be at most 1h\n"
     "  hint: from 0 to 1h\n"},
    {"[build]\n  cmd = 7\n",
     ".air.toml:2:9: error: cmd is a whole number, but it must be a string\n"
     "  hint: put it in quotes\n"},
    {"[build]\ninclude_ext = 'go'\n",
     ".air.toml:2:15: error: include_ext is a string, but it must be a list of strings\n"
     "  hint: put it in brackets: [\"…\"]\n"},
    {"[build]\ninclude_ext = ['go', 1]\n",
     ".air.toml:2:22: error: include_ext has a whole number in its list, but it takes strings "
     "only\n"
     "  hint: put each element in quotes\n"},
    {"[build]\npoll = 'true'\n",
     ".air.toml:2:8: error: poll is a string, but it must be true or false\n"
     "  hint: without quotes: true, or false\n"},
    {"[build]\nkill_delay = 'soon'\n",
     ".air.toml:2:14: error: kill_delay is 'soon', which is no duration\n"
     "  hint: write a number and a unit: \"300ms\", \"5s\", \"2m\", \"1h\"\n"},
    {"[build]\nkill_delay = true\n",
     ".air.toml:2:14: error: kill_delay is true, but it must be a duration such as \"500ms\"\n"
     "  hint: write a number and a unit: \"500ms\", \"2s\"\n"},
    {"[build]\nentrypoint = 7\n", ".air.toml:2:14: error: entrypoint is a whole number, but it "
                                  "must be a string or a list of strings\n"
                                  "  hint: put it in quotes\n"},
    {"[build]\nentrypoint = ['', 'x']\n",
     ".air.toml:2:14: error: entrypoint begins with an empty word\n"
     "  hint: name the program: [\"./tmp/main\"]\n"},
    {"build = 'x'\n", ".air.toml:1:9: error: build is a string, but it must be a table\n"
                      "  hint: write its name in brackets in a line of its own, and its keys below "
                      "it\n"},
    {"[build.rules]\ncmd = 'x'\n",
     ".air.toml:1:1: error: rules is a table, but it must be an array of tables\n"
     "  hint: write [[build.rules]] with two brackets before the keys of each rule\n"},
    {"[[build.rules]]\ninclude_ext = ['x']\n[[build.rules]]\ncmd = 'y'\n",
     ".air.toml:1:1: error: the rule has no cmd\n"
     "  hint: say what to run: cmd = \"make assets\"\n"
     ".air.toml:3:1: error: the rule names no files\n"
     "  hint: say which: include_ext = [\"scss\"], include_dir or include_file\n"},
    {"[log]\nlevel = 'loud'\n", ".air.toml:2:9: error: level is 'loud', which is not known\n"
                                "  hint: one of debug, info, warn, error, silent\n"},
    {"[color]\nmode = 'sometimes'\n",
     ".air.toml:2:8: error: mode: color is 'sometimes', which is not known\n"
     "  hint: one of auto, always, never\n"},
    {"root = '/'\n", ".air.toml:1:8: error: root / is refused: everything below it would be "
                     "watched\n"
                     "  hint: start zonda in the project's directory, or allow it with "
                     "--allow_dangerous_root\n"},
};

/* Right as far as it goes, but not what the user may think. */
static const struct told_case warnings[] = {
    {"tmp_dir = ''\n", ".air.toml:1:11: warning: tmp_dir is empty: as with air, it is \"tmp\"\n"
                       "  hint: leave it out\n"},
    {"[build]\ncmd = ''\n",
     ".air.toml:2:7: warning: cmd is empty, which air takes for its default\n"
     "  hint: as with air, this is run: go build -o ./tmp/main .\n"},
    {"[build]\nbin = './tmp/main serve'\n",
     ".air.toml:2:7: warning: bin holds a command line, but it is the name of a file\n"
     "  hint: call the key full_bin\n"},
    {"[build]\nkill_delay = '1s'\n",
     ".air.toml:2:14: warning: kill_delay does nothing without send_interrupt: the app gets "
     "SIGKILL at once, as with air\n"
     "  hint: set send_interrupt = true: then it gets SIGINT first\n"},
    {"[build]\npoll_interval = 10\n",
     ".air.toml:2:17: warning: poll_interval is 10 ms, but zonda looks every 50 ms at most\n"},
    {"[build]\nexclude_dir = ['../x', '**/node', 'ok']\n",
     ".air.toml:2:16: warning: exclude_dir has '../x', which is no directory below root: it "
     "excludes nothing\n"
     "  hint: write it relative to root\n"
     ".air.toml:2:24: warning: exclude_dir has '**/node', but takes paths: only a directory of "
     "exactly that name is excluded\n"
     "  hint: exclude_regex takes regular expressions, exclude_file takes patterns\n"},
    {"[build]\nexclude_file = ['/x']\n",
     ".air.toml:2:17: warning: exclude_file has '/x', which is not below root: it excludes "
     "nothing\n"
     "  hint: write it relative to root\n"},
    {"[build]\ninclude_dir = ['no_such_dir']\n",
     ".air.toml:2:15: warning: paths " PROJECT "/no_such_dir does not exist\n"
     "  hint: nothing there is watched\n"},
    {"[[build.rules]]\ncmd = 'x'\ninclude_dir = ['../y']\n",
     ".air.toml:3:16: warning: a rule has '../y', which is not below root: it matches nothing\n"
     "  hint: write it relative to root\n"},
    {"[color]\nmain = 'purple'\nbuild = 'gren'\napp = 'red'\n",
     ".air.toml:2:8: warning: main is 'purple', which is no colour: as with air, it is white\n"
     "  hint: one of red, green, yellow, blue, magenta, cyan, white or raw\n"
     ".air.toml:3:9: warning: build is 'gren', which is no colour: as with air, it is white\n"
     "  hint: did you mean green? One of red, green, yellow, blue, magenta, cyan, white or raw\n"
     ".air.toml:4:7: warning: app does nothing, with air as well: the app keeps its own colours\n"
     "  hint: leave it out\n"},
    {"[screen]\nclear_on_rebuild = true\nkeep_scroll = false\n",
     ".air.toml:3:15: warning: keep_scroll = false does nothing: what scrolled away is kept, as "
     "with air\n"},
    {"[proxy]\nenabled = true\nproxy_port = 0\napp_port = 8080\n",
     ".air.toml:2:11: warning: there is no proxy without a proxy_port\n"
     "  hint: give proxy_port a number\n"},
};

static void each_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        assert_string_equal(load(errors[i].text), errors[i].told);
        assert_null(config);
    }
    forget();
}

static void each_warning(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof warnings / sizeof *warnings; i++) {
        assert_string_equal(load(warnings[i].text), warnings[i].told);
        assert_non_null(config);
    }
    forget();
}

/* The library of regular expressions and that of globs word these themselves. */
static void each_is_placed(void **state)
{
    static const struct told_case placed[] = {
        {"[build]\nexclude_regex = ['a', '(']\n", ".air.toml:2:23: error: "},
        {"[build]\nexclude_file = ['[a']\n", ".air.toml:2:17: error: "},
        {"[build]\ncmd = \"cp 'a\"\n", ".air.toml:2:7: error: cmd is no command line"},
        {"[build]\nfull_bin = \"x 'a\"\n", ".air.toml:2:12: error: full_bin is no command line"},
        {"[build]\nargs_bin = ['ok', \"'a\"]\n", ".air.toml:2:19: error: "},
        {"[[build.rules]]\ncmd = \"x 'a\"\ninclude_ext = ['a']\n", ".air.toml:2:7: error: cmd is "},
        {"[[build.rules]]\ncmd = 'x'\ninclude_ext = ['a']\nexclude_regex = ['(']\n",
         ".air.toml:4:18: error: "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof placed / sizeof *placed; i++) {
        const char *text = load(placed[i].text);
        assert_int_equal(strncmp(text, placed[i].told, strlen(placed[i].told)), 0);
        assert_null(config);
        assert_int_equal(problems.errors, 1);
    }
    forget();
}

/* A run goes on with unknown keys; what is wrong in a known one is an error all the same. */
static void a_run_is_lenient(void **state)
{
    (void)state;
    assert_string_equal(load_as(PROJECT "/.air.toml", "[unheard]\nof = 1\n", true),
                        ".air.toml:1:2: warning: the root table has no table unheard\n"
                        "  hint: the root table has root, tmp_dir, testdata_dir, env_files, "
                        "max_restarts, build, log, color, misc, screen, proxy\n");
    assert_non_null(config);
    (void)load_as(PROJECT "/.air.toml", "[build]\ndelay = 'x'\n", true);
    assert_null(config);
    forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_error),
        cmocka_unit_test(each_warning),
        cmocka_unit_test(each_is_placed),
        cmocka_unit_test(a_run_is_lenient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
