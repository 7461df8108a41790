/* What a change leads to: a table of files, the graph, rules, batches. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "build/golang/graph_parts.h"
#include "platform/fs.h"
#include "watch/classify.h"

static char root[] = "/tmp/zonda-classify-XXXXXX";
static struct err err;
static struct config config;
static struct graph *graph;

static const char *in(const char *name)
{
    static char paths[4][PATH_BYTES_MAX];
    static int next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, PATH_BYTES_MAX, "%s%s%s", *name == '/' ? "" : root,
                   *name == '/' ? "" : "/", name);
    return path;
}

static void put(const char *name, const char *text)
{
    char *dir = path_dir(in(name));
    assert_int_equal(fs_mkdirs(dir, 0755, &err), 0);
    assert_int_equal(fs_write(in(name), text, strlen(text), 0644, &err), 0);
    free(dir);
}

#define MODULE "\"Module\":{\"Path\":\"example.com/app\",\"Main\":true,\"Dir\":\"%1$s\"}"
static uint64_t headers_since; /* 0: of headers nothing is known */
static struct graph *load_graph(const char *call)
{
    static const char FORMAT[] =
        "{\"Dir\":\"%1$s/handlers\",\"ImportPath\":\"example.com/app/"
        "handlers\",\"DepOnly\":true," MODULE
        ",\"GoFiles\":[\"handlers.go\"],\"IgnoredGoFiles\":[\"old.go\"]}\n"
        "{\"Dir\":\"/cache/gin\",\"ImportPath\":\"github.com/gin-gonic/gin\",\"DepOnly\":true,"
        "\"Module\":{\"Path\":\"github.com/gin-gonic/gin\",\"Dir\":\"/cache/gin\"}}\n"
        "{\"Dir\":\"%1$s\",\"ImportPath\":\"example.com/app\",\"Name\":\"main\"," MODULE
        ",\"GoFiles\":[\"main.go\"],\"EmbedPatterns\":[\"assets/*.txt\",\"static/inside.css\"],"
        "\"EmbedFiles\":[\"assets/banner.txt\",\"static/inside.css\"]}\n";
    struct buf text = BUF_INIT(16384);
    struct buf source = BUF_INIT(1024);
    (void)buf_printf(&text, FORMAT, root);
    (void)buf_printf(&source,
                     "package main\n\nimport \"github.com/gin-gonic/gin\"\n\n"
                     "func main() {\n\tr := gin.Default()\n\t%s\n}\n",
                     call);
    put("main.go", buf_text(&source));
    struct graph *made = graph_parse(buf_text(&text), text.len, &err);
    if (!made)
        fail_msg("%s", err.message);
    graph_read_sources(made, headers_since);
    buf_fini(&text);
    buf_fini(&source);
    return made;
}

static int set_up(void **state)
{
    (void)state;
    put("handlers/handlers.go", "package handlers\n");
    put("handlers/old.go", "//go:build ignore\n\npackage handlers\n");
    config = (struct config){.root = root, .file = mem_string(in("zonda.toml"))};
    config.kind = mem_string("zonda.toml");
    graph = load_graph("r.LoadHTMLGlob(\"templates/*\")");
    return 0;
}

static void clear_rules(void)
{
    VEC_EACH (struct rule, rule, &config.rules) {
        strs_fini(&rule->match);
        strs_fini(&rule->match_not);
        strs_fini(&rule->match_not_regex);
    }
    vec_fini(&config.rules);
}

static int tear_down(void **state)
{
    (void)state;
    graph_free(graph);
    graph = NULL;
    clear_rules();
    strs_fini(&config.watch.extensions);
    strs_fini(&config.watch.paths);
    strs_fini(&config.env_files);
    free(config.file);
    free(config.kind);
    return 0;
}

static struct classify with_graph(void)
{
    return (struct classify){.config = &config, .graph = graph, .is_go = true};
}

static struct verdict verdict_on(const struct classify *classify, const char *name,
                                 enum change_kind kind)
{
    struct verdict verdict;
    classify_file(classify, in(name), kind, &verdict);
    assert_true(strlen(verdict.reason) > 5);
    return verdict;
}

struct wanted {
    const char *name;
    enum action action;
    const char *reason;
};

static void check(const struct classify *classify, const struct wanted *wanted, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        struct verdict verdict = verdict_on(classify, wanted[i].name, CHANGE_WRITTEN);
        if (verdict.action != wanted[i].action || !strstr(verdict.reason, wanted[i].reason))
            fail_msg("%s: %s, %s", wanted[i].name, action_name(verdict.action), verdict.reason);
    }
}
#define CHECK(classify, table) check(classify, table, sizeof(table) / sizeof *(table))

static void defaults_of_a_gin_project(void **state)
{
    static const struct wanted TABLE[] = {
        {"main.go", ACTION_BUILD, "is part of example.com/app"},
        {"handlers/handlers.go", ACTION_BUILD, "is part of example.com/app/handlers"},
        {"handlers/handlers_test.go", ACTION_IGNORE, "is a test"},
        {"handlers/old.go", ACTION_IGNORE, "build constraints"},
        {"handlers/x_windows.go", ACTION_IGNORE, "build constraints"},
        {"unrelated/unrelated.go", ACTION_IGNORE, "in no package that the app imports"},
        {"go.mod", ACTION_BUILD, "modules"},
        {"go.sum", ACTION_BUILD, "modules"},
        {"go.work", ACTION_BUILD, "modules"},
        {"vendor/modules.txt", ACTION_BUILD, "modules"},
        {"assets/banner.txt", ACTION_BUILD, "is embedded by example.com/app"},
        {"assets/more.txt", ACTION_BUILD, "is embedded by example.com/app"},
        {"static/inside.css", ACTION_BUILD, "is embedded by example.com/app"},
        {"templates/index.html", ACTION_REFRESH, "for each request (main.go:7)"},
        {"templates/a.tmpl", ACTION_REFRESH, "template"},
        {"static/style.css", ACTION_REFRESH, "static"},
        {"static/data.json", ACTION_REFRESH, "static"},
        {"public/index.html", ACTION_REFRESH, "static"},
        {"web/app.js", ACTION_REFRESH, "static"},
        {"img/logo.svg", ACTION_REFRESH, "static"},
        {".env", ACTION_RESTART, "environment file"},
        {".env.local", ACTION_RESTART, "environment file"},
        {".env.example", ACTION_IGNORE, "nothing"},
        {"config/app.yaml", ACTION_RESTART, "configuration"},
        {"app.toml", ACTION_RESTART, "configuration"},
        {"app.properties", ACTION_RESTART, "configuration"},
        {"node_modules/x/package.json", ACTION_IGNORE, "nothing"},
        {"README.md", ACTION_IGNORE, "nothing"},
        {"docs/notes/a.txt", ACTION_IGNORE, "nothing"},
        {"Makefile", ACTION_IGNORE, "nothing"},
        {"air.toml", ACTION_IGNORE, "not in force"},
        {"zonda.toml", ACTION_IGNORE, "zonda's configuration"},
    };
    struct classify classify = with_graph();
    (void)state;
    CHECK(&classify, TABLE);
}

static void templates_by_how_they_are_read(void **state)
{
    struct classify classify = with_graph();
    struct strs env = {0};
    (void)state;
    classify.app_env = &env;
    strs_env_set(&env, "GIN_MODE", "debug");
    assert_int_equal(verdict_on(&classify, "a.html", CHANGE_WRITTEN).action, ACTION_REFRESH);
    strs_env_set(&env, "GIN_MODE", "release");
    struct verdict verdict = verdict_on(&classify, "a.html", CHANGE_WRITTEN);
    assert_int_equal(verdict.action, ACTION_RESTART);
    assert_non_null(strstr(verdict.reason, "GIN_MODE=release"));
    strs_fini(&env);
    classify.app_env = NULL;
    graph_free(graph);
    graph = load_graph("gin.SetMode(gin.ReleaseMode)\n\tr.LoadHTMLGlob(\"x\")");
    classify = with_graph();
    verdict = verdict_on(&classify, "a.html", CHANGE_WRITTEN);
    assert_int_equal(verdict.action, ACTION_RESTART);
    assert_non_null(strstr(verdict.reason, "at its start only"));
    graph_free(graph);
    graph = load_graph("_ = r");
    classify = with_graph();
    assert_int_equal(verdict_on(&classify, "a.html", CHANGE_WRITTEN).action, ACTION_RESTART);
    classify.graph = NULL;
    assert_int_equal(verdict_on(&classify, "a.html", CHANGE_WRITTEN).action, ACTION_RESTART);
}

static void in_doubt_every_go_file_counts(void **state)
{
    static const char *const WHY[] = {"the last build failed", "not known", "being read again"};
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct classify classify = with_graph();
        classify.build_failed = i == 0;
        classify.graph = i == 1 ? NULL : graph;
        classify.graph_stale = i == 2;
        struct verdict verdict = verdict_on(&classify, "unrelated/unrelated.go", CHANGE_WRITTEN);
        assert_int_equal(verdict.action, ACTION_BUILD);
        assert_non_null(strstr(verdict.reason, WHY[i]));
        verdict = verdict_on(&classify, "handlers/handlers_test.go", CHANGE_WRITTEN);
        assert_int_equal(verdict.action, ACTION_IGNORE);
        assert_int_equal(verdict_on(&classify, "README.md", CHANGE_WRITTEN).action, ACTION_IGNORE);
    }
}

static void the_graph_is_read_again_where_it_may_have_changed(void **state)
{
    struct classify classify = with_graph();
    (void)state;
    put("handlers/handlers.go", "package handlers\n\nvar a = 1\n");
    /* What the header was when the graph was made is not known. */
    assert_true(verdict_on(&classify, "handlers/handlers.go", CHANGE_WRITTEN).new_graph);
    graph_free(graph);
    headers_since = UINT64_MAX;
    classify.graph = graph = load_graph("r.Run()");
    headers_since = 0;
    put("handlers/handlers.go", "package handlers\n\nvar a = 2 // other\n");
    assert_false(verdict_on(&classify, "handlers/handlers.go", CHANGE_WRITTEN).new_graph);
    classify.graph_stale = true; /* and is not known while it is being made again */
    assert_true(verdict_on(&classify, "handlers/handlers.go", CHANGE_WRITTEN).new_graph);
    classify.graph_stale = false;
    put("handlers/handlers.go", "package handlers\n\nimport _ \"embed\"\n\nvar a = 1\n");
    assert_true(verdict_on(&classify, "handlers/handlers.go", CHANGE_WRITTEN).new_graph);
    assert_true(verdict_on(&classify, "handlers/handlers.go", CHANGE_DELETED).new_graph);
    assert_true(verdict_on(&classify, "handlers/new.go", CHANGE_CREATED).new_graph);
    assert_true(verdict_on(&classify, "go.mod", CHANGE_WRITTEN).new_graph);
    assert_false(verdict_on(&classify, "README.md", CHANGE_WRITTEN).new_graph);
    assert_false(verdict_on(&classify, "unrelated/a.go", CHANGE_WRITTEN).new_graph);
    assert_true(verdict_on(&classify, "assets/new.txt", CHANGE_CREATED).new_graph);
    /* A file that was left out and is no longer. */
    assert_int_equal(verdict_on(&classify, "handlers/old.go", CHANGE_WRITTEN).action,
                     ACTION_IGNORE);
    put("handlers/old.go", "package handlers\n");
    struct verdict verdict = verdict_on(&classify, "handlers/old.go", CHANGE_WRITTEN);
    assert_int_equal(verdict.action, ACTION_BUILD);
    assert_true(verdict.new_graph);
}

/* --- rules --- */

static struct rule *add_rule(const char *name, enum action action, const char *match)
{
    struct rule rule = {.action = action, .line = 7};
    rule.name = (char *)(uintptr_t)name; /* not freed */
    strs_push(&rule.match, match);
    vec_push(&config.rules, rule);
    return &config.rules.at[config.rules.len - 1];
}

static void the_first_rule_that_matches_decides(void **state)
{
    struct classify classify = with_graph();
    (void)state;
    struct rule *rule = add_rule("sql", ACTION_RUN, "/migrations/**/*.sql");
    strs_push(&rule->match_not, "*_draft.sql");
    strs_push(&rule->match_not_regex, "/old[0-9]/");
    add_rule("any-sql", ACTION_RESTART, "*.sql");
    add_rule("quiet", ACTION_IGNORE, "handlers/handlers.go");
    add_rule("", ACTION_REFRESH, "/only/here.txt");
    static const struct wanted TABLE[] = {
        {"migrations/a.sql", ACTION_RUN, "matches /migrations/**/*.sql of the rule sql"},
        {"migrations/x/y/a.sql", ACTION_RUN, "rule sql"},
        {"migrations/a_draft.sql", ACTION_RESTART, "rule any-sql"},
        {"migrations/old1/a.sql", ACTION_RESTART, "rule any-sql"},
        {"deep/down/a.sql", ACTION_RESTART, "rule any-sql"},
        {"handlers/handlers.go", ACTION_IGNORE, "rule quiet"},
        {"only/here.txt", ACTION_REFRESH, "rule 4"},
        {"not/only/here.txt", ACTION_IGNORE, "nothing"},
        {"zonda.toml", ACTION_IGNORE, "zonda's configuration"},
    };
    CHECK(&classify, TABLE);
    assert_ptr_equal(verdict_on(&classify, "x.sql", CHANGE_WRITTEN).rule, &config.rules.at[1]);
    add_rule("all", ACTION_BUILD, "*");
    assert_true(verdict_on(&classify, "zonda.toml", CHANGE_WRITTEN).config);
    assert_int_equal(verdict_on(&classify, "x.unknown", CHANGE_WRITTEN).action, ACTION_BUILD);
}

static void extensions(void **state)
{
    struct classify classify = with_graph();
    (void)state;
    strs_push(&config.watch.extensions, "proto");
    strs_push(&config.watch.extensions, "yaml");
    static const struct wanted TABLE[] = {
        {"api/a.proto", ACTION_BUILD, "extension"},
        {"api/openapi.yaml", ACTION_BUILD, "extension"},
        {"api/app.toml", ACTION_RESTART, "configuration"},
        {"main.go", ACTION_BUILD, "part of"},
        {"proto", ACTION_IGNORE, "nothing"},
    };
    CHECK(&classify, TABLE);
    config.watch.only_extensions = true;
    strs_push(&config.env_files, in("more.env"));
    strs_push(&config.watch.paths, in("named.bin"));
    static const struct wanted ONLY[] = {
        {"api/a.proto", ACTION_BUILD, "extension"},
        {"main.go", ACTION_IGNORE, "none of the extensions"},
        {"static/a.css", ACTION_IGNORE, "none of the extensions"},
        {"more.env", ACTION_RESTART, "env_files"},
        {"named.bin", ACTION_BUILD, "watch.paths"},
        {"zonda.toml", ACTION_IGNORE, "zonda's configuration"},
    };
    CHECK(&classify, ONLY);
    strs_push(&config.watch.extensions, "*");
    static const struct wanted ALL[] = {
        {"README.md", ACTION_BUILD, "extension"},
        {"Makefile", ACTION_BUILD, "extension"},
        {"unrelated/a.go", ACTION_IGNORE, "no package"},
    };
    CHECK(&classify, ALL);
    config.watch.only_extensions = false;
}

static void other_projects(void **state)
{
    struct classify classify = {.config = &config};
    (void)state;
    strs_push(&config.watch.extensions, "txt");
    static const struct wanted TABLE[] = {
        {"text.txt", ACTION_BUILD, "extension"},
        {"built.out", ACTION_IGNORE, "nothing"},
        {"main.go", ACTION_BUILD, "Go file"},
        {".env", ACTION_RESTART, "environment"},
    };
    CHECK(&classify, TABLE);
}

static void own_configuration_that_comes(void **state)
{
    struct classify classify = with_graph();
    (void)state;
    mem_replace(&config.file, NULL);
    mem_replace(&config.kind, "none");
    assert_true(verdict_on(&classify, "zonda.toml", CHANGE_CREATED).config);
    assert_true(verdict_on(&classify, ".air.toml", CHANGE_CREATED).config);
    assert_false(verdict_on(&classify, "sub/zonda.toml", CHANGE_CREATED).config);
    mem_replace(&config.file, in(".air.toml"));
    mem_replace(&config.kind, "air");
    assert_true(verdict_on(&classify, ".air.toml", CHANGE_WRITTEN).config);
    assert_true(verdict_on(&classify, "zonda.toml", CHANGE_CREATED).config);
    mem_replace(&config.file, "/elsewhere/my.toml");
    mem_replace(&config.kind, "zonda.toml");
    assert_true(verdict_on(&classify, "/elsewhere/my.toml", CHANGE_WRITTEN).config);
    assert_false(verdict_on(&classify, "zonda.toml", CHANGE_WRITTEN).config);
}

/* --- batches --- */

static void push(struct batch *batch, const char *name, enum change_kind kind)
{
    vec_push(&batch->changes,
             ((struct change){.path = mem_string(in(name)), .kind = kind, .mono_ns = 1}));
}

static void the_strongest_action_is_the_batchs(void **state)
{
    struct classify classify = with_graph();
    struct batch batch = {0};
    struct plan plan;
    (void)state;
    classify_batch(&classify, &batch, &plan);
    assert_int_equal(plan.action, ACTION_IGNORE);
    assert_null(plan.decider);
    plan_fini(&plan);
    push(&batch, "README.md", CHANGE_WRITTEN);
    push(&batch, "static/a.css", CHANGE_WRITTEN);
    classify_batch(&classify, &batch, &plan);
    assert_int_equal(plan.action, ACTION_REFRESH);
    assert_true(plan.refresh);
    assert_string_equal(plan.decider, in("static/a.css"));
    assert_non_null(strstr(plan.reason, "static/a.css is "));
    plan_fini(&plan);
    push(&batch, ".env", CHANGE_WRITTEN);
    push(&batch, "handlers/handlers.go", CHANGE_WRITTEN);
    push(&batch, "main.go", CHANGE_WRITTEN);
    push(&batch, "zonda.toml", CHANGE_WRITTEN);
    classify_batch(&classify, &batch, &plan);
    assert_int_equal(plan.action, ACTION_BUILD);
    assert_string_equal(plan.decider, in("handlers/handlers.go"));
    assert_true(plan.refresh && plan.config && plan.new_graph);
    plan_fini(&plan);
    batch_fini(&batch);
}

static void commands_run_once_in_the_configs_order(void **state)
{
    struct classify classify = with_graph();
    struct batch batch = {0};
    struct plan plan;
    (void)state;
    add_rule("one", ACTION_RUN, "*.one");
    add_rule("two", ACTION_RUN, "*.two");
    add_rule("three", ACTION_RUN, "*.three");
    add_rule("hup", ACTION_SIGNAL, "*.hup")->signal = 1;
    push(&batch, "a.two", CHANGE_WRITTEN);
    push(&batch, "a.one", CHANGE_WRITTEN);
    push(&batch, "b.two", CHANGE_WRITTEN);
    classify_batch(&classify, &batch, &plan);
    assert_int_equal(plan.action, ACTION_RUN);
    assert_int_equal(plan.commands.len, 2);
    assert_string_equal(plan.commands.at[0]->name, "one");
    assert_string_equal(plan.commands.at[1]->name, "two");
    plan_fini(&plan);
    push(&batch, "a.hup", CHANGE_WRITTEN);
    classify_batch(&classify, &batch, &plan);
    assert_int_equal(plan.action, ACTION_SIGNAL);
    assert_int_equal(plan.signal, 1);
    assert_int_equal(plan.commands.len, 2);
    plan_fini(&plan);
    batch.overflow = 5;
    classify_batch(&classify, &batch, &plan);
    assert_int_equal(plan.action, ACTION_BUILD);
    assert_int_equal(plan.commands.len, 3);
    assert_true(plan.new_graph && plan.config && plan.refresh);
    assert_non_null(strstr(plan.reason, "9 files changed"));
    plan_fini(&plan);
    batch_fini(&batch);
}

static int make_root(void **state)
{
    (void)state;
    return mkdtemp(root) == NULL;
}

static int remove_root(void **state)
{
    (void)state;
    return fs_remove_tree(root, &err);
}

#define CLASSIFY_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLASSIFY_TEST(defaults_of_a_gin_project),
        CLASSIFY_TEST(templates_by_how_they_are_read),
        CLASSIFY_TEST(in_doubt_every_go_file_counts),
        CLASSIFY_TEST(the_graph_is_read_again_where_it_may_have_changed),
        CLASSIFY_TEST(the_first_rule_that_matches_decides),
        CLASSIFY_TEST(extensions),
        CLASSIFY_TEST(other_projects),
        CLASSIFY_TEST(own_configuration_that_comes),
        CLASSIFY_TEST(the_strongest_action_is_the_batchs),
        CLASSIFY_TEST(commands_run_once_in_the_configs_order),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
