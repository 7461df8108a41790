/* Which tests a change reaches: from lines as the template prints them, and from the go command. */
#include "build/scratch.h"

#include "build/golang/affected.h"
#include "platform/await.h"
#include "platform/process.h"

/* main → web → store; events is imported by web's tests only; report by nobody. */
static const char LINES[] = "\npexample.com/shop/store\nd/shop/store\nm\nt\nifmt\neschema.sql\n"
                            "Egolden.json\n\n"
                            "pexample.com/lib\nd/lib\nt\n\n"
                            "pexample.com/shop/events\nd/shop/events\nm\niexample.com/lib\n\n"
                            "pexample.com/shop/web\nd/shop/web\nm\nt\niexample.com/shop/store\n"
                            "Iexample.com/shop/events\n\n"
                            "pexample.com/shop\nd/shop\nm\nt\niexample.com/shop/web\n\n"
                            "pexample.com/shop/report\nd/shop/report\nm\nt\nifmt\n\n"
                            "pexample.com/shop/web.test\nd/shop/web\nm\niexample.com/shop/web\n";

/* The packages that path reaches, as one string without their common beginning. */
static const char *reached(const char *path)
{
    static char words[512];
    struct affected found = {0};
    struct strs changed = {0};
    struct err err = {0};
    char *text = mem_string(LINES);
    strs_push(&changed, path);
    assert_int_equal(affected_parse(text, &changed, &found, &err), 0);
    *words = '\0';
    assert_int_equal(found.packages.len, found.dirs.len);
    for (size_t i = 0; i < found.packages.len; i++)
        (void)snprintf(words + strlen(words), sizeof words - strlen(words), "%s%s", i ? " " : "",
                       found.dirs.at[i]);
    affected_fini(&found);
    strs_fini(&changed);
    free(text);
    return words;
}

static void a_source_reaches_whoever_imports_it(void **state)
{
    (void)state;
    assert_string_equal(reached("/shop/store/store.go"), "/shop /shop/store /shop/web");
    assert_string_equal(reached("/shop/web/gone.go"), "/shop /shop/web");
    assert_string_equal(reached("/shop/main.go"), "/shop");
    assert_string_equal(reached("/shop/report/report.go"), "/shop/report");
}

static void imports_of_tests_go_no_further(void **state)
{
    (void)state;
    /* web's tests may fail, but web itself is what it was. */
    assert_string_equal(reached("/shop/events/hub.go"), "/shop/web");
    /* Through a replaced module, whose own tests are not ours to run. */
    assert_string_equal(reached("/lib/lib.go"), "/shop/web");
}

static void tests_and_their_data_stay_at_home(void **state)
{
    (void)state;
    assert_string_equal(reached("/shop/store/store_test.go"), "/shop/store");
    assert_string_equal(reached("/shop/store/testdata/a/b.json"), "/shop/store");
    assert_string_equal(reached("/shop/store/golden.json"), "/shop/store");
}

static void embedded_files_and_the_module_are_sources(void **state)
{
    (void)state;
    assert_string_equal(reached("/shop/store/schema.sql"), "/shop /shop/store /shop/web");
    assert_string_equal(reached("/shop/go.mod"), "/shop /shop/report /shop/store /shop/web");
    assert_string_equal(reached("/shop/docs/notes.go"), "");
    assert_string_equal(reached("/elsewhere/a.go"), "");
}

static void lines_that_nobody_prints(void **state)
{
    struct affected found = {0};
    struct strs changed = {0};
    struct err err = {0};
    char text[] = "iexample.com/a\nd/x\nz\np\nppp", nothing[] = "";
    (void)state;
    strs_push(&changed, "/x/a.go");
    assert_int_equal(affected_parse(text, &changed, &found, &err), 0);
    assert_int_equal(affected_parse(nothing, &changed, &found, &err), 0);
    assert_int_equal(found.packages.len, 0);
    struct buf many = BUF_INIT((size_t)1 << 20);
    for (int i = 0; i < 20001; i++)
        (void)buf_printf(&many, "p%d\n", i);
    char *long_text = buf_steal(&many);
    assert_int_equal(affected_parse(long_text, &changed, &found, &err), ERR_APP);
    free(long_text);
    strs_fini(&changed);
}

/* --- with the go command --- */

struct answer {
    struct affected found;
    struct err err;
    int calls;
};

static void told(void *data, struct affected *found, const struct err *err)
{
    struct answer *answer = data;
    answer->found = *found;
    if (err)
        answer->err = *err;
    answer->calls++;
}

static bool is_told(void *data)
{
    return ((struct answer *)data)->calls > 0;
}

static void find(const char *go, const char *changed, struct answer *answer)
{
    struct strs env = {0}, paths = {0}, flags = {0};
    struct err err = {0};
    struct loop *loop = loop_new(&err);
    assert_non_null(loop);
    assert_int_equal(process_init(loop, &err), 0);
    environment_read(&env);
    strs_env_set(&env, "GOFLAGS", "");
    strs_env_set(&env, "GOWORK", "");
    strs_push(&paths, at(changed));
    struct affected_request request = {
        .go = go, .dir = scratch, .flags = &flags, .env = &env, .changed = &paths};
    *answer = (struct answer){0};
    struct affected_job *job = affected_find(loop, &request, told, answer, &err);
    if (job)
        assert_true(await(loop, is_told, answer));
    else
        answer->err = err;
    process_fini();
    loop_free(loop);
    strs_fini(&env);
    strs_fini(&paths);
}

static void the_go_command_knows(void **state)
{
    struct answer answer;
    (void)state;
    put("go.work", "go 1.21\n\nuse (\n\t./shop\n\t./lib\n)\n");
    put("lib/go.mod", "module example.com/lib\n\ngo 1.21\n");
    put("lib/lib.go", "package lib\n\nconst A = 1\n");
    put("lib/lib_test.go", "package lib_test\n\nimport _ \"example.com/lib\"\n");
    put("shop/go.mod", "module example.com/shop\n\ngo 1.21\n");
    put("shop/main.go", "package main\n\nimport _ \"example.com/shop/web\"\n\nfunc main() {}\n");
    put("shop/web/web.go", "package web\n\nimport _ \"example.com/lib\"\n");
    put("shop/web/web_test.go", "package web\n");
    put("shop/other/other.go", "package other\n");
    put("shop/other/other_test.go", "package other\n");
    find("go", "lib/lib.go", &answer);
    assert_string_equal(answer.err.message, "");
    assert_int_equal(answer.found.packages.len, 2);
    assert_string_equal(answer.found.packages.at[0], "example.com/lib");
    assert_string_equal(answer.found.packages.at[1], "example.com/shop/web");
    assert_string_equal(answer.found.dirs.at[1], at("shop/web"));
    affected_fini(&answer.found);
}

static void a_go_command_that_is_none(void **state)
{
    struct answer answer;
    (void)state;
    put("go.mod", "module example.com/a\n");
    find("/nonexistent/go", "a.go", &answer);
    assert_true(answer.err.code != 0);
    find("false", "a.go", &answer);
    assert_true(answer.err.code != 0);
    assert_int_equal(answer.calls, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_source_reaches_whoever_imports_it),
        cmocka_unit_test(imports_of_tests_go_no_further),
        cmocka_unit_test(tests_and_their_data_stay_at_home),
        cmocka_unit_test(embedded_files_and_the_module_are_sources),
        cmocka_unit_test(lines_that_nobody_prints),
        cmocka_unit_test_setup_teardown(the_go_command_knows, scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(a_go_command_that_is_none, scratch_make, scratch_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
