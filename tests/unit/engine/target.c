/* What is built and what is run, for each way to say it. */
#include "../build/scratch.h"

#include "config/load.h"
#include "engine/state.h"

/* The target of a project with this zonda.toml, NULL for none; err where there is none. */
static int find(const char *toml, struct target *target, struct err *err)
{
    struct problems problems = {0};
    struct config_request request = {.dir = scratch};
    if (toml)
        put("zonda.toml", toml);
    struct config *config = config_load(&request, &problems);
    assert_non_null(config);
    int result = target_find(config, target, err);
    config_free(config);
    problems_fini(&problems);
    return result;
}

static void main_package(const char *dir)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s/main.go", dir);
    put(name, "package main\n\nfunc main() {}\n");
}

static void the_only_main_package(void **state)
{
    struct target target;
    struct err err;
    (void)state;
    put("go.mod", "module example.com/shop\n\ngo 1.21\n");
    main_package("cmd/api");
    assert_int_equal(find(NULL, &target, &err), 0);
    assert_true(target.is_go && target.is_default && target.builds);
    assert_string_equal(target.package, "./cmd/api");
    assert_string_equal(target.name, "api");
    assert_non_null(target.artifact);
    target_fini(&target);
}

static void several_main_packages(void **state)
{
    struct target target;
    struct err err = {0};
    (void)state;
    put("go.mod", "module example.com/shop\n");
    main_package("cmd/api");
    main_package("cmd/worker");
    assert_int_equal(find(NULL, &target, &err), ERR_CONFIG);
    assert_non_null(strstr(err.message, "./cmd/api"));
    assert_non_null(strstr(err.message, "./cmd/worker"));
    assert_int_equal(find("[build]\npackage = \"./cmd/worker\"\n", &target, &err), 0);
    assert_string_equal(target.package, "./cmd/worker");
    target_fini(&target);
}

static void a_go_build_of_its_own(void **state)
{
    struct target target;
    struct err err;
    (void)state;
    put("go.mod", "module example.com/shop\n");
    assert_int_equal(
        find("[build]\ncommand = \"go build -tags dev -o bin/app ./cmd/api\"\n", &target, &err), 0);
    assert_true(target.builds && !target.is_default);
    assert_string_equal(target.package, "./cmd/api");
    assert_string_equal(target.artifact, at("bin/app"));
    target_fini(&target);
}

/* A shell in a directory of the module is a common place to start from. */
static void a_part_of_a_module(void **state)
{
    struct target target;
    struct err err = {0};
    struct problems problems = {0};
    (void)state;
    put("go.mod", "module example.com/shop\n");
    main_package("cmd/api");
    const struct config_request request = {.dir = at("cmd/api")};
    struct config *config = config_load(&request, &problems);
    assert_non_null(config);
    assert_int_equal(target_find(config, &target, &err), ERR_CONFIG);
    assert_string_equal(err.hint, "it is part of a module: cd ../.. && zonda "
                                  "--build.package=./cmd/api");
    config_free(config);
    problems_fini(&problems);
}

static void any_command(void **state)
{
    struct target target;
    struct err err = {0};
    (void)state;
    assert_int_equal(find("[build]\ncommand = \"make app\"\n", &target, &err), ERR_CONFIG);
    assert_non_null(strstr(err.hint, "[build] output"));
    assert_int_equal(find("[build]\ncommand = \"make app\"\noutput = \"app\"\n", &target, &err), 0);
    assert_string_equal(target.artifact, at("app"));
    assert_null(target.package);
    target_fini(&target);
    assert_int_equal(find("[build]\ncommand = \"make\"\n[run]\ncommand = [\"node\", \"app.js\"]\n",
                          &target, &err),
                     0);
    target_fini(&target);
    assert_int_equal(find("[run]\ncommand = \"node app.js\"\n", &target, &err), 0);
    assert_false(target.builds);
    target_fini(&target);
}

static void nothing(void **state)
{
    struct target target;
    struct err err = {0};
    (void)state;
    assert_int_equal(find(NULL, &target, &err), ERR_CONFIG);
    assert_non_null(strstr(err.hint, "zonda init"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)
    const struct CMUnitTest tests[] = {
        TEST(the_only_main_package), TEST(several_main_packages), TEST(a_go_build_of_its_own),
        TEST(a_part_of_a_module),    TEST(any_command),           TEST(nothing),
    };
    return cmocka_run_group_tests_name("engine/target", tests, NULL, NULL);
}
