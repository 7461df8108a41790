#include "check.h"

#include <string.h>

#include "base/glob.h"

struct sample {
    const char *pattern, *path;
    bool matches;
};

static void patterns_match_as_gitignore_says(void **state)
{
    static const struct sample SAMPLES[] = {
        {"*.go", "main.go", true},
        {"*.go", "cmd/api/main.go", true}, /* no '/': the base name, at any depth */
        {"*.go", "main.gox", false},
        {"main.go", "cmd/main.go", true},
        {"/main.go", "cmd/main.go", false},
        {"/main.go", "main.go", true},
        {"cmd/*.go", "cmd/main.go", true},
        {"cmd/*.go", "x/cmd/main.go", false}, /* a '/' inside anchors */
        {"cmd/*.go", "cmd/api/main.go", false},
        {"cmd/**/*.go", "cmd/main.go", true},
        {"cmd/**/*.go", "cmd/a/b/main.go", true},
        {"**/migrations/*.sql", "migrations/1.sql", true},
        {"**/migrations/*.sql", "a/b/migrations/1.sql", true},
        {"static/**", "static/css/a.css", true},
        {"static/**", "static", false},
        {"a**b", "axyb", true},
        {"?.txt", "a.txt", true},
        {"?.txt", "ab.txt", false},
        {"a/?/b", "a///b", false},
        {"[a-c].txt", "b.txt", true},
        {"[!a-c].txt", "b.txt", false},
        {"[^a-c].txt", "d.txt", true},
        {"[]a].txt", "].txt", true},
        {"[[:digit:]].txt", "7.txt", true},
        {"[[:digit:]].txt", "x.txt", false},
        {"a[/]b", "a/b", false},
        {"\\*.go", "*.go", true},
        {"\\*.go", "a.go", false},
        {"*.{html,tmpl}", "x/a.tmpl", true},
        {"*.{html,tmpl}", "a.txt", false},
        {"{a,b{c,d}}e", "bde", true},
        {"{a,b{c,d}}e", "be", false},
        {"{a,}x", "x", true},
        {"a/", "a/b/c", true},
        {"a/", "a", false},
        {"a/", "x/a/b", true},
        {"/a/", "x/a/b", false},
        {"", "a", false},
        {"a", "", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof SAMPLES / sizeof *SAMPLES; i++)
        if (glob_match(SAMPLES[i].pattern, SAMPLES[i].path) != SAMPLES[i].matches)
            fail_msg("%s and %s", SAMPLES[i].pattern, SAMPLES[i].path);
}

static void git_knows_no_braces(void **state)
{
    (void)state;
    assert_true(glob_match_git("a{b,c}", "a{b,c}"));
    assert_false(glob_match_git("a{b,c}", "ab"));
    assert_true(glob_match_git("*.o", "x/y.o"));
}

static void a_wrong_pattern_is_named(void **state)
{
    static const struct {
        const char *pattern, *word;
    } WRONG[] = {{"[a", "offset 0: '['"},
                 {"a\\", "backslash"},
                 {"x{ab", "offset 1: '{'"},
                 {"", "empty"},
                 {"a/[!]", "'['"}};
    char longer[GLOB_BYTES_MAX + 1];
    struct err err = {0};
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        assert_int_equal(glob_check(WRONG[i].pattern, &err), ERR_CONFIG);
        if (!strstr(err.message, WRONG[i].word))
            fail_msg("%s: %s", WRONG[i].pattern, err.message);
        assert_false(glob_match(WRONG[i].pattern, WRONG[i].pattern)); /* it matches nothing */
    }
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(glob_check(longer, &err), ERR_CONFIG);
    assert_false(glob_match(longer, longer));
    assert_int_equal(glob_check("**/*.{go,mod}", &err), 0);
}

/* What makes a backtracking matcher take years. */
static void the_time_is_bounded(void **state)
{
    char pattern[400], path[4000];
    (void)state;
    for (size_t i = 0; i + 2 < sizeof pattern; i += 2) {
        pattern[i] = '*';
        pattern[i + 1] = 'a';
    }
    pattern[sizeof pattern - 2] = 'b';
    pattern[sizeof pattern - 1] = '\0';
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_false(glob_match(pattern, path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_as_gitignore_says),
        cmocka_unit_test(git_knows_no_braces),
        cmocka_unit_test(a_wrong_pattern_is_named),
        cmocka_unit_test(the_time_is_bounded),
    };
    return cmocka_run_group_tests_name("base/glob", tests, NULL, NULL);
}
