/* The default go build, with the real toolchain and no module but the test's own. */
#include "build/recorder.h"

#include "build/golang/build_id.h"
#include "build/golang/go_build.h"
#include "build/tmp_dir.h"

/* --- the command line --- */

static void assert_command(const char *goflags, const char *flags, bool debug_info,
                           const char *wanted)
{
    struct strs list = {0}, env = {0}, argv = {0};
    struct err err = {0};
    struct buf text = BUF_INIT(1000);
    for (const char *flag = flags; *flag; flag += strcspn(flag, "|") + (strchr(flag, '|') != NULL))
        strs_push_n(&list, flag, strcspn(flag, "|"));
    strs_env_set(&env, "GOFLAGS", goflags);
    strs_env_set(&env, "GOENV", at("goenv"));
    struct go_build go = {.package = "./cmd/api",
                          .output = "/out",
                          .flags = &list,
                          .env = &env,
                          .debug_info = debug_info};
    assert_int_equal(go_build_command(&go, &argv, &err), 0);
    STRS_EACH (word, &argv)
        (void)buf_printf(&text, "%s|", *word);
    assert_string_equal(buf_text(&text), wanted);
    buf_fini(&text);
    strs_fini(&list);
    strs_fini(&env);
    strs_fini(&argv);
}

#define BEGIN "go|build|-v|-buildvcs=false|"

static void flags_are_merged(void **state)
{
    (void)state;
    assert_command("", "", false, BEGIN "-ldflags=-w|-o|/out|--|./cmd/api|");
    assert_command("", "", true, BEGIN "-o|/out|--|./cmd/api|");
    assert_command("", "-tags=dev|-race", false,
                   BEGIN "-ldflags=-w|-o|/out|-tags=dev|-race|--|./cmd/api|");
    assert_command("", "-ldflags=-X main.v=1", false,
                   BEGIN "-ldflags=-w|-o|/out|-ldflags=-w -X main.v=1|--|./cmd/api|");
    assert_command("", "--ldflags|-X main.v=1|-race", false,
                   BEGIN "-ldflags=-w|-o|/out|-ldflags=-w -X main.v=1|-race|--|./cmd/api|");
    assert_command("", "-ldflags|-X main.v=1", true,
                   BEGIN "-o|/out|-ldflags|-X main.v=1|--|./cmd/api|");
    assert_command("", "-ldflags=example.com/x=-s", false, /* of some packages only */
                   BEGIN "-ldflags=-w|-o|/out|-ldflags=example.com/x=-s|--|./cmd/api|");
    /* The go command would drop what GOFLAGS says for any -ldflags of ours. */
    assert_command("-mod=mod -ldflags=-s '-ldflags=-X main.v=1'", "", false,
                   BEGIN "-ldflags=-w -X main.v=1|-o|/out|--|./cmd/api|");
    put("goenv", "GOPROXY=off\nGOFLAGS=-ldflags=-s\n");
    assert_command("", "", false, BEGIN "-ldflags=-w -s|-o|/out|--|./cmd/api|");
    assert_command("-mod=mod", "", false, BEGIN "-ldflags=-w|-o|/out|--|./cmd/api|");
}

static void the_output_is_ours(void **state)
{
    static const char *const FLAGS[] = {"-o", "-o=x", "--o=x"};
    (void)state;
    for (size_t i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++) {
        strs_push(&seen.config.build.flags, FLAGS[i]);
        assert_false(begin(".", true));
        assert_int_equal(seen.err.code, ERR_CONFIG);
        assert_non_null(strstr(seen.err.hint, "output"));
        strs_clear(&seen.config.build.flags);
    }
}

static void progress_is_told_from_messages(void **state)
{
    (void)state;
    assert_non_null(go_build_progress("github.com/gin-gonic/gin"));
    assert_non_null(go_build_progress("runtime"));
    assert_non_null(go_build_progress("gopkg.in/yaml.v3"));
    assert_non_null(go_build_progress("example.com/~me/a_b-c+d"));
    assert_null(go_build_progress("# example.com/x"));
    assert_null(go_build_progress("main.go:1:2: x"));
    assert_null(go_build_progress("two words"));
    assert_null(go_build_progress(""));
    assert_null(go_build_progress("/usr/bin/ld"));
    assert_null(go_build_progress("-x"));
}

static void artifacts_have_names(void **state)
{
    static const struct {
        const char *package, *name;
    } NAMES[] = {{".", "shop"},
                 {"./", "shop"},
                 {"./cmd/api", "api"},
                 {"cmd/api/", "api"},
                 {"./tools/v2", "tools"}};
    (void)state;
    put("go.mod", "module example.com/shop/v3\n");
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        char *artifact = build_artifact(&seen.config, NAMES[i].package, true);
        char *wanted = mem_format("%s/tmp/bin/%s", scratch, NAMES[i].name);
        assert_string_equal(artifact, wanted);
        free(wanted);
        free(artifact);
    }
    assert_null(build_artifact(&seen.config, ".", false));
    mem_replace(&seen.config.build.output, "/somewhere/app");
    char *given = build_artifact(&seen.config, ".", false);
    assert_string_equal(given, "/somewhere/app");
    free(given);
    mem_replace(&seen.config.build.output, "");
}

/* --- real ones --- */

#define MODULE "module example.com/small\n\ngo 1.21\n"
#define MAIN(x)                                                                                    \
    "package main\n\nimport \"example.com/small/lib\"\n\nfunc main() { println(lib.F() + " x ") "  \
    "}\n"
#define LIB(x)   "package lib\n\nfunc F() int { return " x " }\n"
#define ARTIFACT "tmp/bin/small"

static void write_module(void)
{
    put("go.mod", MODULE);
    put("main.go", MAIN("1"));
    put("lib/lib.go", LIB("41"));
}

static void forget_module(void)
{
    struct err err;
    static const char *const NAMES[] = {"tmp", "go.mod", "main.go", "lib"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        assert_int_equal(fs_remove_tree(at(NAMES[i]), &err), 0);
}

static bool count_entry(void *data, const char *name, enum fs_kind kind)
{
    (void)kind;
    if (strncmp(name, "build-", 6) == 0)
        ++*(int *)data;
    return true;
}

static bool no_work_left(void *data)
{
    struct err err;
    int count = 0;
    (void)data;
    return fs_each(at("tmp"), count_entry, &count, &err) == 0 && count == 0;
}

static void assert_tidy(void)
{
    assert_true(await(seen.loop, no_work_left, NULL));
}

static void assert_app_says(const char *text)
{
    char *line = mem_format("%s 2>&1", at(ARTIFACT));
    run_line(line);
    assert_string_equal(buf_text(&seen.out), text);
    free(line);
}

static void it_builds(void **state)
{
    (void)state;
    write_module();
    run_go(".");
    assert_int_equal(seen.result.outcome, BUILD_DONE);
    assert_false(seen.result.unchanged);
    assert_true(seen.result.packages >= 1);
    assert_non_null(strstr(buf_text(&seen.packages), " example.com/small\n"));
    assert_string_equal(buf_text(&seen.err_out), ""); /* progress is no output */
    assert_string_equal(buf_text(&seen.phases), "1 go build .\n");
    assert_app_says("42\n");
    assert_file("tmp/.gitignore", "*\n");
    assert_tidy();
    forget_module();
}

/* While the app runs that was built before. */
static void run_again(void)
{
    seen.running = fs_stat(at(ARTIFACT), true);
    run_go(".");
}

/* A comment behind the code changes the build ID of the binary and nothing else. */
static void the_same_binary_is_recognised(void **state)
{
    (void)state;
    write_module();
    run_go(".");
    run_again();
    assert_true(seen.result.unchanged);
    put("lib/lib.go", LIB("41") "\n// A comment.\n");
    put("main.go", MAIN("1") "\n// A comment.\n");
    run_again();
    assert_int_equal(seen.result.outcome, BUILD_DONE);
    assert_true(seen.result.unchanged);
    put("lib/lib.go", LIB("40"));
    run_again();
    assert_false(seen.result.unchanged);
    assert_app_says("41\n");
    /* Without build IDs the content is compared. */
    strs_push(&seen.config.build.flags, "-ldflags=-buildid=");
    run_again();
    assert_false(seen.result.unchanged);
    run_again();
    assert_true(seen.result.unchanged);
    strs_clear(&seen.config.build.flags);
    /* It may be the same as the file, which somebody else has put there, but not as what runs. */
    struct fs_info running = fs_stat(at(ARTIFACT), true);
    put_mode(ARTIFACT, "another zonda's", 0755);
    run_go(".");
    seen.running = running;
    run_go(".");
    assert_false(seen.result.unchanged);
    assert_tidy();
    forget_module();
}

/* A build that runs the binary while the next one replaces it: no "text file busy", and the old one
   goes on. */
static void a_running_binary_is_not_written_to(void **state)
{
    struct err err;
    (void)state;
    write_module();
    put("main.go", "package main\n\nimport \"time\"\n\nfunc main() { println(\"up\"); "
                   "time.Sleep(time.Hour) }\n");
    run_go(".");
    const char *const argv[] = {at(ARTIFACT), NULL};
    const char *const env[] = {NULL};
    struct spawn spawn = SPAWN_INIT;
    spawn.argv = argv;
    spawn.env = env;
    struct process *process = process_spawn(seen.loop, &spawn, NULL, NULL, &err);
    assert_non_null(process);
    struct fs_info before = fs_stat(at(ARTIFACT), true);
    put("main.go", MAIN("2"));
    run_go(".");
    assert_int_equal(seen.result.outcome, BUILD_DONE);
    assert_true(before.inode != fs_stat(at(ARTIFACT), true).inode);
    assert_true(process_running(process));
    assert_app_says("43\n");
    process_free(process); /* kills it */
    assert_tidy();
    forget_module();
}

static void a_mistake_leaves_the_old_one(void **state)
{
    (void)state;
    write_module();
    run_go(".");
    put("lib/lib.go", LIB("undefinedName"));
    run_go(".");
    assert_int_equal(seen.result.outcome, BUILD_FAILED);
    assert_string_equal(seen.result.command, "go build .");
    assert_int_equal(seen.result.diagnostics.list.len, 1);
    const struct diagnostic *one = &seen.result.diagnostics.list.at[0];
    assert_string_equal(one->file, at("lib/lib.go"));
    assert_int_equal(one->line, 3);
    assert_string_equal(one->message, "undefined: undefinedName");
    assert_non_null(strstr(buf_text(&seen.err_out), "# example.com/small/lib\n"));
    assert_app_says("42\n");
    assert_tidy();
    forget_module();
}

/* What a command after the build refuses is not left where the app is started from, and the next
   build is not compared with it. */
static void what_is_refused_later_is_taken_back(void **state)
{
    (void)state;
    write_module();
    run_go(".");
    put("lib/lib.go", LIB("50"));
    strs_push(&seen.config.build.after, "exit 1");
    run_go(".");
    assert_int_equal(seen.result.outcome, BUILD_FAILED);
    strs_clear(&seen.config.build.after);
    assert_app_says("42\n");
    run_go(".");
    assert_false(seen.result.unchanged);
    assert_app_says("51\n");
    /* The first one has no old one behind it. */
    forget_module();
    write_module();
    strs_push(&seen.config.build.after, "exit 1");
    run_go(".");
    assert_false(fs_is_file(at(ARTIFACT)));
    strs_clear(&seen.config.build.after);
    assert_tidy();
    forget_module();
}

static bool go_is_at_work(void *data)
{
    int count = 0;
    struct err err;
    (void)data;
    return fs_each(at("tmp"), count_entry, &count, &err) == 0 && count > 0 &&
           fs_is_file(at("began"));
}

/* Killed in the middle: nothing of the go command stays, no process and no directory. */
static void a_cancelled_one_leaves_nothing(void **state)
{
    (void)state;
    write_module();
    put_mode("slow/go", "#!/bin/sh\nmkdir $GOTMPDIR/go-build1 && touch began\nsleep 100\n", 0755);
    struct strs real = {0};
    strs_copy(&real, &seen.env);
    char *path = mem_format("%s:%s", at("slow"), strs_env_get(&real, "PATH"));
    strs_env_set(&seen.env, "PATH", path);
    free(path);
    assert_true(begin(".", true));
    assert_true(await(seen.loop, go_is_at_work, NULL));
    build_cancel(seen.build);
    finish();
    assert_int_equal(seen.result.outcome, BUILD_CANCELLED);
    assert_tidy();
    assert_false(fs_is_file(at(ARTIFACT)));
    strs_fini(&seen.env);
    seen.env = real;
    forget_module();
}

static void another_output(void **state)
{
    (void)state;
    write_module();
    mem_replace(&seen.config.build.output, at("elsewhere/deep/app"));
    run_go(".");
    assert_int_equal(seen.result.outcome, BUILD_DONE);
    assert_true(fs_is_executable(at("elsewhere/deep/app")));
    mem_replace(&seen.config.build.output, at("elsewhere/deep"));
    run_go(".");
    assert_int_equal(seen.result.outcome, BUILD_FAILED);
    assert_non_null(strstr(seen.result.err.message, "is a directory"));
    mem_replace(&seen.config.build.output, "");
    assert_tidy();
    forget_module();
}

static void a_package_without_a_dot(void **state)
{
    (void)state;
    write_module();
    put("cmd/api/main.go", "package main\n\nfunc main() { println(7) }\n");
    run_go("cmd/api");
    assert_int_equal(seen.result.outcome, BUILD_DONE);
    assert_true(fs_is_executable(at("tmp/bin/api")));
    forget_module();
}

/* --- what the system refuses --- */

static void no_go_is_told(void **state)
{
    struct strs env = {0}, real = seen.env;
    (void)state;
    write_module();
    strs_push(&env, "PATH=/none:/nowhere");
    seen.env = env;
    assert_false(begin(".", true));
    env = seen.env;
    seen.env = real;
    strs_fini(&env);
    assert_int_equal(seen.err.code, ERR_APP);
    assert_string_equal(seen.err.message, "there is no go command in PATH");
    assert_non_null(strstr(seen.err.hint, "/none:/nowhere"));
    assert_tidy();
    forget_module();
}

static void a_tmp_dir_that_cannot_be(void **state)
{
    (void)state;
    write_module();
    put("tmp", "a file is in the way\n");
    assert_false(begin(".", true));
    assert_int_equal(seen.err.code, ERR_SYSTEM);
    assert_non_null(strstr(seen.err.message, "/tmp"));
    assert_non_null(strstr(seen.err.hint, "tmp_dir"));
    forget_module();
}

static void a_directory_that_was_there_is_left_as_it_is(void **state)
{
    struct err err;
    (void)state;
    put("tmp/notes.txt", "mine\n");
    assert_int_equal(tmp_dir_make(at("tmp"), &err), 0);
    assert_file("tmp/.gitignore", "(none)");
    assert_file("tmp/notes.txt", "mine\n");
    assert_int_equal(fs_remove_tree(at("tmp"), &err), 0);
    assert_int_equal(tmp_dir_make(at("tmp"), &err), 0);
    assert_int_equal(tmp_dir_make(at("tmp"), &err), 0);
    assert_file("tmp/.gitignore", "*\n");
    assert_int_equal(fs_remove_tree(at("tmp"), &err), 0);
}

static bool is_gone(void *data)
{
    return !fs_is_dir(at(data));
}

/* What a zonda that was killed left behind goes after a day; other names stay. */
static void old_work_is_dropped(void **state)
{
    static char old[] = "tmp/build-0123456789abcdef";
    struct err err;
    (void)state;
    put("tmp/build-0123456789abcdef/x", "x");
    put("tmp/build-mine/x", "x");
    run_line("touch -d '2 days ago' tmp/build-0123456789abcdef tmp/build-mine");
    tmp_dir_drop(seen.loop, at("tmp"), tmp_dir_work(at("tmp"), &err));
    assert_true(await(seen.loop, is_gone, old));
    assert_file("tmp/build-mine/x", "x");
    assert_int_equal(fs_remove_tree(at("tmp"), &err), 0);
}

/* --- build IDs --- */

static void build_ids_are_read_with_care(void **state)
{
    static const unsigned char NOTE[] = {4, 0, 0, 0, 9, 0, 0, 0, 4, 0, 0, 0, 'G', 'o', 0, 0};
    char head[64] = "\177ELF", id[BUILD_ID_BYTES];
    (void)state;
    memcpy(head + 8, NOTE, sizeof NOTE);
    memcpy(head + 8 + sizeof NOTE, "a/b/c/def", 9);
    assert_true(build_id_content(head, sizeof head, id));
    assert_string_equal(id, "def");
    assert_true(build_id_content(head, 8 + sizeof NOTE + 9, id));
    assert_false(build_id_content(head, 8 + sizeof NOTE + 8, id)); /* cut off */
    assert_false(build_id_content(head, 8 + sizeof NOTE - 1, id));
    assert_false(build_id_content(head, 0, id));
    head[8 + 4] = 0; /* empty */
    assert_false(build_id_content(head, sizeof head, id));
    head[8 + 4] = (char)0xff; /* longer than what there is */
    assert_false(build_id_content(head, sizeof head, id));
    head[8 + 4] = 9;
    head[1] = 'X';
    assert_false(build_id_content(head, sizeof head, id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_are_merged),
        cmocka_unit_test(the_output_is_ours),
        cmocka_unit_test(progress_is_told_from_messages),
        cmocka_unit_test(artifacts_have_names),
        cmocka_unit_test(it_builds),
        cmocka_unit_test(the_same_binary_is_recognised),
        cmocka_unit_test(a_running_binary_is_not_written_to),
        cmocka_unit_test(a_mistake_leaves_the_old_one),
        cmocka_unit_test(what_is_refused_later_is_taken_back),
        cmocka_unit_test(a_cancelled_one_leaves_nothing),
        cmocka_unit_test(another_output),
        cmocka_unit_test(a_package_without_a_dot),
        cmocka_unit_test(no_go_is_told),
        cmocka_unit_test(a_tmp_dir_that_cannot_be),
        cmocka_unit_test(a_directory_that_was_there_is_left_as_it_is),
        cmocka_unit_test(old_work_is_dropped),
        cmocka_unit_test(build_ids_are_read_with_care),
    };
    return cmocka_run_group_tests_name("build/go_build", tests, recorder_open, recorder_close);
}
