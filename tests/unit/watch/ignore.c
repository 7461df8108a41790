/* Ignore rules against gitignore(5), and against git itself where it is here. */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/strs.h"
#include "platform/fs.h"
#include "watch/ignore.h"

static struct err err;

/* --- a table after the manual page --- */

static const struct {
    const char *rules, *path;
    bool is_dir, ignored;
} CASES[] = {
    {"", "a", false, false},
    {"# a\n", "a", false, false},
    {"\\#a\n", "#a", false, true},
    {"\\!a\n", "!a", false, true},
    {"\n\n  \na\n", "a", false, true},
    {"a", "a", false, true},
    {"a", "b/a", false, true},
    {"a", "ab", false, false},
    {"a\r\n", "a", false, true},
    {"\xEF\xBB\xBF"
     "a\n",
     "a", false, true},
    {"a   \n", "a", false, true},
    {"a\\ \n", "a ", false, true},
    {"a\\ \n", "a", false, false},
    {"/a\n", "a", false, true},
    {"/a\n", "b/a", false, false},
    {"b/a\n", "b/a", false, true},
    {"b/a\n", "c/b/a", false, false},
    {"a/\n", "a", false, false},
    {"a/\n", "a", true, true},
    {"a/\n", "a/b", false, true},
    {"a/\n", "c/a/b", false, true},
    {"c/a/\n", "c/a/b", false, true},
    {"c/a/\n", "d/c/a/b", false, false},
    {"*.go\n", "x.go", false, true},
    {"*.go\n", "b/x.go", false, true},
    {"*.go\n!x.go\n", "x.go", false, false},
    {"!x.go\n*.go\n", "x.go", false, true},
    {"a/\n!a/b\n", "a/b", false, true}, /* its directory is left out: nothing brings it back */
    {"a/*\n!a/b\n", "a/b", false, false},
    {"a/*\n", "a/b/c", false, true},
    {"/a/*.c\n", "a/b/x.c", false, false},
    {"**/a\n", "a", false, true},
    {"**/a\n", "b/c/a", false, true},
    {"**/a/b\n", "c/a/b", false, true},
    {"a/**\n", "a/b/c", false, true},
    {"a/**\n", "a", true, false},
    {"a/**/b\n", "a/b", false, true},
    {"a/**/b\n", "a/c/d/b", false, true},
    {"a/**/b\n", "a/c/bb", false, false},
    {"fo?\n", "foo", false, true},
    {"fo?\n", "fo", false, false},
    {"a?b\n", "a/b", false, false},
    {"[a-c]x\n", "bx", false, true},
    {"[!a-c]x\n", "bx", false, false},
    {"[!a-c]x\n", "dx", false, true},
    {"[[:digit:]]\n", "7", false, true},
    {"[a\n", "[a", false, false}, /* malformed: matches nothing */
    {"{a,b}\n", "a", false, false},
    {"{a,b}\n", "{a,b}", false, true},
    {"a\\*\n", "a*", false, true},
    {"a\\*\n", "ab", false, false},
    {"*\n", "a/b", false, true},
    {"*\n!*/\n!*.go\n", "a/b.go", false, false},
    {"*\n!*/\n!*.go\n", "a/b.txt", false, true},
    {"/\n", "a", false, false},
};

static void follows_the_manual(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (ignore_text_matches(CASES[i].rules, strlen(CASES[i].rules), CASES[i].path,
                                CASES[i].is_dir) != CASES[i].ignored)
            fail_msg("rules '%s', path '%s': should be %s", CASES[i].rules, CASES[i].path,
                     CASES[i].ignored ? "ignored" : "kept");
}

/* --- against git --- */

/* Without what the manual page says differently from what git does: three stars, empty ranges. */
static const char *const PATTERNS[] = {
    "foo",
    "/foo",
    "foo/",
    "*.go",
    "!*.go",
    "a/b",
    "/a/b",
    "a/*",
    "a/**",
    "**/b",
    "**/a/b",
    "a/**/b",
    "a/**/foo",
    "**",
    "*",
    "!a/",
    "!/a",
    "?oo",
    "[fb]oo",
    "[!f]oo",
    "[a-f]oo",
    "\\!x",
    "\\#x",
    "foo\\ ",
    "foo ",
    "foo*",
    "*foo*",
    "a**b",
    "**foo",
    "foo**",
    "a/**/",
    "/**/foo",
    "/*",
    "!/*/",
    "{a,b}",
    "{x}",
    "[[:alpha:]]oo",
    "[",
    "[]",
    "[]]",
    "a//b",
    "./foo",
    "foo/.",
    "**/",
    "/",
    "//",
    "!",
    "!!x",
    "#x",
    "  foo",
    "foo\t",
    "*/",
    "*/foo",
    "*/b/*",
    "b/*/foo",
    "[^b]*",
    "!b",
    "a/b/",
    "!a/b/c",
    "d/*",
    "!d/foo",
    "*.{go}",
    "x.*",
    "!foo",
    "\\foo",
    "f\\oo",
    "[\\]x]",
    "[a-]x",
    "[]-a]x",
    "[!]a-]x",
    "***",

    "[[:digit:][:space:]]",
    "f[!/]o",
    "a[/]b",

    "*o*o*",
    "a/*/foo",
    "!*",
};

static const char *const FILES[] = {
    "foo",     "boo",    "x.go",    "y.go",      "!x",         "#x",    "foo ",    "{a,b}",
    "{x}",     "[",      "]x",      "-x",        "fooo",       "afoob", "a b",     "7",
    "a/foo",   "a/x.go", "a/b/foo", "a/b/c/foo", "a/b/c/x.go", "b/foo", "b/c/foo", "b/c/a/b/foo",
    "d/foo/x", "d/bar",  "d/x.go",  "foox/y",    "ab",         "acb",   "  foo",   "f/oo",
};

#define RANDOM_SETS 150

static int differences;
static char top[] = "/tmp/zonda-ignore-XXXXXX";

/* Runs a program in top with its input and output in files; its status. */
static int run(const char *const *argv, const char *in, const char *out)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (chdir(top) != 0 || dup2(open(in, O_RDONLY), 0) < 0 ||
            dup2(open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600), 1) < 0)
            _exit(126);
        (void)setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
        (void)setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
        (void)setenv("XDG_CONFIG_HOME", "/dev/null", 1);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void put(const char *name, const char *text, size_t len)
{
    char *path = path_join(top, name), *dir = path_dir(path);
    assert_int_equal(fs_mkdirs(dir, 0700, &err), 0);
    assert_int_equal(fs_write(path, text, len, 0600, &err), 0);
    free(dir);
    free(path);
}

/* All files and their directories, in one list; a directory has a '/' at its end. */
static void all_paths(struct strs *paths)
{
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        strs_push(paths, FILES[i]);
        for (const char *slash = FILES[i]; (slash = strchr(slash, '/')); slash++) {
            char *dir = mem_string_n(FILES[i], (size_t)(slash - FILES[i]) + 1);
            if (!strs_has(paths, dir))
                strs_push(paths, dir);
            free(dir);
        }
    }
}

/* Compares the two for one text of rules; the paths are on git's input already. */
static void compare(const char *rules, const struct strs *paths)
{
    static const char *const CHECK[] = {"git", "check-ignore", "--no-index", "--stdin", "-z", NULL};
    struct buf text = BUF_INIT((size_t)1 << 20);
    char *out = path_join(top, ".git/out");
    struct strs ignored = {0};
    put(".gitignore", rules, strlen(rules));
    int status = run(CHECK, ".git/in", ".git/out");
    assert_true(status == 0 || status == 1);
    assert_int_equal(fs_read(out, &text, &err), 0);
    for (size_t at = 0; at < text.len; at += strlen(text.data + at) + 1)
        strs_push(&ignored, text.data + at);
    STRS_EACH (path, paths) {
        size_t len = strlen(*path);
        bool is_dir = (*path)[len - 1] == '/';
        char *plain = mem_string_n(*path, len - is_dir);
        bool ours = ignore_text_matches(rules, strlen(rules), plain, is_dir);
        if (ours != strs_has(&ignored, plain)) {
            print_message("# rules '%s', path '%s': git says %s\n", rules, *path,
                          ours ? "kept" : "ignored");
            differences++;
        }
        free(plain);
    }
    strs_fini(&ignored);
    buf_fini(&text);
    free(out);
}

static void agrees_with_git(void **state)
{
    static const char *const INIT[] = {"git", "init", "-q", ".", NULL};
    struct buf in = BUF_INIT((size_t)1 << 20);
    struct strs paths = {0};
    uint32_t random = 1;
    (void)state;
    assert_non_null(mkdtemp(top));
    if (run(INIT, "/dev/null", "/dev/null") != 0) {
        assert_int_equal(fs_remove_tree(top, &err), 0);
        skip();
    }
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++)
        put(FILES[i], "", 0);
    all_paths(&paths);
    STRS_EACH (path, &paths) {
        size_t plain = strlen(*path) - ((*path)[strlen(*path) - 1] == '/');
        (void)buf_append(&in, *path, plain);
        (void)buf_putc(&in, '\0');
    }
    put(".git/in", in.data, in.len);
    size_t len = sizeof PATTERNS / sizeof *PATTERNS;
    for (size_t i = 0; i < len; i++)
        compare(PATTERNS[i], &paths);
    for (int i = 0; i < RANDOM_SETS; i++) {
        char rules[128] = "";
        for (size_t part = 0, end = 0; part < 2 + (size_t)i % 3; part++) {
            random = random * 1664525 + 1013904223;
            end += (size_t)snprintf(rules + end, sizeof rules - end, "%s\n",
                                    PATTERNS[(random >> 8) % len]);
        }
        compare(rules, &paths);
    }
    strs_fini(&paths);
    buf_fini(&in);
    assert_int_equal(fs_remove_tree(top, &err), 0);
    assert_int_equal(differences, 0);
}

/* --- bounds --- */

static void long_and_many_rules_are_bounded(void **state)
{
    (void)state;
    struct buf text = BUF_INIT((size_t)8 << 20);
    for (int i = 0; i < IGNORE_RULES_MAX + 10; i++)
        (void)buf_printf(&text, "name%d\n", i);
    assert_true(ignore_text_matches(text.data, text.len, "name9999", false));
    assert_false(ignore_text_matches(text.data, text.len, "name10005", false));
    buf_reset(&text);
    for (int i = 0; i < 100000; i++)
        (void)buf_putc(&text, '*');
    assert_false(ignore_text_matches(text.data, text.len, "a", false));
    /* What is behind a NUL is no text. */
    assert_true(ignore_text_matches("a\0b\nc", 5, "a", false));
    assert_false(ignore_text_matches("a\0b\nc", 5, "b", false));
    assert_true(ignore_text_matches("a\0b\nc", 5, "c", false));
    buf_fini(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_manual),
        cmocka_unit_test(agrees_with_git),
        cmocka_unit_test(long_and_many_rules_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
