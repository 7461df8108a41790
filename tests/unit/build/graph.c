/* The import graph: from the go command itself, and from output that nobody should print. */
#include "build/scratch.h"

#include <unistd.h>

#include "build/golang/graph.h"
#include "build/golang/stale.h"
#include "platform/await.h"
#include "platform/process.h"

static struct loop *loop;
static struct strs env;

struct answer {
    struct graph *graph;
    struct err err;
    int calls, stale;
};

static void loaded(void *data, struct graph *graph, const struct err *err)
{
    struct answer *answer = data;
    answer->graph = graph;
    if (err)
        answer->err = *err;
    answer->calls++;
}

static bool is_called(void *data)
{
    return ((struct answer *)data)->calls > 0;
}

static struct graph *load_with(const char *go, const char *dir, const char *package,
                               const char *flag, struct err *err)
{
    struct answer answer = {0};
    struct strs flags = {0};
    if (flag)
        strs_push(&flags, flag);
    struct graph_request request = {
        .go = go, .dir = dir, .package = package, .flags = &flags, .env = &env};
    struct graph_job *job = graph_load(loop, &request, loaded, &answer, err);
    strs_fini(&flags);
    if (!job)
        return NULL;
    assert_int_equal(answer.calls, 0);
    assert_true(await(loop, is_called, &answer));
    assert_int_equal(answer.calls, 1);
    *err = answer.err;
    return answer.graph;
}

static struct graph *load(const char *package)
{
    struct err err = {0};
    struct graph *graph = load_with("go", scratch, package, NULL, &err);
    if (!graph)
        fail_msg("%s", err.message);
    return graph;
}

static void assert_kind(const struct graph *graph, const char *name, enum graph_file kind,
                        const char *package)
{
    const char *path = at(name), *import = "unset";
    enum graph_file is = graph_file(graph, path, &import);
    if (is != kind)
        fail_msg("%s: %d, not %d", name, (int)is, (int)kind);
    if (package)
        assert_string_equal(import, package);
    else
        assert_null(import);
}

static void write_module(void)
{
    put("go.mod", "module example.com/g\n\ngo 1.21\n");
    put("cmd/app/main.go",
        "package main\n\nimport \"example.com/g/lib\"\n\nfunc main() { lib.F() }\n");
    put("cmd/app/main_test.go", "package main\n");
    put("lib/lib.go", "package lib\n\nimport _ \"embed\"\n\n//go:embed a.txt web/*.html all:data "
                      "static\nvar a string\n\nfunc F() {}\n");
    put("lib/lib_windows.go", "package lib\n");
    put("lib/draft.go", "//go:build ignore\n\npackage lib\n");
    put("lib/lib_test.go", "package lib_test\n");
    put("lib/a.txt", "x");
    put("lib/web/i.html", "x");
    put("lib/data/.keep", "x");
    put("lib/static/css/a.css", "x");
    put("other/other.go", "package other\n");
}

static void files_are_known(void **state)
{
    (void)state;
    write_module();
    struct graph *graph = load("./cmd/app");
    assert_string_equal(graph_main_dir(graph), at("cmd/app"));
    assert_true(graph_packages(graph) > 20); /* the standard library's count */
    assert_kind(graph, "cmd/app/main.go", GRAPH_BUILT, "example.com/g/cmd/app");
    assert_kind(graph, "lib/lib.go", GRAPH_BUILT, "example.com/g/lib");
    assert_kind(graph, "lib/lib_windows.go", GRAPH_EXCLUDED, "example.com/g/lib");
    assert_kind(graph, "lib/draft.go", GRAPH_EXCLUDED, "example.com/g/lib");
    assert_kind(graph, "lib/lib_test.go", GRAPH_TEST, "example.com/g/lib");
    assert_kind(graph, "cmd/app/main_test.go", GRAPH_TEST, "example.com/g/cmd/app");
    assert_kind(graph, "other/other.go", GRAPH_UNUSED, NULL);
    assert_kind(graph, "other/new_test.go", GRAPH_TEST, NULL);
    assert_kind(graph, "README.md", GRAPH_NOT_GO, NULL);
    assert_kind(graph, "lib/README.md", GRAPH_NOT_GO, "example.com/g/lib");
    assert_false(graph_loads_env(graph));
    graph_free(graph);
}

/* Not known to the go command yet: what it would say. */
static void new_files_are_judged(void **state)
{
    (void)state;
    write_module();
    struct graph *graph = load("./cmd/app");
    put("lib/new.go", "package lib\n");
    put("lib/new_ignored.go", "//go:build ignore\n\npackage lib\n");
    assert_kind(graph, "lib/new.go", GRAPH_BUILT, "example.com/g/lib");
    assert_kind(graph, "lib/new_ignored.go", GRAPH_EXCLUDED, "example.com/g/lib");
    assert_kind(graph, "lib/new_windows.go", GRAPH_EXCLUDED, "example.com/g/lib");
    assert_kind(graph, "lib/gone.go", GRAPH_BUILT, "example.com/g/lib");
    assert_kind(graph, "lib/new_test.go", GRAPH_TEST, "example.com/g/lib");
    graph_free(graph);
}

static void embedded_files_are_known(void **state)
{
    (void)state;
    write_module();
    struct graph *graph = load("./cmd/app");
    static const char *const IN[] = {"lib/a.txt",       "lib/web/i.html", "lib/web/new.html",
                                     "lib/data/.keep",  "lib/data/_x/.y", "lib/static/css/a.css",
                                     "lib/static/new/x"};
    static const char *const OUT[] = {"lib/b.txt",       "lib/web/new.css", "lib/static/.hidden",
                                      "lib/static/_x/y", "lib/statics/x",   "cmd/app/a.txt",
                                      "a.txt",           "lib/x/a.txt"};
    for (size_t i = 0; i < sizeof IN / sizeof *IN; i++)
        assert_kind(graph, IN[i], GRAPH_EMBEDDED, "example.com/g/lib");
    for (size_t i = 0; i < sizeof OUT / sizeof *OUT; i++)
        if (graph_file(graph, at(OUT[i]), NULL) != GRAPH_NOT_GO)
            fail_msg("embedded: %s", OUT[i]);
    graph_free(graph);
}

static void flags_count(void **state)
{
    struct err err = {0};
    (void)state;
    write_module();
    put("lib/dev.go", "//go:build dev\n\npackage lib\n");
    struct graph *graph = load_with("go", scratch, "./cmd/app", "-tags=dev", &err);
    assert_non_null(graph);
    assert_kind(graph, "lib/dev.go", GRAPH_BUILT, "example.com/g/lib");
    put("lib/dev2.go", "//go:build dev\n\npackage lib\n");
    assert_kind(graph, "lib/dev2.go", GRAPH_BUILT, "example.com/g/lib");
    graph_free(graph);
    graph = load("cmd/app"); /* "./" is not insisted upon */
    assert_kind(graph, "lib/dev.go", GRAPH_EXCLUDED, "example.com/g/lib");
    graph_free(graph);
}

/* A project reached by a symbolic link: the files have the names that the watch gives them. */
static void the_way_there_is_kept(void **state)
{
    struct err err = {0};
    (void)state;
    write_module();
    assert_int_equal(symlink(scratch, at("other/link")), 0);
    struct graph *graph = load_with("go", at("other/link"), "./cmd/app", NULL, &err);
    assert_non_null(graph);
    assert_string_equal(graph_main_dir(graph), at("other/link/cmd/app"));
    assert_kind(graph, "other/link/lib/lib.go", GRAPH_BUILT, "example.com/g/lib");
    graph_free(graph);
}

static void modules_beside_are_local(void **state)
{
    struct err err = {0};
    (void)state;
    put("app/go.mod", "module example.com/app\n\ngo 1.21\n\nrequire example.com/local v0.0.0\n\n"
                      "replace example.com/local => ../local\n");
    put("app/main.go", "package main\n\nimport _ \"example.com/local/sub\"\n\nfunc main() {}\n");
    put("local/go.mod", "module example.com/local\n\ngo 1.21\n");
    put("local/sub/sub.go", "package sub\n");
    struct graph *graph = load_with("go", at("app"), ".", NULL, &err);
    assert_non_null(graph);
    assert_kind(graph, "local/sub/sub.go", GRAPH_BUILT, "example.com/local/sub");
    const struct strs *dirs = graph_outside_dirs(graph, at("app"));
    assert_int_equal(dirs->len, 1);
    assert_string_equal(dirs->at[0], at("local")); /* the whole module */
    assert_int_equal(graph_outside_dirs(graph, scratch)->len, 0);
    graph_free(graph);

    put("go.work", "go 1.21\n\nuse (\n\t./app\n\t./third\n)\n");
    put("third/go.mod", "module example.com/third\n\ngo 1.21\n");
    put("third/third.go", "package third\n");
    put("app/main.go", "package main\n\nimport _ \"example.com/third\"\n\nfunc main() {}\n");
    graph = load_with("go", at("app"), ".", NULL, &err);
    assert_non_null(graph);
    assert_kind(graph, "third/third.go", GRAPH_BUILT, "example.com/third");
    assert_string_equal(graph_outside_dirs(graph, at("app"))->at[0], at("third"));
    graph_free(graph);
    assert_int_equal(fs_unlink(at("go.work"), &err), 0);
}

/* --- templates, gin --- */

static void templates_are_found(void **state)
{
    static const struct {
        const char *body;
        enum template_mode mode;
        const char *where;
    } APPS[] = {
        {"x.F()", TEMPLATES_UNKNOWN, NULL},
        {"x.LoadHTMLGlob(\"t/*\")", TEMPLATES_RELOAD, "main.go:5"},
        {"x.LoadHTMLGlob(\"t/*\"); x.SetMode(x.ReleaseMode)", TEMPLATES_ONCE, "main.go:5"},
        {"x.SetMode(x.ReleaseMode)", TEMPLATES_UNKNOWN, NULL},
        {"template.ParseFiles(\"a\")", TEMPLATES_ONCE, "main.go:5"},
        {"template.ParseFS(nil, \"a\")", TEMPLATES_ONCE, "main.go:5"},
        {"x.LoadHTMLFiles(\"a\"); template.ParseFS(nil, \"a\")", TEMPLATES_RELOAD, "main.go:5"},
        {"x.LoadHTMLFiles(\"a\"); template.ParseGlob(\"a\")", TEMPLATES_ONCE, "main.go:5"},
    };
    (void)state;
    write_module();
    for (size_t i = 0; i < sizeof APPS / sizeof *APPS; i++) {
        const char *where = "unset";
        char *text =
            mem_format("package main\n\nimport (\"html/template\"; x \"example.com/g/lib\")\n"
                       "var _ = template.New\nfunc main() { %s }\n",
                       APPS[i].body);
        put("main.go", text);
        struct graph *graph = load(".");
        assert_int_equal(graph_templates(graph, &where), APPS[i].mode);
        if (APPS[i].where)
            assert_string_equal(where, APPS[i].where);
        else
            assert_null(where);
        graph_free(graph);
        free(text);
    }
}

/* The go command's words for packages of other modules, shortened. */
static void gin_and_godotenv_are_seen(void **state)
{
    static const char TEXT[] =
        "{\"Dir\": \"/go/src/fmt\", \"ImportPath\": \"fmt\", \"Standard\": true, \"DepOnly\": "
        "true}\n"
        "{\"Dir\": \"/mod/gin\", \"ImportPath\": \"github.com/gin-gonic/gin\", \"DepOnly\": true,\n"
        " \"Module\": {\"Path\": \"github.com/gin-gonic/gin\", \"Version\": \"v1\", \"Dir\": "
        "\"/mod/gin\"},"
        " \"GoFiles\": [\"gin.go\"]}\n"
        "{\"Dir\": \"/mod/fork\", \"ImportPath\": \"github.com/joho/godotenv/autoload\", "
        "\"DepOnly\": true,\n"
        " \"Module\": {\"Path\": \"x\", \"Replace\": {\"Path\": \"y\", \"Version\": \"v1\", "
        "\"Dir\": \"/mod/fork\"}},"
        " \"GoFiles\": [\"a.go\"]}\n"
        "{\"Dir\": \"/app\", \"ImportPath\": \"app\", \"Module\": {\"Path\": \"app\", \"Main\": "
        "true, "
        "\"Dir\": \"/app\"}, \"GoFiles\": [\"main.go\"], \"CgoFiles\": [\"c.go\"], \"CFiles\": "
        "[\"x.c\"]}\n";
    struct err err = {0};
    const char *package = NULL;
    (void)state;
    struct graph *graph = graph_parse(TEXT, sizeof TEXT - 1, &err);
    assert_non_null(graph);
    assert_true(graph_loads_env(graph));
    assert_int_equal(graph_packages(graph), 4);
    assert_string_equal(graph_main_dir(graph), "/app");
    assert_int_equal(graph_file(graph, "/app/main.go", &package), GRAPH_BUILT);
    assert_string_equal(package, "app");
    assert_int_equal(graph_file(graph, "/app/c.go", NULL), GRAPH_BUILT);
    assert_int_equal(graph_file(graph, "/app/x.c", NULL), GRAPH_BUILT);
    assert_int_equal(graph_file(graph, "/app/new.h", NULL), GRAPH_BUILT);       /* cgo is used */
    assert_int_equal(graph_file(graph, "/mod/gin/gin.go", NULL), GRAPH_UNUSED); /* not kept */
    assert_int_equal(graph_file(graph, "/mod/fork/a.go", NULL), GRAPH_UNUSED);
    assert_int_equal(graph_outside_dirs(graph, "/app")->len, 0);
    graph_free(graph);
}

/* --- what goes wrong --- */

static void errors_are_told(void **state)
{
    struct err err = {0};
    (void)state;
    write_module();
    put("go.mod", "module example.com/g\n\nnonsense\n");
    assert_null(load_with("go", scratch, "./cmd/app", NULL, &err));
    assert_int_equal(err.code, ERR_APP);
    assert_non_null(strstr(err.message, "go list failed"));
    assert_non_null(strstr(err.message, "nonsense"));
    write_module();
    assert_null(load_with("no-such-go", scratch, "./cmd/app", NULL, &err));
    assert_non_null(strstr(err.message, "no-such-go"));
    assert_non_null(strstr(err.hint, "PATH"));
    assert_null(load_with("go", scratch, "./none", NULL, &err));
    assert_int_equal(err.code, ERR_APP);
    /* A file that does not compile is no hindrance. */
    put("lib/lib.go", "package lib\n\nfunc {\n");
    struct graph *graph = load("./cmd/app");
    assert_kind(graph, "lib/lib.go", GRAPH_BUILT, "example.com/g/lib");
    graph_free(graph);
}

static void foreign_output_is_refused(void **state)
{
    static const char *const SCRIPTS[] = {
        "#!/bin/sh\necho hello\n",
        "#!/bin/sh\necho '{\"Dir\": \"/x\"'\n",
        "#!/bin/sh\necho '{\"Dir\": }'\n",
        "#!/bin/sh\ntrue\n",
        "#!/bin/sh\nwhile :; do echo '}'; done\n",
        "#!/bin/sh\nprintf '{\"Dir\": \"'; head -c 5000000 /dev/zero | tr '\\0' x; echo '\"}'\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof SCRIPTS / sizeof *SCRIPTS; i++) {
        struct err err = {0};
        put_mode("go.sh", SCRIPTS[i], 0755);
        assert_null(load_with(at("go.sh"), scratch, ".", NULL, &err));
        assert_int_equal(err.code, ERR_APP);
        assert_non_null(strstr(err.message, "go list"));
    }
}

static bool is_there(void *data)
{
    return fs_is_file(at(data));
}

/* No callback afterwards, and nothing of the command stays. */
static void it_can_be_cancelled(void **state)
{
    static char name[] = "pid";
    struct answer answer = {0};
    struct err err = {0};
    (void)state;
    put_mode("go.sh", "#!/bin/sh\necho $$ >pid.new && mv pid.new pid; exec sleep 100\n", 0755);
    struct graph_request request = {.go = at("go.sh"), .dir = scratch, .package = ".", .env = &env};
    struct graph_job *job = graph_load(loop, &request, loaded, &answer, &err);
    assert_non_null(job);
    assert_true(await(loop, is_there, name));
    char *text = got("pid");
    int pid = (int)strtol(text, NULL, 10);
    free(text);
    graph_cancel(job);
    assert_true(await(loop, await_gone, &pid));
    graph_cancel(NULL);
    assert_int_equal(answer.calls, 0);
    assert_int_equal(fs_unlink(at("pid"), &err), 0);
}

/* --- stale packages --- */

static void counted(void *data, int stale)
{
    struct answer *answer = data;
    answer->stale = stale;
    answer->calls++;
}

static int count_stale(const char *go)
{
    struct answer answer = {0};
    struct err err = {0};
    struct graph_request request = {.go = go, .dir = scratch, .package = "./cmd/app", .env = &env};
    assert_non_null(stale_count(loop, &request, counted, &answer, &err));
    assert_true(await(loop, is_called, &answer));
    assert_int_equal(answer.calls, 1);
    return answer.stale;
}

static void stale_packages_are_counted(void **state)
{
    struct err err = {0};
    struct answer answer = {0};
    (void)state;
    write_module();
    /* Whatever else the cache lacks: main and a package that nobody ever built are among it. */
    char *text = mem_format("package lib\n\nfunc F() { println(\"%s\") }\n", scratch);
    put("lib/lib.go", text);
    free(text);
    assert_true(count_stale("go") >= 2);
    put_mode("go.sh", "#!/bin/sh\necho; echo x; echo; echo x\n", 0755);
    assert_int_equal(count_stale(at("go.sh")), 2);
    put_mode("go.sh", "#!/bin/sh\necho x; exit 1\n", 0755);
    assert_int_equal(count_stale(at("go.sh")), 0);
    struct graph_request request = {.go = "go", .dir = scratch, .package = ".", .env = &env};
    stale_cancel(stale_count(loop, &request, counted, &answer, &err));
    stale_cancel(NULL);
    request.go = "no-such-go";
    assert_null(stale_count(loop, &request, counted, &answer, &err));
    assert_int_equal(answer.calls, 0);
}

static int set_up(void **state)
{
    struct err err;
    environment_read(&env);
    strs_env_set(&env, "GOFLAGS", "");
    strs_env_set(&env, "GOPROXY", "off");
    loop = loop_new(&err);
    return loop && process_init(loop, &err) == 0 ? scratch_make(state) : -1;
}

static int tear_down(void **state)
{
    process_fini();
    loop_free(loop);
    strs_fini(&env);
    return scratch_remove(state);
}

static int fresh(void **state)
{
    return scratch_remove(state) == 0 ? scratch_make(state) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(files_are_known, fresh),
        cmocka_unit_test_setup(new_files_are_judged, fresh),
        cmocka_unit_test_setup(embedded_files_are_known, fresh),
        cmocka_unit_test_setup(flags_count, fresh),
        cmocka_unit_test_setup(the_way_there_is_kept, fresh),
        cmocka_unit_test_setup(modules_beside_are_local, fresh),
        cmocka_unit_test_setup(templates_are_found, fresh),
        cmocka_unit_test_setup(gin_and_godotenv_are_seen, fresh),
        cmocka_unit_test_setup(errors_are_told, fresh),
        cmocka_unit_test_setup(foreign_output_is_refused, fresh),
        cmocka_unit_test_setup(it_can_be_cancelled, fresh),
        cmocka_unit_test_setup(stale_packages_are_counted, fresh),
    };
    return cmocka_run_group_tests_name("build/graph", tests, set_up, tear_down);
}
