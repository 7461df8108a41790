/* The command lines of the tools, held against what their documentation says they read. */
#include "build/scratch.h"

#include "measure/bench/tool.h"
#include "measure/bench/tool_parts.h"

static struct bench_subject subject;
static struct bench_place place;

/* A project with its main package here, an app with these arguments. */
static void set(char *package, const char *const *args)
{
    struct err err;
    assert_int_equal(fs_remove_tree(scratch, &err), 0);
    assert_int_equal(fs_mkdirs(at("copy"), 0755, &err), 0);
    strs_fini(&subject.args);
    for (; *args; args++)
        strs_push(&subject.args, *args);
    subject.package = package;
    place = (struct bench_place){.path = "/bin/TOOL",
                                 .copy = mem_string(at("copy")),
                                 .output = mem_string(at("copy/tmp/app")),
                                 .app_port = 8080,
                                 .own_port = 3000};
}
#define SET(package, ...) set((char[]){package}, (const char *const[]){__VA_ARGS__, NULL})
#define SET_PLAIN()       set((char[]){"."}, (const char *const[]){NULL})

static void unset(void)
{
    free((char *)place.copy);
    free((char *)place.output);
    strs_fini(&subject.args);
}

/* argv with a '|' between its words, then the port that is asked. */
static void assert_plan(const char *name, const char *wanted, uint16_t ask_port)
{
    struct bench_plan plan = {0};
    struct err err = {0};
    struct buf text = BUF_INIT((size_t)1 << 16);
    if (bench_tool_find(name)->plan(&subject, &place, &plan, &err) != 0)
        fail_msg("%s: %s", name, err.message);
    STRS_EACH (word, &plan.argv)
        (void)buf_printf(&text, "%s%s", word == plan.argv.at ? "" : "|", *word);
    assert_string_equal(buf_text(&text), wanted);
    assert_int_equal(plan.env.len, 0);
    assert_int_equal(plan.ask_port, ask_port);
    if (strcmp(name, "entr") != 0)
        assert_null(plan.input);
    buf_fini(&text);
    bench_plan_fini(&plan);
}

static void assert_refused(const char *name, const char *word)
{
    struct bench_plan plan = {0};
    struct err err = {0};
    assert_int_equal(bench_tool_find(name)->plan(&subject, &place, &plan, &err), ERR_CONFIG);
    assert_non_null(strstr(err.message, word));
    bench_plan_fini(&plan);
}

static void has_all_by_name(void **state)
{
    static const char *const NAMES[] = {"zonda", "air",       "CompileDaemon", "fresh",
                                        "gin",   "refresh",   "wgo",           "reflex",
                                        "entr",  "watchexec", "go-run"};
    (void)state;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        assert_string_equal(BENCH_TOOLS[i]->name, NAMES[i]);
        assert_ptr_equal(bench_tool_find(NAMES[i]), BENCH_TOOLS[i]);
        assert_int_equal(BENCH_TOOLS[i]->by_hand, strcmp(NAMES[i], "go-run") == 0);
        assert_int_equal(BENCH_TOOLS[i]->through_proxy, strcmp(NAMES[i], "gin") == 0);
        assert_int_equal(BENCH_TOOLS[i]->ready != NULL, strcmp(NAMES[i], "gin") == 0);
    }
    assert_null(BENCH_TOOLS[sizeof NAMES / sizeof *NAMES]);
    assert_null(bench_tool_find("Air"));
}

static void runs_zonda(void **state)
{
    (void)state;
    SET("./cmd/api", "-v", "a b");
    assert_plan("zonda", "/bin/TOOL|run|--build.package=./cmd/api|--|-v|a b", 0);
    put("copy/.air.toml", "");
    assert_plan("zonda", "/bin/TOOL|run|--|-v|a b", 0);
    unset();
}

/* README: "air", and `air --build.cmd "go build -o bin/api cmd/run.go" --build.entrypoint
   "./bin/api"`; what comes after -- goes to the app. */
static void runs_air(void **state)
{
    (void)state;
    SET_PLAIN();
    assert_plan("air", "/bin/TOOL", 0);
    unset();
    SET("./cmd/api", "-v", "a b");
    assert_plan("air",
                "/bin/TOOL|--build.cmd|go build -o ./tmp/app ./cmd/api|--build.entrypoint|./tmp/app"
                "|--|-v|a b",
                0);
    put("copy/.config/air.toml", "");
    assert_plan("air", "/bin/TOOL|--|-v|a b", 0);
    unset();
}

/* README: -build=…, -command="./MyProgram -my-options"; split at single blanks, no quotes. */
static void runs_compile_daemon(void **state)
{
    (void)state;
    SET("./cmd/api", "-v", "x");
    assert_plan("CompileDaemon",
                "/bin/TOOL|-build=go build -o ./tmp/app ./cmd/api|-command=./tmp/app -v x", 0);
    unset();
    SET(".", "a b");
    assert_refused("CompileDaemon", "\"a b\"");
    unset();
}

/* "fresh" alone; `go build -o tmp/runner-build ROOT`, and ROOT is what is watched. */
static void runs_fresh(void **state)
{
    (void)state;
    SET_PLAIN();
    assert_plan("fresh", "/bin/TOOL", 0);
    unset();
    SET("./cmd/api", "-v");
    assert_refused("fresh", "./cmd/api");
    put("copy/runner.conf", "root: cmd/api\n");
    assert_plan("fresh", "/bin/TOOL", 0);
    unset();
    SET(".", "-v");
    assert_refused("fresh", "arguments");
    unset();
}

/* gin [global flags] run [app args]; --bin is below the working directory. */
static void runs_gin(void **state)
{
    (void)state;
    SET("./cmd/api", "-v", "a b");
    assert_plan("gin",
                "/bin/TOOL|--port|3000|--appPort|8080|--build|./cmd/api|--bin|tmp/app|run|-v|a b",
                3000);
    unset();
}

/* `refresh init` and `refresh run`; the keys of its README, strings in quotes. */
static void runs_refresh(void **state)
{
    (void)state;
    SET("./cmd/api", "-v", "a \"b\"");
    assert_plan("refresh", "/bin/TOOL|run", 0);
    char *dir = path_dir(place.output);
    char *wanted = mem_format(
        "app_root: .\nignored_folders: [vendor, log, logs, tmp, node_modules, bin, templates]\n"
        "included_extensions: [.go]\nbuild_target_path: \"./cmd/api\"\nbuild_path: \"%s\"\n"
        "build_delay: 200\nbinary_name: \"app\"\ncommand_flags: [\"-v\",\"a \\\"b\\\"\"]\n"
        "command_env: []\nenable_colors: true\nlog_name: \"\"\n",
        dir);
    assert_file("copy/refresh.yml", wanted);
    free(dir);
    free(wanted);
    put("copy/refresh.yml", "app_root: web\n");
    assert_plan("refresh", "/bin/TOOL|run", 0);
    assert_file("copy/refresh.yml", "app_root: web\n"); /* the project's own stays */
    unset();
}

/* wgo run PACKAGE ARG …; "::" ends a command, ":::" stands for it. */
static void runs_wgo(void **state)
{
    (void)state;
    SET("./cmd/api", "-v", "::", ":::", ":", "a::b");
    assert_plan("wgo", "/bin/TOOL|run|./cmd/api|-v|:::|::::|:|a::b", 0);
    unset();
}

#define LINE "go build -o ./tmp/app ./cmd/api && exec ./tmp/app -v 'a b'"

/* README of reflex: `reflex -r '\.java$' -s -- sh -c 'make && java bin/Server'`. */
static void runs_reflex(void **state)
{
    (void)state;
    SET("./cmd/api", "-v", "a b");
    assert_plan("reflex", "/bin/TOOL|-r|\\.go$|-s|--|sh|-c|" LINE, 0);
    put("copy/reflex.conf", "-r go -- make\n");
    assert_plan("reflex", "/bin/TOOL|-c|reflex.conf", 0);
    unset();
}

static void runs_watchexec(void **state)
{
    (void)state;
    SET("./cmd/api", "-v", "a b");
    assert_plan("watchexec", "/bin/TOOL|-r|-e|go|--shell=none|--|sh|-c|" LINE, 0);
    unset();
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* entr(1): names on standard input, one a line; -n without a terminal, -r for servers. */
static void runs_entr(void **state)
{
    struct bench_plan plan = {0};
    struct err err = {0};
    struct strs names = {0};
    (void)state;
    SET("./cmd/api", "-v", "a b");
    put("copy/main.go", "");
    put("copy/a/b/c.go", "");
    put("copy/a/b/c.html", "");
    put("copy/.hidden/d.go", "");
    put("copy/node_modules/e.go", "");
    put("copy/new\nline.go", "");
    assert_plan("entr", "/bin/TOOL|-n|-r|sh|-c|" LINE, 0);
    assert_int_equal(bench_tool_find("entr")->plan(&subject, &place, &plan, &err), 0);
    for (const char *at = plan.input; *at; at += strcspn(at, "\n") + 1)
        strs_push_n(&names, at, strcspn(at, "\n"));
    assert_int_equal(names.len, 2);
    qsort(names.at, names.len, sizeof *names.at, compare_lines);
    assert_string_equal(names.at[0], "./a/b/c.go");
    assert_string_equal(names.at[1], "./main.go");
    strs_fini(&names);
    bench_plan_fini(&plan);
    unset();
}

static void runs_go(void **state)
{
    (void)state;
    SET("./cmd/api", "-v", "a b");
    assert_plan("go-run", "/bin/TOOL|run|./cmd/api|-v|a b", 0);
    unset();
}

static void makes_the_outputs_directory(void **state)
{
    (void)state;
    SET("./cmd/api", "x");
    assert_plan("reflex",
                "/bin/TOOL|-r|\\.go$|-s|--|sh|-c|go build -o ./tmp/app ./cmd/api && exec "
                "./tmp/app x",
                0);
    assert_true(fs_is_dir(at("copy/tmp")));
    put("copy/tmp/app", "");
    free((char *)place.output);
    place.output = mem_string(at("copy/tmp/app/in/a/file"));
    struct bench_plan plan = {0};
    struct err err = {0};
    assert_int_equal(bench_tool_find("reflex")->plan(&subject, &place, &plan, &err), ERR_SYSTEM);
    bench_plan_fini(&plan);
    unset();
}

/* --- versions and places --- */

static void reads_versions(void **state)
{
    static const char *const CASES[][2] = {
        {"  __    _   ___  \n / /\\  | | | |_) \n/_/--\\ |_| |_| \\_ \nv1.67.4, built with Go "
         "go1.26.8\n",
         "v1.67.4"},
        {"watchexec 2.8.0 (2026-11-25) +pid1\n", "2.8.0"},
        {"release: 5.3\nusage: entr [-acdnprsz] utility [argument [/_] ...] < filenames\n", "5.3"},
        {"go version go1.26.0 linux/amd64\n", "go1.26.0"},
        {"zonda 0.1.0\n", "0.1.0"},
        {"v0.0.0-20250101120000-abcdef.", "v0.0.0-20250101120000-abcdef"},
        {"usage of x1.5 2: none 7.", ""},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *version = tool_version_in(CASES[i][0]);
        assert_string_equal(version, CASES[i][1]);
        free(version);
    }
    char *version =
        tool_version_of_module("/x/reflex: go1.26.8\n\tpath\tgithub.com/cespare/reflex\n"
                               "\tmod\tgithub.com/cespare/reflex\tv0.3.1\th1:N4Y\n"
                               "\tdep\tgithub.com/creack/pty\tv1.1.11\th1:07n\n");
    assert_string_equal(version, "v0.3.1");
    free(version);
    version = tool_version_of_module("/x/reflex: not a Go executable\n");
    assert_string_equal(version, "");
    free(version);
}

static void asks_a_program_for_its_version(void **state)
{
    (void)state;
    SET_PLAIN();
    put_mode("speaker", "#!/bin/sh\necho \"$# release: 5.9\" >&2\nexit 1\n", 0755);
    char *version = bench_tool_version(bench_tool_find("entr"), at("speaker"));
    assert_string_equal(version, "5.9");
    free(version);
    put_mode("speaker", "#!/bin/sh\n[ \"$*\" = -v ] && echo v1.2.3\n", 0755);
    version = bench_tool_version(bench_tool_find("air"), at("speaker"));
    assert_string_equal(version, "v1.2.3");
    free(version);
    version = bench_tool_version(bench_tool_find("air"), at("nowhere"));
    assert_string_equal(version, "");
    free(version);
    unset();
}

/* With clients that write down what they are asked for. */
static void installs_by_the_own_client(void **state)
{
    struct err err = {0};
    char *path = mem_string(getenv("PATH")), *wanted;
    (void)state;
    SET_PLAIN();
    put_mode("bin/go", "#!/bin/sh\necho \"$GOBIN|$*\" >\"$XDG_CACHE_HOME/asked\"\n", 0755);
    assert_int_equal(setenv("PATH", at("bin"), 1), 0);
    assert_int_equal(setenv("XDG_CACHE_HOME", scratch, 1), 0);

    assert_null(bench_tool_path(bench_tool_find("wgo")));
    assert_int_equal(bench_tool_install(bench_tool_find("wgo"), &err), 0);
    wanted = mem_format("%s/zonda/bench/bin|install github.com/bokwoon95/wgo@latest\n", scratch);
    assert_file("asked", wanted);
    free(wanted);
    put_mode("zonda/bench/bin/wgo", "#!/bin/sh\n", 0755);
    char *found = bench_tool_path(bench_tool_find("wgo"));
    assert_string_equal(found, at("zonda/bench/bin/wgo"));
    free(found);

    assert_int_equal(bench_tool_install(bench_tool_find("watchexec"), &err), ERR_APP);
    assert_non_null(strstr(err.hint, "watchexec"));
    put_mode("bin/cargo", "#!/bin/sh\necho \"$*\" >\"$XDG_CACHE_HOME/asked\"\n", 0755);
    assert_int_equal(bench_tool_install(bench_tool_find("watchexec"), &err), 0);
    wanted = mem_format("install --locked --root %s/zonda/bench watchexec-cli\n", scratch);
    assert_file("asked", wanted);
    free(wanted);

    put_mode("bin/go", "#!/bin/sh\necho 'go: no such module' >&2\nexit 1\n", 0755);
    assert_int_equal(bench_tool_install(bench_tool_find("wgo"), &err), ERR_APP);
    assert_non_null(strstr(err.message, "go: no such module"));
    assert_true(*err.hint);
    assert_int_equal(bench_tool_install(bench_tool_find("entr"), &err), ERR_APP);
    assert_non_null(strstr(err.hint, "entr"));

    assert_int_equal(setenv("PATH", path, 1), 0);
    assert_int_equal(unsetenv("XDG_CACHE_HOME"), 0);
    free(path);
    unset();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_all_by_name),
        cmocka_unit_test(runs_zonda),
        cmocka_unit_test(runs_air),
        cmocka_unit_test(runs_compile_daemon),
        cmocka_unit_test(runs_fresh),
        cmocka_unit_test(runs_gin),
        cmocka_unit_test(runs_refresh),
        cmocka_unit_test(runs_wgo),
        cmocka_unit_test(runs_reflex),
        cmocka_unit_test(runs_watchexec),
        cmocka_unit_test(runs_entr),
        cmocka_unit_test(runs_go),
        cmocka_unit_test(makes_the_outputs_directory),
        cmocka_unit_test(reads_versions),
        cmocka_unit_test(asks_a_program_for_its_version),
        cmocka_unit_test(installs_by_the_own_client),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
