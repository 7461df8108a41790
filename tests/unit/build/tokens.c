#include "check.h"

#include <string.h>

#include "build/golang/tokens.h"

static struct digest digest_of_text(const char *text, bool header)
{
    struct gotokens scan;
    gotokens_init(&scan, text, strlen(text));
    assert_true(scan.sound);
    struct digest digest = header ? gotokens_header_digest(&scan) : gotokens_digest(&scan);
    gotokens_fini(&scan);
    return digest;
}

static bool same(const char *a, const char *b)
{
    return digest_equal(digest_of_text(a, false), digest_of_text(b, false));
}

static bool same_header(const char *a, const char *b)
{
    return digest_equal(digest_of_text(a, true), digest_of_text(b, true));
}

static void spaces_and_comments_at_the_end_are_nothing(void **state)
{
    (void)state;
    assert_true(same("package a\nvar x=1\n", "package a // one\nvar  x = 1 /* two */ \t\r\n\n"));
    assert_false(same("package a\nvar x = 1\n", "package a\n\nvar x = 1\n"));
    assert_false(same("package a\nvar x = 1\n", "package a\n// note\nvar x = 1\n"));
}

static void operators_are_told_apart(void **state)
{
    (void)state;
    assert_false(same("package a\nvar x = a - -b\n", "package a\nvar x = a--b\n"));
    assert_false(same("package a\nvar x = a & ^b\n", "package a\nvar x = a &^ b\n") &&
                 !same("package a\nvar x = a &^ b\n", "package a\nvar x = a&^b\n"));
    assert_false(same("package a\nvar x = 1 .2\n", "package a\nvar x = 1.2\n"));
    assert_false(same("package a\nvar x = 0xe +1\n", "package a\nvar x = 0xe+ 2\n"));
    assert_true(same("package a\nvar x = 0xe +1\n", "package a\nvar x = 0xe+1\n"));
    assert_false(same("package a\nvar x = 1e +1\n", "package a\nvar x = 1e+1\n"));
}

static void what_stands_in_strings_counts(void **state)
{
    (void)state;
    assert_false(same("package a\nvar x = \"a  b\"\n", "package a\nvar x = \"a b\"\n"));
    assert_false(same("package a\nvar x = `//`\n", "package a\nvar x = `/ /`\n"));
    assert_false(same("package a\nvar x = '\\''\n", "package a\nvar x = '\\\\'\n"));
    assert_true(same("package a\nvar x = \"/*\" // \"\n", "package a\nvar x = \"/*\"\n"));
}

static void directives_are_tokens_and_of_the_header(void **state)
{
    static const char PLAIN[] = "package a\nimport \"fmt\"\nfunc f() {}\n";
    (void)state;
    assert_true(same_header(PLAIN, "package a\n\n\nimport \"fmt\"\n\nfunc g(x int) { x++ }\n"));
    assert_false(same_header(PLAIN, "package a\nimport \"os\"\nfunc f() {}\n"));
    assert_false(same_header(PLAIN, "package b\nimport \"fmt\"\nfunc f() {}\n"));
    assert_false(same_header(PLAIN, "//go:build x\n\npackage a\nimport \"fmt\"\nfunc f() {}\n"));
    assert_false(same_header(PLAIN, "// +build x\n\npackage a\nimport \"fmt\"\nfunc f() {}\n"));
    assert_false(same_header(PLAIN, "package a\nimport \"fmt\"\n//go:noinline\nfunc f() {}\n"));
    assert_true(same_header(PLAIN, "package a\nimport \"fmt\"\n// go:noinline\nfunc f() {}\n"));
    assert_true(same_header("package a\nimport (\n\"b\"\n\"c\"\n)\n",
                            "package a\nimport (\n\t\"b\" // why\n\n\t\"c\"\n)\nvar x int\n"));
}

static void what_does_not_scan_is_not_sound(void **state)
{
    static const char *const BAD[] = {
        "",        "package a\nvar x = \"\n", "package a\nvar x = `\n",
        "x",       "package a /* ",           "package a\nvar x = '\n",
        "// only", "package a\n\x01\n"};
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct gotokens scan;
        gotokens_init(&scan, BAD[i], strlen(BAD[i]));
        assert_false(scan.sound);
        gotokens_fini(&scan);
    }
}

static void declarations_are_found(void **state)
{
    static const char TEXT[] =
        "package a\n\nimport \"fmt\"\n\nvar x = func() int {\n\treturn 1\n}()\n"
        "const (\n\ta = iota\n\tb\n)\n//go:noinline\nfunc (t *T[K]) f(x struct{ A int }) "
        "(err error) {\n\tfmt.Println()\n}\ntype T[K any] struct {\n\tA K\n}; var z int\n"
        "func external(int)\n";
    static const char *const FIRST[] = {"var", "const", "//go:noinline", "type", "var", "func"};
    (void)state;
    struct gotokens scan;
    gotokens_decls decls = {0};
    gotokens_init(&scan, TEXT, strlen(TEXT));
    gotokens_decls_of(&scan, &decls);
    assert_int_equal(decls.len, 6);
    for (size_t i = 0; i < decls.len; i++) {
        assert_true(gotokens_is(&scan, decls.at[i].first, FIRST[i]));
        assert_int_equal(decls.at[i].open != 0, i == 2);
    }
    assert_true(gotokens_is(&scan, decls.at[2].open, "{"));
    assert_true(gotokens_is(&scan, decls.at[2].open + 1, "fmt"));
    vec_fini(&decls);
    gotokens_fini(&scan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spaces_and_comments_at_the_end_are_nothing),
        cmocka_unit_test(operators_are_told_apart),
        cmocka_unit_test(what_stands_in_strings_counts),
        cmocka_unit_test(directives_are_tokens_and_of_the_header),
        cmocka_unit_test(what_does_not_scan_is_not_sound),
        cmocka_unit_test(declarations_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
