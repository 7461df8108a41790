#include "build/scratch.h"

#include "build/diagnostics.h"

static struct diagnostics list;

static int forget(void **state)
{
    (void)state;
    diagnostics_fini(&list);
    return 0;
}

static bool line(const char *text)
{
    return diagnostics_line(&list, scratch, text);
}

static void assert_last(const char *file, int number, int column, const char *message)
{
    assert_true(list.list.len > 0);
    const struct diagnostic *one = &list.list.at[list.list.len - 1];
    assert_string_equal(path_show(scratch, one->file), file);
    assert_int_equal(one->line, number);
    assert_int_equal(one->column, column);
    assert_string_equal(one->message, message);
}

/* What `go build`, `go vet` and the go command print, as it was printed. */
static void go_is_understood(void **state)
{
    (void)state;
    assert_false(line("# example.com/gx"));
    assert_true(line("./main.go:5:21: too many arguments in call to lib.F"));
    assert_true(line("\thave (number)"));
    assert_true(line("\twant ()"));
    assert_last("main.go", 5, 21,
                "too many arguments in call to lib.F\n\thave (number)\n\twant ()");
    assert_true(line("lib/lib.go:3:23: cannot use \"a\" (untyped string constant) as int value"));
    assert_last("lib/lib.go", 3, 23, "cannot use \"a\" (untyped string constant) as int value");
    assert_false(line("# [example.com/gx/lib]"));
    assert_false(line("\tafter a heading nothing goes on"));
    assert_true(line("vet: ./main.go:5:2: undefined: x"));
    assert_last("main.go", 5, 2, "undefined: x");
    assert_true(line("../other/a.go:7:1: missing return"));
    assert_int_equal(list.list.len, 4);
    assert_int_equal(list.list.at[3].line, 7);
    assert_null(strstr(list.list.at[3].file, ".."));
    assert_false(line("too many errors"));
}

static void modules_are_understood(void **state)
{
    (void)state;
    assert_false(line("go: errors parsing go.mod:"));
    assert_true(line("go.mod:4: malformed module path \"x\": missing dot in first path element"));
    assert_last("go.mod", 4, 0, "malformed module path \"x\": missing dot in first path element");
    assert_true(line("main.go:3:31: no required module provides package foo.org/none; to add it:"));
    assert_true(line("\tgo get foo.org/none"));
    assert_last("main.go", 3, 31,
                "no required module provides package foo.org/none; to add it:\n"
                "\tgo get foo.org/none");
    assert_true(line("go: go.mod:12: unknown directive: oops"));
    assert_last("go.mod", 12, 0, "unknown directive: oops");
}

static void others_are_understood(void **state)
{
    (void)state;
    assert_true(line("src/a.c:12:5: warning: unused variable 'x' [-Wunused-variable]"));
    assert_last("src/a.c", 12, 5, "unused variable 'x' [-Wunused-variable]");
    assert_true(list.list.at[0].warning);
    assert_true(line("src/a.c:13:5: error: expected ';'"));
    assert_last("src/a.c", 13, 5, "expected ';'");
    assert_false(list.list.at[1].warning);
    assert_true(line("src/a.h:1:1: note: declared here"));
    assert_int_equal(list.list.len, 2); /* it belongs to the error */
    assert_true(line("src/app.ts(4,7): error TS2322: Type 'string' is not assignable."));
    assert_last("src/app.ts", 4, 7, "error TS2322: Type 'string' is not assignable.");
    assert_true(line("/usr/bin/ld: main.c:(.text+0x5): undefined reference to `foo'"));
    assert_last("main.c", 0, 0, "undefined reference to `foo'");
    assert_true(line("/usr/bin/ld: main.c:12: undefined reference to `bar'"));
    assert_last("main.c", 12, 0, "undefined reference to `bar'");
    assert_true(line("my dir/a b.go:3:4: spaces are allowed"));
    assert_last("my dir/a b.go", 3, 4, "spaces are allowed");
}

static void what_only_looks_like_one_is_none(void **state)
{
    static const char *const LINES[] = {
        "dial tcp 127.0.0.1:8080: connect: connection refused",
        "http://localhost:8080: no answer",
        "example.com:443: certificate has expired",
        "2024/01/02 10:11:12: started",
        "10:11:12: started",
        "panic: runtime error: index out of range",
        "main.go: no line",
        "main.go:0:1: no such line",
        "main.go:99999999999999999999:1: too much",
        "main.go:12",
        "main.go:12 and so on",
        ":3:4: no name",
        "exit status 1",
        "",
        "\t",
        "\tmain.go:3:4: a continuation of nothing",
    };
    (void)state;
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++)
        if (line(LINES[i]))
            fail_msg("taken: %s", LINES[i]);
    assert_int_equal(list.list.len, 0);
    /* A name without an extension counts where it is a file. */
    assert_false(line("rules:3: stop"));
    put("rules", "x\n");
    assert_true(line("rules:3: stop"));
}

static void the_list_is_bounded(void **state)
{
    char text[64];
    (void)state;
    for (int i = 1; i <= DIAGNOSTICS_MAX + 5; i++) {
        (void)snprintf(text, sizeof text, "a.go:%d:1: wrong", i);
        assert_true(line(text));
    }
    assert_true(line("\tand more"));
    assert_int_equal(list.list.len, DIAGNOSTICS_MAX);
    assert_int_equal(list.dropped, 5);
    assert_last("a.go", DIAGNOSTICS_MAX, 1, "wrong");
    diagnostics_fini(&list);
    assert_true(line("a.go:1:1: wrong"));
    for (int i = 0; i < 1000; i++)
        assert_true(line("\tand a line that goes on and on and on"));
    assert_true(strlen(list.list.at[0].message) <= DIAGNOSTIC_MESSAGE_BYTES_MAX);
}

/* --- excerpts --- */

static void assert_excerpt(int number, int column, int before, int after, const char *wanted)
{
    struct buf out = BUF_INIT(10000);
    struct diagnostic one = {.file = mem_string(at("main.go")), .line = number, .column = column};
    diagnostic_excerpt(&one, before, after, &out);
    assert_string_equal(buf_text(&out), wanted);
    free(one.file);
    buf_fini(&out);
}

static void the_source_is_shown(void **state)
{
    (void)state;
    put("main.go",
        "package main\n\nfunc main() {\n\tr := gin.Default()\r\n\tr.GET(\"/ä\", hom)\n}\n");
    assert_excerpt(5, 15, 2, 1,
                   "   3 | func main() {\n"
                   "   4 |     r := gin.Default()\n"
                   ">  5 |     r.GET(\"/ä\", hom)\n"
                   "     |                 ^\n"
                   "   6 | }\n");
    assert_excerpt(1, 1, 2, 1,
                   ">  1 | package main\n"
                   "     | ^\n"
                   "   2 |\n");
    assert_excerpt(6, 0, 0, 3, ">  6 | }\n");            /* no column, no caret */
    assert_excerpt(6, 2, 0, 0, ">  6 | }\n     |  ^\n"); /* behind the end: `unexpected newline` */
    assert_excerpt(6, 9, 0, 0, ">  6 | }\n");            /* there is no such column */
    assert_excerpt(7, 1, 2, 2, "");
    assert_excerpt(0, 0, 2, 2, "");
}

static void numbers_stand_below_each_other(void **state)
{
    struct buf text = BUF_INIT(1000);
    (void)state;
    for (int i = 1; i <= 12; i++)
        (void)buf_printf(&text, "line %d\n", i);
    put("main.go", buf_text(&text));
    buf_fini(&text);
    assert_excerpt(9, 1, 1, 1,
                   "    8 | line 8\n"
                   ">   9 | line 9\n"
                   "      | ^\n"
                   "   10 | line 10\n");
}

static void an_excerpt_is_bounded(void **state)
{
    char *text = mem_new(100001, 1);
    struct buf out = BUF_INIT(10000);
    struct diagnostic one = {.file = mem_string(at("main.go")), .line = 1, .column = 99999};
    (void)state;
    memset(text, 'x', 100000);
    put("main.go", text);
    diagnostic_excerpt(&one, 2, 2, &out);
    assert_true(out.len > 200 && out.len < 300);
    assert_null(strchr(buf_text(&out), '^'));
    buf_reset(&out);
    mem_replace(&one.file, at("none.go"));
    diagnostic_excerpt(&one, 2, 2, &out);
    assert_int_equal(out.len, 0);
    free(one.file);
    free(text);
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(go_is_understood, forget),
        cmocka_unit_test_teardown(modules_are_understood, forget),
        cmocka_unit_test_teardown(others_are_understood, forget),
        cmocka_unit_test_teardown(what_only_looks_like_one_is_none, forget),
        cmocka_unit_test_teardown(the_list_is_bounded, forget),
        cmocka_unit_test(the_source_is_shown),
        cmocka_unit_test(numbers_stand_below_each_other),
        cmocka_unit_test(an_excerpt_is_bounded),
    };
    return cmocka_run_group_tests_name("build/diagnostics", tests, scratch_make, scratch_remove);
}
