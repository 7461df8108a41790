#include "check.h"

#include "browser/editor.h"

static void check_place(const char *editor, const char *file, int line, int column,
                        const char *expected)
{
    struct buf out = BUF_INIT(4096);
    editor_place(editor_template(editor), file, line, column, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
}

static void editors_by_name(void **state)
{
    (void)state;
    check_place("vscode", "/home/me/shop/main.go", 12, 3,
                "vscode://file/home/me/shop/main.go:12:3");
    check_place("goland", "/a/b.go", 1, 0, "goland://open?file=/a/b.go&line=1&column=1");
    check_place("nvim", "/a/b.go", 7, 2, "nvim +7 /a/b.go");
    assert_true(editor_is_link(editor_template("idea")));
    assert_false(editor_is_link(editor_template("helix")));
}

static void names_that_are_odd_are_encoded_or_quoted(void **state)
{
    (void)state;
    check_place("vscode", "/a b/#1?&.go", 1, 1, "vscode://file/a%20b/%231%3F%26.go:1:1");
    check_place("vim", "/a b/it's $(x).go", 1, 1, "vim +1 '/a b/it'\\''s $(x).go'");
    check_place("my://{file}{line}{unknown}{column}", "/\xc3\xa9", 2, 3, "my:///%C3%A92{unknown}3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(editors_by_name),
        cmocka_unit_test(names_that_are_odd_are_encoded_or_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
