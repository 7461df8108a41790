/* What bench finds in a project, and its copies. */
#include "measure/bench/project.h"

#include <unistd.h>

#include "measure/bench/subject_parts.h"

static void finds_by_the_import_graph(void **state)
{
    (void)state;
    put_project();
    struct bench_subject *subject = found(NULL, NULL);
    assert_string_equal(subject->package, ".");
    assert_string_equal(subject->import_path, "example.com/p");
    assert_string_equal(subject->files[KIND_LEAF].path, "web/page.go");
    assert_string_equal(subject->files[KIND_LEAF].why, "imported by 1 package");
    assert_string_equal(subject->files[KIND_DEEP].path, "log/log.go");
    assert_string_equal(subject->files[KIND_DEEP].why, "imported by 3 packages, 3 deep");
    assert_string_equal(subject->files[KIND_TEMPLATE].path, "templates/index.html");
    assert_string_equal(subject->files[KIND_TEMPLATE].why, "the likeliest of 2");
    assert_string_equal(subject->candidates[KIND_TEMPLATE].at[1], "templates/about.html");
    assert_string_equal(subject->files[KIND_STATIC].path, "static/app.css");
    assert_string_equal(subject->files[KIND_CONFIG].path, "config.yaml");
    assert_int_equal(subject->candidates[KIND_CONFIG].len, 1);
    bench_subject_free(subject);
}

static void takes_main_where_there_is_nothing_else(void **state)
{
    (void)state;
    clear();
    put("p/go.mod", "module example.com/p\n\ngo 1.21\n");
    put("p/cmd/api/main.go", "package main\n\nfunc main() {}\n");
    struct bench_subject *subject = found(NULL, NULL);
    assert_string_equal(subject->package, "./cmd/api");
    assert_string_equal(subject->files[KIND_LEAF].path, "cmd/api/main.go");
    for (int kind = KIND_DEEP; kind < KINDS; kind++) {
        assert_null(subject->files[kind].path);
        assert_non_null(subject->files[kind].why);
        assert_int_equal(subject->candidates[kind].len, 0);
    }
    bench_subject_free(subject);
}

static void refuses_what_cannot_be_measured(void **state)
{
    static const char *const EDITS[] = {
        "leaf",         "leg=main.go", "leaf=none.go", "leaf=config.yaml", "config=/etc/passwd",
        "config=go.mod"};
    struct err err = {0};
    (void)state;
    put_project();
    assert_null(bench_subject_find(at("nowhere"), NULL, NULL, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_null(bench_subject_find(at("p"), "./web", NULL, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    for (size_t i = 0; i < sizeof EDITS / sizeof *EDITS; i++) {
        struct strs edits = {0};
        strs_push(&edits, EDITS[i]);
        assert_null(bench_subject_find(at("p"), NULL, &edits, &err));
        assert_int_equal(err.code, ERR_USAGE);
        strs_fini(&edits);
    }
    put("p/main.go", "package main\n\nimport \"example.com/p/missing\"\n\nfunc main() {}\n");
    assert_null(bench_subject_find(at("p"), NULL, NULL, &err));
    assert_int_equal(err.code, ERR_APP);
}

static void copies_with_marks(void **state)
{
    (void)state;
    put_project();
    put("p/.git/HEAD", "x");
    put("p/node_modules/a/a.js", "x");
    put("p/tmp/main", "x");
    put("p/web/tmp/kept", "kept");
    put_mode("p/run.sh", "#!/bin/sh\n", 0755);
    put_mode("p/p", "\177ELF............", 0755);
    assert_int_equal(symlink("static/app.css", at("p/link.css")), 0);
    struct bench_subject *subject = found(NULL, NULL);
    copy(subject, "copy");
    assert_file("copy/.git/HEAD", "(none)");
    assert_file("copy/node_modules/a/a.js", "(none)");
    assert_file("copy/tmp/main", "(none)");
    assert_file("copy/p", "(none)");
    assert_file("copy/web/tmp/kept", "kept");
    assert_true(fs_is_executable(at("copy/run.sh")));
    assert_file("copy/static/app.css", "body { color: red }\n/* zonda-bench-990300 */\n");
    assert_file("copy/link.css", "body { color: red }\n/* zonda-bench-990300 */\n");
    assert_file("copy/config.yaml", "a: 1\n# zonda-bench-990400\n");
    assert_file("copy/templates/about.html",
                "<html><body>{{.}}<template id=\"zonda-bench-990201\"></template></body></html>\n");
    assert_file("p/templates/about.html", SUBJECT_TEMPLATE);
    char *real = fs_real(at("copy/link.css"));
    assert_string_equal(real, at("copy/static/app.css"));
    free(real);

    struct err err = {0};
    bench_subject_choose(subject, KIND_TEMPLATE, "templates/about.html", "it is shown");
    assert_int_equal(bench_subject_edit(subject, at("copy"), KIND_TEMPLATE, 7, &err), 0);
    assert_file("copy/templates/about.html",
                "<html><body>{{.}}<template id=\"zonda-bench-000007\"></template></body></html>\n");
    copy(subject, "second");
    assert_file("second/templates/index.html", SUBJECT_TEMPLATE);
    bench_subject_choose(subject, KIND_STATIC, NULL, "nothing serves it");
    assert_int_equal(bench_subject_edit(subject, at("copy"), KIND_STATIC, 7, &err), ERR_CONFIG);
    put("copy/config.yaml", "a: 1\n");
    assert_int_equal(bench_subject_edit(subject, at("copy"), KIND_CONFIG, 7, &err), ERR_CONFIG);
    assert_int_equal(bench_subject_copy(subject, at("copy"), &err), ERR_SYSTEM);
    assert_int_equal(bench_subject_copy(subject, at("p/inside"), &err), ERR_CONFIG);
    bench_subject_free(subject);
}

static void keeps_modules_outside(void **state)
{
    struct buf out = BUF_INIT((size_t)4096);
    (void)state;
    put_project();
    put("lib/go.mod", "module example.com/lib\n\ngo 1.21\n");
    put("lib/lib.go", "package lib\n\nvar Name = \"outside\"\n");
    put("p/go.mod",
        "module example.com/p // ../lib\n\ngo 1.21\n\nrequire example.com/lib v0.0.0\n\n"
        "replace example.com/lib => ../lib // ../lib\n");
    put("p/main.go",
        "package main\n\nimport (\n\t\"example.com/lib\"\n\t\"example.com/p/web\"\n)\n\n"
        "func main() { println(web.Page(), lib.Name) }\n");
    struct bench_subject *subject = found(NULL, NULL);
    copy(subject, "below/copy");
    char *text = got("below/copy/go.mod"), *wanted = mem_format("=> \"%s\" // ../lib", at("lib"));
    assert_non_null(strstr(text, wanted));
    assert_non_null(strstr(text, "module example.com/p // ../lib\n"));
    free(wanted);
    free(text);
    GO("below/copy", &out, "build", "-o", at("program"), ".");
    bench_subject_free(subject);
    buf_fini(&out);
}

static void copies_whole_workspaces(void **state)
{
    struct err err = {0};
    struct buf out = BUF_INIT((size_t)4096);
    (void)state;
    put_project();
    put("go.work", "go 1.21\n\nuse ./p\n");
    assert_null(bench_subject_find(at("p"), NULL, NULL, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.message, "go.work"));
    assert_int_equal(setenv("GOWORK", "off", 1), 0);
    bench_subject_free(found(NULL, NULL));
    assert_int_equal(unsetenv("GOWORK"), 0);

    char *root = mem_string(at("whole")), *p = mem_string(at("p")),
         *work = mem_string(at("go.work"));
    assert_int_equal(fs_mkdirs(root, 0755, &err), 0);
    assert_int_equal(fs_rename(p, at("whole/p"), &err), 0);
    assert_int_equal(fs_rename(work, at("whole/go.work"), &err), 0);
    struct bench_subject *subject = bench_subject_find(root, "./p", NULL, &err);
    if (!subject)
        fail_msg("%s", err.message);
    assert_string_equal(subject->files[KIND_DEEP].path, "p/log/log.go");
    copy(subject, "copy");
    GO("copy", &out, "build", "-o", at("program"), "./p");
    bench_subject_free(subject);
    buf_fini(&out);
    free(root);
    free(p);
    free(work);
}

static char *rewritten(const char *text)
{
    struct buf out = BUF_INIT((size_t)4096);
    subject_rewrite_paths("/a/b", "/a/b/c", text, strlen(text), &out);
    return buf_steal(&out);
}

static void rewrites_only_what_leads_out(void **state)
{
    static const char *const CASES[][2] = {
        {"", ""},
        {"use ../d\n", "use ../d\n"}, /* still below /a/b */
        {"use (\n\t.\n\t../../e\n)\n", "use (\n\t.\n\t\"/a/e\"\n)\n"},
        {"replace x => \"../../e f\" // why\n", "replace x => \"/a/e f\" // why\n"},
        {"replace x => `../../e`", "replace x => \"/a/e\""},
        {"// ../../e\nuse ..", "// ../../e\nuse .."},
        {"replace x => ./../../e", "replace x => \"/a/e\""},
        {"use \"", "use \""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *text = rewritten(CASES[i][0]);
        assert_string_equal(text, CASES[i][1]);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_by_the_import_graph),
        cmocka_unit_test(takes_main_where_there_is_nothing_else),
        cmocka_unit_test(refuses_what_cannot_be_measured),
        cmocka_unit_test(copies_with_marks),
        cmocka_unit_test(keeps_modules_outside),
        cmocka_unit_test(copies_whole_workspaces),
        cmocka_unit_test(rewrites_only_what_leads_out),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
