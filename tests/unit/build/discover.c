#include "build/scratch.h"

#include "build/golang/discover.h"
#include "build/golang/gomod.h"

#define MAIN "package main\n\nfunc main() {}\n"

static int fresh(void **state)
{
    return scratch_remove(state) == 0 ? scratch_make(state) : -1;
}

static void assert_mains(const char *wanted)
{
    struct strs mains = {0};
    struct err err;
    struct buf text = BUF_INIT(1000);
    assert_int_equal(discover_mains(scratch, &mains, &err), 0);
    STRS_EACH (name, &mains)
        (void)buf_printf(&text, "%s ", *name);
    assert_string_equal(buf_text(&text), wanted);
    buf_fini(&text);
    strs_fini(&mains);
}

static void main_packages_are_found(void **state)
{
    (void)state;
    put("go.mod", "module example.com/x\n");
    put("main.go", "// Package main is documented.\n/* package lib */ package main\n");
    put("cmd/worker/worker.go", MAIN);
    put("cmd/api/main.go", MAIN);
    put("cmd/api/deep/er/a.go", "package er\n");
    put("cmd/api/deep/er/b/z.go", MAIN);
    put("lib/lib.go", "package lib\n\nconst S = `\npackage main\n`\n");
    assert_mains(". ./cmd/api ./cmd/api/deep/er/b ./cmd/worker ");
}

static void what_is_none(void **state)
{
    (void)state;
    put("go.mod", "module example.com/x\n");
    put("lib/a_test.go", MAIN);
    put("lib/gen.go", "//go:build ignore\n\n" MAIN);
    put("lib/old.go", "// +build ignore\n\n" MAIN);
    put("lib/win_windows.go", MAIN);
    put("lib/plan.go", "//go:build plan9 && !linux\n\n" MAIN);
    put("lib/lib.go", "package lib\n");
    put("lib/_draft.go", MAIN);
    put("lib/broken.txt", MAIN);
    put("empty/empty.go", "");
    put("almost/a.go", "package mainly\n");
    put("vendor/v/main.go", MAIN);
    put("x/testdata/t/main.go", MAIN);
    put("web/node_modules/n/main.go", MAIN);
    put(".hidden/main.go", MAIN);
    put("_old/main.go", MAIN);
    put("nested/go.mod", "module example.com/nested\n");
    put("nested/main.go", MAIN);
    assert_mains("");
    put("dev/main.go", "//go:build dev\n\n" MAIN); /* a tag of one's own may be set */
    assert_mains("./dev ");
}

static void a_workspace_has_several_modules(void **state)
{
    (void)state;
    assert_false(gomod_is_in(scratch));
    put("go.work", "go 1.21\n\nuse (\n\t./api // the first\n\t\"./tools/gen\"\n)\n");
    put("api/go.mod", "module example.com/api\n");
    put("api/main.go", MAIN);
    put("tools/gen/go.mod", "module example.com/gen\n");
    put("tools/gen/cmd/g/main.go", MAIN);
    put("other/go.mod", "module example.com/other\n");
    put("other/main.go", MAIN);
    assert_mains("./api ./tools/gen/cmd/g ");
    assert_true(gomod_is_in(scratch));
    char *api = path_join(scratch, "api"), *gen = path_join(scratch, "tools");
    assert_true(gomod_is_in(api));
    assert_false(gomod_is_in(gen));
    free(api);
    free(gen);
}

static void one_is_chosen(void **state)
{
    struct err err = {0};
    (void)state;
    put("go.mod", "module example.com/x\n");
    assert_null(discover_main(scratch, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.message, scratch));
    assert_string_not_equal(err.hint, "");
    put("cmd/api/main.go", MAIN);
    char *only = discover_main(scratch, &err);
    assert_string_equal(only, "./cmd/api");
    free(only);
    put("cmd/worker/main.go", MAIN);
    assert_null(discover_main(scratch, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.message, "./cmd/api, ./cmd/worker"));
    assert_non_null(strstr(err.hint, "--build.package=./cmd/api"));
    put("main.go", MAIN);
    char *root = discover_main(scratch, &err);
    assert_string_equal(root, ".");
    free(root);
}

static void a_long_list_is_cut(void **state)
{
    struct err err = {0};
    char name[64];
    (void)state;
    for (int i = 10; i < 30; i++) {
        (void)snprintf(name, sizeof name, "cmd/number%d/main.go", i);
        put(name, MAIN);
    }
    assert_null(discover_main(scratch, &err));
    assert_non_null(strstr(err.message, "./cmd/number10, "));
    assert_non_null(strstr(err.message, " and 12 more"));
}

static void the_module_has_a_name(void **state)
{
    static const struct {
        const char *text, *module;
    } FILES[] = {
        {"module example.com/x\n\ngo 1.21\n", "example.com/x"},
        {"// module no\n\n  module\t\"example.com/y\" // comment\n", "example.com/y"},
        {"module (\n\texample.com/z\n)\n", "example.com/z"},
        {"module `example.com/raw`", "example.com/raw"},
        {"module example.com/x\r\n", "example.com/x"},
        {"go 1.21\n", NULL},
        {"modules x\n", NULL},
        {"module\n", NULL},
        {"require (\n\tmodule v1.0.0\n)\n", NULL},
        {"", NULL},
    };
    (void)state;
    assert_null(discover_module(scratch));
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        put("go.mod", FILES[i].text);
        char *module = discover_module(scratch);
        if (FILES[i].module && module)
            assert_string_equal(module, FILES[i].module);
        else
            assert_ptr_equal(module, FILES[i].module);
        free(module);
    }
}

static void a_directory_is_wanted(void **state)
{
    struct strs mains = {0};
    struct err err = {0};
    (void)state;
    assert_int_equal(discover_mains(at("none"), &mains, &err), ERR_CONFIG);
    assert_non_null(strstr(err.message, "none"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(main_packages_are_found, fresh),
        cmocka_unit_test_setup(what_is_none, fresh),
        cmocka_unit_test_setup(a_workspace_has_several_modules, fresh),
        cmocka_unit_test_setup(one_is_chosen, fresh),
        cmocka_unit_test_setup(a_long_list_is_cut, fresh),
        cmocka_unit_test_setup(the_module_has_a_name, fresh),
        cmocka_unit_test_setup(a_directory_is_wanted, fresh),
    };
    return cmocka_run_group_tests_name("build/discover", tests, scratch_make, scratch_remove);
}
