/* What is read from Go sources: tokens, constraints, headers, calls that load templates. */
#include "build/scratch.h"

#include "build/golang/constraint.h"
#include "build/golang/graph.h"
#include "build/golang/scan.h"
#include "build/golang/source.h"
#include "build/golang/templates.h"

/* --- tokens --- */

static void sources_become_tokens(void **state)
{
    static const char TEXT[] =
        "a.b(\"s\\\"t\", `r\n\\`) /* c\n */ 'x' // d\n\t\"open\nä1 '\\''  0x1f+1.5 `end";
    static const struct {
        enum scan_kind kind;
        const char *text;
        int line;
        bool begins;
    } TOKENS[] = {
        {SCAN_WORD, "a", 1, true},         {SCAN_OTHER, ".", 1, false},
        {SCAN_WORD, "b", 1, false},        {SCAN_OTHER, "(", 1, false},
        {SCAN_STRING, "s\\\"t", 1, false}, {SCAN_OTHER, ",", 1, false},
        {SCAN_STRING, "r\n\\", 1, false},  {SCAN_OTHER, ")", 2, false},
        {SCAN_OTHER, "x", 3, false},       {SCAN_COMMENT, "// d", 3, false},
        {SCAN_STRING, "open", 4, true},    {SCAN_WORD, "ä1", 5, true},
        {SCAN_OTHER, "\\'", 5, false},     {SCAN_OTHER, "0x1f", 5, false},
        {SCAN_OTHER, "+", 5, false},       {SCAN_OTHER, "1.5", 5, false},
        {SCAN_STRING, "end", 5, false},    {SCAN_END, "", 5, false},
    };
    struct scan scan = {.at = TEXT, .end = TEXT + sizeof TEXT - 1, .line = 1, .line_begins = true};
    (void)state;
    for (size_t i = 0; i < sizeof TOKENS / sizeof *TOKENS; i++) {
        struct token token;
        assert_int_equal(scan_next(&scan, &token), TOKENS[i].kind);
        assert_int_equal(token.len, strlen(TOKENS[i].text));
        assert_memory_equal(token.text, TOKENS[i].text, token.len);
        assert_int_equal(token.line, TOKENS[i].line);
        assert_int_equal(token.line_begins, TOKENS[i].begins);
    }
}

/* --- constraints --- */

static bool fits(const char *name, const char *text)
{
    struct strs env = {0}, flags = {0};
    struct build_tags tags;
    strs_push(&env, "GOOS=linux");
    strs_push(&env, "GOARCH=amd64");
    strs_push(&env, "CGO_ENABLED=0");
    strs_push(&env, "GOFLAGS=-mod=mod -tags=replaced");
    strs_push(&flags, "-tags");
    strs_push(&flags, "dev,sqlite");
    build_tags_init(&tags, &env, &flags);
    bool does = constraint_fits(&tags, name, text, strlen(text));
    build_tags_fini(&tags);
    strs_fini(&env);
    strs_fini(&flags);
    return does;
}

static void names_leave_files_out(void **state)
{
    static const char *const IN[] = {"a.go",         "a_linux.go",       "a_amd64.go",
                                     "linux.go",     "a_linux_amd64.go", "a_linux_test.go",
                                     "a_b_linux.go", "windows.go",       "a_windows_x.go",
                                     "a_unix.go"};
    static const char *const OUT[] = {"a_windows.go",      "a_arm64.go",       "_a.go",
                                      "a_darwin_amd64.go", "a_linux_arm64.go", ".a.go",
                                      "a_windows_test.go", "a_windows.x.go",   "_windows.go"};
    (void)state;
    for (size_t i = 0; i < sizeof IN / sizeof *IN; i++)
        if (!fits(IN[i], ""))
            fail_msg("left out: %s", IN[i]);
    for (size_t i = 0; i < sizeof OUT / sizeof *OUT; i++)
        if (fits(OUT[i], ""))
            fail_msg("taken: %s", OUT[i]);
}

static void lines_leave_files_out(void **state)
{
    static const struct {
        const char *text;
        bool fits;
    } TEXTS[] = {
        {"package a\n", true},
        {"//go:build ignore\n\npackage a\n", false},
        {"//go:build linux\n", true},
        {"//go:build unix && !windows\n", true},
        {"//go:build windows || (dev && amd64)\n", true},
        {"//go:build !dev\n", false},
        {"//go:build sqlite\n", true},
        {"//go:build replaced\n", false}, /* the flag wins over GOFLAGS */
        {"//go:build cgo\n", false},
        {"//go:build go1.18\n", true},
        {"//go:build linux,windows\n", true}, /* no expression: nothing is left out */
        {"//go:build !(\n", true},
        {"// A comment.\n\n//go:build windows\n\npackage a\n", false},
        {"package a\n\n//go:build windows\n", true}, /* too late */
        {"/* //go:build windows */\npackage a\n", true},
        {"// +build windows linux\n\npackage a\n", true},
        {"// +build linux\n// +build windows\n\npackage a\n", false},
        {"//+build !linux,amd64\n\npackage a\n", false},
        {"// +build dev,amd64 windows\n\npackage a\n", true},
        {"//go:build linux\n// +build windows\n\npackage a\n", true}, /* the newer form decides */
    };
    char deep[400];
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        if (fits("a.go", TEXTS[i].text) != TEXTS[i].fits)
            fail_msg("%s", TEXTS[i].text);
    (void)snprintf(deep, sizeof deep, "//go:build %0200d", 0);
    memset(deep + 11, '(', 200);
    assert_true(fits("a.go", deep)); /* bounded */
}

/* --- headers --- */

static const char HEADER[] =
    "//go:build linux\n\npackage main\n\nimport (\n\t\"fmt\"\n\tx \"a/b\"\n)\n\n"
    "//go:embed a.txt\nvar A string\n\nfunc main() { fmt.Println(1) }\n";

static unsigned long long digest(const char *text)
{
    return graph_header_digest_of(text, strlen(text));
}

/* HEADER with from replaced by to. */
static unsigned long long digest_with(const char *from, const char *to)
{
    const char *place = strstr(HEADER, from);
    assert_non_null(place);
    char *text = mem_format("%.*s%s%s", (int)(place - HEADER), HEADER, to, place + strlen(from));
    unsigned long long result = digest(text);
    free(text);
    return result;
}

static void the_header_decides(void **state)
{
    unsigned long long same = digest(HEADER);
    (void)state;
    assert_true(same != 0 && digest("") != 0);
    /* What does not count. */
    assert_true(digest_with("Println(1)", "Println(2)") == same);
    assert_true(digest_with("func main", "// a comment\n\nfunc main") == same);
    assert_true(digest_with("func main", "const S = `\n//go:embed b.txt\n`\n\nfunc main") == same);
    assert_true(digest_with("func main", "/*\n//go:embed b.txt\n*/\nfunc main") == same);
    assert_true(digest_with("func main", "var x = 1 //go:embed b.txt\n\nfunc main") == same);
    assert_true(digest_with("func main", "const import_ = \"import\"\n\nfunc main") == same);
    assert_true(digest_with("\t\"fmt\"\n", "  \"fmt\" // comment\n") == same);
    assert_true(digest_with("import (\n", "import ( // \"os\"\n") == same);
    /* What does. */
    assert_true(digest_with("linux", "windows") != same);
    assert_true(digest_with("package main", "package mine") != same);
    assert_true(digest_with("\t\"fmt\"\n", "\t\"fmt\"\n\t\"os\"\n") != same);
    assert_true(digest_with("x \"a/b\"", "_ \"a/b\"") != same);
    assert_true(digest_with("\"a/b\"", "\"a/c\"") != same);
    assert_true(digest_with("a.txt", "b.txt") != same);
    assert_true(digest_with("var A string",
                            "var A string\n\nvar (\n\t//go:embed c\n\tC string\n)") != same);
    /* The same in other words. */
    assert_true(digest("package a\nimport \"x\"\nimport \"y\"\n") ==
                digest("package a; import (\"x\"; \"y\")\nvar z = 1"));
    assert_true(digest("package a\nimport `x`\n") == digest("package a\nimport \"x\"\n"));
}

static void the_header_of_a_file(void **state)
{
    (void)state;
    put("a.go", HEADER);
    assert_true(graph_header_digest(at("a.go")) == digest(HEADER));
    assert_true(graph_header_digest(at("none.go")) == 0);
    assert_true(graph_header_digest(at("")) == 0);
}

static void packages_and_imports_are_read(void **state)
{
    static const char TEXT[] =
        "\xef\xbb\xbf// package b\n/* package c */\npackage a // d\nimport \"x/y\"\n"
        "var s = \"no/import\"\n";
    size_t len = sizeof TEXT - 1;
    (void)state;
    assert_true(source_is_package(TEXT, len, "a"));
    assert_false(source_is_package(TEXT, len, "b"));
    assert_false(source_has_package("", 0));
    assert_false(source_has_package("func a() {}", 11));
    assert_true(source_imports(TEXT, len, "x/y"));
    assert_false(source_imports(TEXT, len, "no/import"));
}

/* --- templates --- */

static struct template_calls calls_in(const char *text)
{
    struct template_calls calls = {0};
    templates_in_source(text, strlen(text), &calls);
    return calls;
}

static void calls_are_found(void **state)
{
    struct template_calls calls;
    (void)state;
    calls =
        calls_in("package a\n\nfunc f() {\n\tr.LoadHTMLGlob(\"x\")\n\tr.LoadHTMLFiles(\"y\")\n}\n");
    assert_int_equal(calls.load, 4);
    calls = calls_in("package a\n// r.LoadHTMLGlob(\"x\")\nvar s = `r.LoadHTMLGlob(`\n");
    assert_int_equal(calls.load, 0);
    calls = calls_in("package a\nfunc LoadHTMLGlob(s string) {}\n");
    assert_int_equal(calls.load, 0);
    calls = calls_in("package a\nfunc f() { gin.SetMode(gin.ReleaseMode) }\n");
    assert_int_equal(calls.release, 2);
    calls = calls_in("package a\nfunc f() { gin.SetMode(gin.DebugMode); x = gin.ReleaseMode }\n");
    assert_int_equal(calls.release, 0);
    calls = calls_in(
        "package a\nimport \"html/template\"\nvar t = template.Must(template.ParseGlob(\"x\"))\n");
    assert_int_equal(calls.parse, 3);
    calls = calls_in(
        "package a\nimport \"text/template\"\nvar t, _ = template.New(\"\").\n\tParseFS(x)\n");
    assert_int_equal(calls.parse, 0);
    assert_int_equal(calls.parse_fs, 4);
    calls = calls_in("package a\nimport \"x/y\"\nvar t = y.ParseFiles(\"x\")\n");
    assert_int_equal(calls.parse, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_become_tokens), cmocka_unit_test(names_leave_files_out),
        cmocka_unit_test(lines_leave_files_out), cmocka_unit_test(the_header_decides),
        cmocka_unit_test(the_header_of_a_file),  cmocka_unit_test(packages_and_imports_are_read),
        cmocka_unit_test(calls_are_found),
    };
    return cmocka_run_group_tests_name("build/source", tests, scratch_make, scratch_remove);
}
