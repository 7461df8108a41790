#include "check.h"

#include <string.h>

#include "build/golang/squeeze.h"

#define MAX ((size_t)1 << 16)

/* The variant of now on the lines of before; NULL where there is none. */
static const char *variant(const char *before, const char *now)
{
    static struct buf out;
    struct gotokens a, b;
    buf_fini(&out);
    buf_init(&out, MAX);
    gotokens_init(&a, before, strlen(before));
    gotokens_init(&b, now, strlen(now));
    bool can = squeeze(&a, &b, &out);
    gotokens_fini(&a);
    gotokens_fini(&b);
    const char *text = can ? buf_text(&out) : NULL;
    return text;
}

static void done(void **state)
{
    (void)state;
    (void)variant("", ""); /* frees */
}

#define HEAD "package a\n\nimport \"fmt\"\n\n"
#define REST "\nfunc Last() int { return 1 }\n"

static void a_longer_body_goes_on_one_line(void **state)
{
    done(state);
    assert_string_equal(
        variant(HEAD "func f() {\n\tg()\n}\n" REST, HEAD
                "func f() {\n\tx := 1 // one\n\n\tif x > 0 {\n\t\tg()\n\t}\n\n\treturn\n}\n" REST),
        HEAD "func f() { x := 1; if x > 0 { g ( ); }; return; \n\n}\n" REST);
}

static void a_shorter_body_is_padded(void **state)
{
    done(state);
    assert_string_equal(
        variant(HEAD "func f() {\n\tg()\n\tg()\n}\n" REST, HEAD "func f() {}\n" REST),
        HEAD "func f() { \n\n\n}\n" REST);
}

static void commas_and_operators_join_without_a_semicolon(void **state)
{
    done(state);
    assert_string_equal(variant(HEAD "func f() {\n\tg()\n}\n" REST,
                                HEAD "func f() {\n\tg(\n\t\t1,\n\t\t2 +\n\t\t\t3,\n\t)\n}\n" REST),
                        HEAD "func f() { g ( 1 , 2 + 3 , ); \n\n}\n" REST);
}

static void comments_between_declarations_do_not_count(void **state)
{
    done(state);
    const char *old = HEAD "var x = 1\n\nfunc f() {\n\tg()\n}\n" REST;
    assert_string_equal(
        variant(old, HEAD "// more\n// lines\nvar x = 1\n\n\n\nfunc f() {\n\tg()\n}\n\n" REST),
        HEAD "var x = 1\n\nfunc f() {\n\tg()\n}\n" REST);
}

static void what_is_new_comes_last(void **state)
{
    done(state);
    assert_string_equal(
        variant(HEAD "func f() {\n}\n" REST, HEAD "func n() {\n\tg()\n}\nfunc f() {\n}\n" REST),
        HEAD "func f() {\n}\n" REST "func n() {\n\tg()\n}\n");
}

static void what_is_gone_leaves_its_lines(void **state)
{
    done(state);
    assert_string_equal(
        variant(HEAD "func n() {\n}\nfunc f() {\n}\n" REST, HEAD "func f() {\n}\n" REST),
        HEAD "\n\nfunc f() {\n}\n" REST);
}

static void a_newline_that_ends_a_statement_is_part_of_the_program(void **state)
{
    done(state);
    /* "return" and "return x" on two lines are other statements than on one. */
    const char *text = variant(HEAD "func f() int {\n\treturn x\n}\n" REST,
                               HEAD "func f() int {\n\treturn\n\tx\n}\n" REST);
    assert_string_equal(text, HEAD "func f() int { return; x; \n\n}\n" REST);
}

static void without_a_variant(void **state)
{
    static const char *const PAIRS[][2] = {
        {HEAD "func f() {\n}\n", "package a\n\nimport \"os\"\n\nfunc f() {\n}\n"},
        {HEAD "func f() {\n}\n", HEAD "func f() {\n\tx := `a\nb\nc`\n}\n"},
        {HEAD "func f() {\n}\n", HEAD "func f() {\n\tg(\"\n}\n"},
        {HEAD "//line x.go:3\nfunc f() {\n}\n", HEAD "//line x.go:3\nfunc f() {\n\n}\n"},
        {HEAD "func f() {}\n", HEAD "func n() {\n\ttype t int\n}\n\nfunc f() {}\n"},
        {HEAD "func f() {}\n//go:linkname x y\n", HEAD "func f() {\n}\n//go:linkname x y\n"},
    };
    done(state);
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        assert_null(variant(PAIRS[i][0], PAIRS[i][1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_longer_body_goes_on_one_line),
        cmocka_unit_test(a_shorter_body_is_padded),
        cmocka_unit_test(commas_and_operators_join_without_a_semicolon),
        cmocka_unit_test(comments_between_declarations_do_not_count),
        cmocka_unit_test(what_is_new_comes_last),
        cmocka_unit_test(what_is_gone_leaves_its_lines),
        cmocka_unit_test(a_newline_that_ends_a_statement_is_part_of_the_program),
        cmocka_unit_test(without_a_variant),
        cmocka_unit_test(done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
