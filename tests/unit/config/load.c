/* From files: which one is found, and what comes out of it. */
#include "check.h"

#include <stdio.h>

#include "base/path.h"
#include "fixture.h"
#include "platform/fs.h"

static char dir[] = "/tmp/zonda-load-XXXXXX";
static char *real_dir;
static struct problems problems;

static int begin_all(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(dir));
    real_dir = fs_real(dir);
    return 0;
}

static int end_all(void **state)
{
    struct err err;
    (void)state;
    assert_int_equal(fs_remove_tree(dir, &err), 0);
    free(real_dir);
    return 0;
}

static int end(void **state)
{
    struct err err;
    (void)state;
    problems_fini(&problems);
    assert_int_equal(fs_remove_tree(dir, &err), 0);
    assert_int_equal(fs_mkdirs(dir, 0700, &err), 0);
    return 0;
}

static void put(const char *name, const char *text)
{
    struct err err;
    char *path = path_join(real_dir, name);
    char *above = path_dir(path);
    assert_int_equal(fs_mkdirs(above, 0700, &err), 0);
    assert_int_equal(fs_write(path, text, strlen(text), 0644, &err), 0);
    free(above);
    free(path);
}

static void is_below(const char *path, const char *wanted)
{
    assert_non_null(path);
    assert_string_equal(path_show(real_dir, path), wanted);
}

/* The other tool of these tests: its file is other.toml, its only key is target. */
static bool looks_like_other(const struct node *root)
{
    return node_get(root, "target") != NULL;
}

static void read_other(const struct node *root, struct reading *reading)
{
    struct strs names = {0};
    strs_push(&names, "target");
    NODES_EACH(node, root)
    if (strcmp(node->key, "target") == 0)
        mem_replace(&reading->config->build.output, node->text);
    else
        reading_unknown(reading, node, "the root table", &names, NULL);
    strs_fini(&names);
}

static const char *const other_names[] = {"other.toml", ".air.toml", NULL};
static const struct config_dialect other = {.kind = "other",
                                            .file_names = other_names,
                                            .dir_variable = "other_wd",
                                            .recognises = looks_like_other,
                                            .read = read_other};
static const struct config_dialect *const dialects[] = {&other, NULL};

static struct config *load(const char *file, bool lenient, const struct strs *env)
{
    struct config_request request = {
        .file = file, .dir = real_dir, .dialects = dialects, .lenient = lenient, .env = env};
    problems_fini(&problems);
    return config_load(&request, &problems);
}

static void finds_the_first_of_its_names(void **state)
{
    static const char *const names[] = {".config/air.toml",   "air.toml",    ".air.toml",
                                        ".config/zonda.toml", ".zonda.toml", "zonda.toml"};
    (void)state;
    assert_null(config_find(real_dir));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        put(names[i], "");
        char *found = config_find(real_dir);
        is_below(found, names[i]);
        free(found);
    }
    struct err err;
    char *below = path_join(real_dir, "below");
    assert_int_equal(fs_mkdirs(below, 0700, &err), 0);
    assert_null(config_find(below)); /* parents are not looked at */
    free(below);
}

static void without_a_file_the_defaults_hold(void **state)
{
    (void)state;
    struct config *config = load(NULL, false, NULL);
    assert_non_null(config);
    assert_null(config->file);
    assert_string_equal(config->kind, "none");
    assert_string_equal(config->root, real_dir);
    assert_int_equal(config->version, 1);
    is_below(config->tmp_dir, ".zonda");
    assert_int_equal(config->watch.paths.len, 1);
    assert_string_equal(config->watch.paths.at[0], real_dir);
    assert_int_equal(config->run.stop_signal, 15);
    assert_int_equal(config->rules.len, 0);
    config_free(config);
}

static void reads_every_section(void **state)
{
    (void)state;
    put("zonda.toml", "root = 'sub'\n"
                      "env_files = ['.env', '/abs/.env']\n"
                      "[build]\n"
                      "command = ['make', 'a b']\n"
                      "[run]\n"
                      "command = 'made/app | cat'\n"
                      "env = { A = '1' }\n"
                      "stop_timeout = 1500\n"
                      "[watch]\n"
                      "exclude = ['!keep', '/data/']\n"
                      "[log]\n"
                      "max_size = 8192\n"
                      "file = 'z.log'\n"
                      "[[rule]]\n"
                      "match = '*.sql'\n"
                      "command = 'make migrate'\n"
                      "[[rule]]\n"
                      "name = 'reread'\n"
                      "match = ['a', 'b']\n"
                      "except = 'c'\n"
                      "except_regex = ['d']\n"
                      "action = 'signal:HUP'\n"
                      "[[rule]]\n"
                      "match = 'x'\n");
    put("sub/x", "");
    struct config *config = load(NULL, false, NULL);
    assert_non_null(config);
    is_below(config->file, "zonda.toml");
    assert_string_equal(config->kind, "zonda.toml");
    is_below(config->root, "sub");
    is_below(config->env_files.at[0], "sub/.env");
    assert_string_equal(config->env_files.at[1], "/abs/.env");
    assert_int_equal(config->build.command.words.len, 2);
    assert_string_equal(config->run.command.line, "made/app | cat");
    assert_string_equal(config->run.env.at[0], "A=1");
    assert_int_equal(config->run.stop_timeout_ms, 1500);
    is_below(config->run.cwd, "sub");
    assert_string_equal(config->build.output, "");
    assert_int_equal(config->log.max_size_bytes, 8192);
    is_below(config->log.file, "sub/z.log");
    assert_int_equal(config->rules.len, 3);
    const struct rule *rule = config->rules.at;
    assert_string_equal(rule[0].name, "1");
    assert_int_equal(rule[0].action, ACTION_RUN);
    assert_string_equal(rule[0].command.line, "make migrate");
    assert_int_equal(rule[0].line, 14);
    assert_string_equal(rule[1].name, "reread");
    assert_int_equal(rule[1].action, ACTION_SIGNAL);
    assert_int_equal(rule[1].signal, 1);
    assert_int_equal(rule[1].match.len, 2);
    assert_int_equal(rule[1].match_not.len, 1);
    assert_int_equal(rule[1].match_not_regex.len, 1);
    assert_int_equal(rule[2].action, ACTION_BUILD);
    config_free(config);
}

/* The project is where the file lies, or above .config. */
static void a_named_file(void **state)
{
    (void)state;
    put("deep/er/own.toml", "tmp_dir = 'made'\n");
    struct config *config = load("deep/er/own.toml", false, NULL);
    assert_non_null(config);
    is_below(config->root, "deep/er");
    is_below(config->tmp_dir, "deep/er/made");
    assert_string_equal(config->kind, "zonda.toml");
    config_free(config);
    put("deep/.config/zonda.toml", "");
    config = load("deep/.config/zonda.toml", false, NULL);
    assert_non_null(config);
    is_below(config->root, "deep");
    config_free(config);
}

static void a_file_that_is_not_there(void **state)
{
    (void)state;
    assert_null(load("none.toml", false, NULL));
    assert_int_equal(problems.errors, 1);
    assert_string_equal(problems.list.at[0].file, "none.toml");
    assert_string_equal(problems.list.at[0].message, "there is no such file");
    assert_null(load(".", false, NULL)); /* a directory */
    assert_int_equal(problems.errors, 1);
}

static void another_tool(void **state)
{
    (void)state;
    put("other.toml", "target = 'made'\n");
    struct config *config = load("other.toml", false, NULL);
    assert_non_null(config);
    assert_string_equal(config->kind, "other");
    is_below(config->build.output, "made");
    config_free(config);
    /* By what is in it; zonda's own names are never taken for another's. */
    put("sub/x.toml", "target = 'made'\n");
    config = load("sub/x.toml", false, NULL);
    assert_non_null(config);
    assert_string_equal(config->root, real_dir); /* not where the file lies */
    config_free(config);
    put("zonda.toml", "target = 'made'\n");
    assert_null(load(NULL, true, NULL));
    assert_int_equal(problems.errors, 1);
}

static void its_unknown_keys(void **state)
{
    (void)state;
    put("other.toml", "target = 'made'\ntraget = 1\n");
    assert_null(load("other.toml", false, NULL));
    assert_int_equal(problems.errors, 1);
    assert_string_equal(problems.list.at[0].hint, "did you mean target?");
    struct config *config = load("other.toml", true, NULL);
    assert_non_null(config);
    assert_int_equal(problems.warnings, 1);
    assert_int_equal(problems.list.at[0].line, 2);
    config_free(config);
}

static void its_variable_names_the_directory(void **state)
{
    struct strs env = {0};
    (void)state;
    put("project/.air.toml", "target = 'made'\n");
    strs_push(&env, "other_wd=project");
    struct config *config = load(NULL, false, &env);
    assert_non_null(config);
    is_below(config->root, "project");
    is_below(config->file, "project/.air.toml");
    config_free(config);
    put("zonda.toml", "");
    config = load(NULL, false, &env);
    assert_non_null(config);
    is_below(config->file, "zonda.toml");
    assert_string_equal(config->root, real_dir);
    config_free(config);
    strs_fini(&env);
}

static void the_home_directory_is_refused(void **state)
{
    (void)state;
    char *home = mem_string(getenv("HOME"));
    assert_int_equal(setenv("HOME", dir, 1), 0);
    assert_null(load(NULL, false, NULL));
    assert_int_equal(problems.errors, 1);
    assert_non_null(strstr(problems.list.at[0].hint, "--allow_dangerous_root"));
    put("zonda.toml", "allow_dangerous_root = true\n");
    struct config *config = load(NULL, false, NULL);
    assert_non_null(config);
    config_free(config);
    put("zonda.toml", "root = 'sub'\ntmp_dir = '..'\n");
    put("sub/x", "");
    assert_null(load(NULL, false, NULL)); /* clean_on_exit would remove it */
    if (home)
        assert_int_equal(setenv("HOME", home, 1), 0);
    free(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(finds_the_first_of_its_names, end),
        cmocka_unit_test_teardown(without_a_file_the_defaults_hold, end),
        cmocka_unit_test_teardown(reads_every_section, end),
        cmocka_unit_test_teardown(a_named_file, end),
        cmocka_unit_test_teardown(a_file_that_is_not_there, end),
        cmocka_unit_test_teardown(another_tool, end),
        cmocka_unit_test_teardown(its_unknown_keys, end),
        cmocka_unit_test_teardown(its_variable_names_the_directory, end),
        cmocka_unit_test_teardown(the_home_directory_is_refused, end),
    };
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
