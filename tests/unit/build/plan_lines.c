#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "build/golang/plan_read.h"

static const char LIST[] =
    "{\n\t\"Dir\": \"/src/app\",\n\t\"ImportPath\": \"example.com/app\",\n\t\"Name\": \"main\",\n"
    "\t\"Export\": \"/c/app-d\",\n\t\"GoFiles\": [\"main.go\"]\n}\n"
    "{\n\t\"Dir\": \"/src/app/lib\",\n\t\"ImportPath\": \"example.com/app/lib\",\n\t\"Name\": "
    "\"lib\",\n"
    "\t\"Export\": \"/c/lib-d\",\n\t\"GoFiles\": [\"a.go\", \"b.go\"],\n\t\"EmbedPatterns\": "
    "[\"all:t/*.html\"]\n}\n"
    "{\n\t\"Dir\": \"/go/src/fmt\",\n\t\"ImportPath\": \"fmt\",\n\t\"Name\": "
    "\"fmt\",\n\t\"Standard\": true,\n"
    "\t\"Export\": \"/c/fmt-d\",\n\t\"GoFiles\": [\"print.go\"]\n}\n";

static const char LINES[] =
    "mkdir -p $WORK/b002/\n#\n# example.com/app/lib\n#\n\n"
    "echo '# import config' > $WORK/b002/importcfg # internal\n"
    "cat >$WORK/b002/embedcfg << 'EOF' # internal\n{\n\t\"Patterns\": {}\n}EOF\n"
    "cd /src/app\n"
    "/go/tool/compile -o $WORK/b002/_pkg_.a -trimpath \"$WORK/b002=>\" -p example.com/app/lib "
    "-lang=go1.24 "
    "-complete -importcfg $WORK/b002/importcfg -embedcfg $WORK/b002/embedcfg -pack ./lib/a.go "
    "./lib/b.go\n"
    "cat >$WORK/b001/importcfg << 'EOF' # internal\n# import config\nimportmap x=y\n"
    "packagefile example.com/app/lib=$WORK/b002/_pkg_.a\npackagefile fmt=$WORK/b003/_pkg_.a\nEOF\n"
    "/go/tool/compile -o $WORK/b001/_pkg_.a -trimpath \"/src/app=>app;$WORK/b001=>\" -p main "
    "-importcfg "
    "$WORK/b001/importcfg -pack ./main.go\n"
    "cat >$WORK/b001/importcfg.link << 'EOF' # internal\npackagefile "
    "example.com/app=$WORK/b001/_pkg_.a\n"
    "packagefile fmt=$WORK/b003/_pkg_.a\nmodinfo \"0w\\xaf\"\nEOF\ncd .\n"
    "GOROOT='/go' /go/tool/link -o $WORK/b001/exe/a.out -importcfg $WORK/b001/importcfg.link "
    "-buildmode=exe "
    "-X 'main.v=a b' -w $WORK/b001/_pkg_.a\n";

static int read_both(const char *list, const char *lines, struct goplan **plan, struct err *err)
{
    *plan = mem_new(1, sizeof **plan);
    (*plan)->dir = mem_string("/src/app");
    (*plan)->work = mem_string("/work");
    int result = goplan_read_list(*plan, list, strlen(list), "/mod", err);
    return result < 0 ? result : goplan_read_lines(*plan, lines, strlen(lines), err);
}

static void a_plan_is_read(void **state)
{
    struct goplan *plan;
    struct err err = {0};
    (void)state;
    assert_int_equal(read_both(LIST, LINES, &plan, &err), 0);
    assert_string_equal(plan->compiler, "/go/tool/compile");
    assert_string_equal(plan->linker, "/go/tool/link");
    assert_int_equal(plan->order.len, 2);
    const struct gopackage *lib = &plan->packages.at[plan->order.at[0]];
    assert_string_equal(lib->path, "example.com/app/lib");
    assert_null(lib->why_not);
    assert_int_equal(lib->imports.len, 0);
    assert_string_equal(lib->embedcfg, "{\n\t\"Patterns\": {}\n}");
    assert_true(strs_has(&lib->flags, "/work=>"));
    assert_true(strs_has(&lib->flags, "-complete"));
    assert_false(strs_has(&lib->flags, "-o"));
    assert_true(lib->embeds_hidden);
    const struct gopackage *app = &plan->packages.at[plan->order.at[1]];
    assert_int_equal(plan->order.at[1], plan->main);
    assert_int_equal(app->imports.len, 2);
    assert_string_equal(app->importmap.at[0], "importmap x=y");
    assert_true(strs_has(&app->flags, "/src/app=>app;/work=>"));
    assert_int_equal(plan->linked.len, 2);
    assert_string_equal(plan->link_lines.at[0], "modinfo \"0w\\xaf\"");
    assert_string_equal(plan->link_env.at[0], "GOROOT=/go");
    assert_true(strs_has(&plan->link_flags, "main.v=a b"));
    assert_int_equal(goplan_find(plan, "fmt") != GOPLAN_NONE, true);
    assert_int_equal(goplan_find(plan, "os"), GOPLAN_NONE);
    goplan_free(plan);
}

/* text with old replaced; heap. */
static char *with(const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);
    assert_non_null(at);
    return mem_format("%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

static void what_a_package_has_that_only_the_go_command_can(void **state)
{
    static const char *const CASES[][3] = {
        {"list", "\"GoFiles\": [\"a.go\", \"b.go\"]",
         "\"GoFiles\": [\"a.go\", \"b.go\"], \"CgoFiles\": [\"c.go\"]"},
        {"list", "\"GoFiles\": [\"a.go\", \"b.go\"]",
         "\"GoFiles\": [\"a.go\", \"b.go\"], \"SFiles\": [\"c.s\"]"},
        {"lines", "-complete", "-symabis $WORK/b002/symabis"},
        {"lines", "./lib/b.go", "$WORK/b002/_cgo_gotypes.go"},
        {"lines", " ./lib/b.go", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct goplan *plan;
        struct err err = {0};
        bool list = strcmp(CASES[i][0], "list") == 0;
        char *text = with(list ? LIST : LINES, CASES[i][1], CASES[i][2]);
        assert_int_equal(read_both(list ? text : LIST, list ? LINES : text, &plan, &err), 0);
        assert_non_null(plan->packages.at[goplan_find(plan, "example.com/app/lib")].why_not);
        assert_null(plan->packages.at[plan->main].why_not);
        goplan_free(plan);
        free(text);
    }
}

static void what_is_not_understood(void **state)
{
    static const char *const CASES[][3] = {
        {"list", "\"main\"", "\"lib2\""},
        {"list", "\"lib\",\n", "\"main\",\n"},
        {"list", "\"Dir\": \"/src/app\",", "\"Dir\": ,"},
        {"lines", "/go/tool/link -o", "/go/tool/lynx -o"},
        {"lines", "-buildmode=exe", "-extldflags $WORK/x"},
        {"lines", "packagefile example.com/app=", "packagefile example.com/other="},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct goplan *plan;
        struct err err = {0};
        bool list = strcmp(CASES[i][0], "list") == 0;
        char *text = with(list ? LIST : LINES, CASES[i][1], CASES[i][2]);
        assert_true(read_both(list ? text : LIST, list ? LINES : text, &plan, &err) < 0);
        assert_true(err.message[0] != '\0');
        goplan_free(plan);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_is_read),
        cmocka_unit_test(what_a_package_has_that_only_the_go_command_can),
        cmocka_unit_test(what_is_not_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
