/* The note of what a binary was built from: believed while everything is as it was, and only then.
 */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "build/golang/built.h"
#include "build/golang/look.h"
#include "platform/fs.h"

#define LONG_AGO 1700000000

static char dir[64];
static struct goplan *plan;
static struct gobuilt built;
static struct strs flags, env;
static char *go, *binary, *note;

static char *at(const char *name)
{
    return path_join(dir, name);
}

/* A file that was written long ago, as most are: its times tell whether it was written since. */
static void write_old(const char *name, const char *text)
{
    struct err err;
    char *path = at(name), *above = path_dir(path);
    assert_int_equal(fs_mkdirs(above, 0700, &err), 0);
    assert_int_equal(fs_write(path, text, strlen(text), 0700, &err), 0);
    const struct timespec times[] = {{.tv_sec = LONG_AGO}, {.tv_sec = LONG_AGO}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    free(above);
    free(path);
}

static void remove_file(const char *name)
{
    struct err err;
    char *path = at(name);
    assert_int_equal(fs_unlink(path, &err), 0);
    free(path);
}

/* One package, main, with an embedded directory, a go.mod, and a go.work that is not there. */
static void make_plan(void)
{
    plan = mem_new(1, sizeof *plan);
    plan->dir = mem_string(dir);
    plan->work = at("work");
    plan->compiler = at("go/pkg/tool/compile");
    plan->linker = at("go/pkg/tool/link");
    plan->compiler_info = fs_stat(plan->compiler, true);
    struct gopackage *package = vec_add(&plan->packages);
    *package = (struct gopackage){
        .path = mem_string("example.com/app"), .dir = at("app"), .local = true, .is_main = true};
    strs_push(&package->known, "main.go");
    char *embedded = at("app/pages");
    strs_push(&package->embeds, embedded);
    free(embedded);
    struct gofile *file = vec_add(&package->files);
    *file = (struct gofile){.name = mem_string("main.go"), .path = at("app/main.go")};
    vec_push(&plan->order, 0);
    char *mod = at("app/go.mod"), *work = at("go.work");
    goguard_add(plan, mod);
    goguard_add(plan, work);
    free(mod);
    free(work);
    plan->made_ns = UINT64_MAX; /* nothing has changed since */
    golook_first(plan);
}

static int begin(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/zonda-unit-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    write_old("go/bin/go", "#!go");
    write_old("go/pkg/tool/compile", "compile");
    write_old("app/main.go", "package main\n\nfunc main() {}\n");
    write_old("app/go.mod", "module example.com/app\n");
    write_old("app/pages/index.html", "<p>\n");
    write_old("bin/app", "ELF");
    make_plan();
    go = at("go/bin/go");
    binary = at("bin/app");
    strs_push(&flags, "-trimpath");
    strs_push(&env, "PATH=/bin");
    strs_push(&env, "TERM=dumb");
    note = gobuilt_note(dir, dir, ".", binary);
    built = (struct gobuilt){.go = go,
                             .dir = dir,
                             .package = ".",
                             .flags = &flags,
                             .env = &env,
                             .binary = binary,
                             .note = note};
    return 0;
}

static int end(void **state)
{
    struct err err;
    (void)state;
    goplan_free(plan);
    strs_fini(&flags);
    strs_fini(&env);
    free(go);
    free(binary);
    free(note);
    return fs_remove_tree(dir, &err);
}

static void take(void)
{
    struct err err = {0};
    assert_int_equal(gobuilt_write(&built, plan, &err), 0);
    assert_true(gobuilt_holds(&built));
}

static void holds_while_nothing_changes(void **state)
{
    (void)state;
    assert_false(gobuilt_holds(&built)); /* there is none yet */
    take();
    strs_env_set(&env, "TERM", "xterm"); /* nobody goes by it */
    assert_true(gobuilt_holds(&built));
    write_old("app/README.md", "not the go command's");
    assert_true(gobuilt_holds(&built));
}

static void a_file_that_is_another(void **state)
{
    static const char *const NAMES[] = {"app/main.go", "app/go.mod", "bin/app", "go/bin/go",
                                        "go/pkg/tool/compile"};
    (void)state;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        char *path = at(NAMES[i]);
        struct buf text = BUF_INIT((size_t)1000);
        struct err err;
        take();
        assert_int_equal(fs_read(path, &text, &err), 0);
        /* The same content, size and time, but written: another inode. */
        write_old(NAMES[i], buf_text(&text));
        assert_false(gobuilt_holds(&built));
        /* What the build after it looks at. */
        goplan_free(plan);
        make_plan();
        buf_fini(&text);
        free(path);
    }
}

static void names_that_come_and_go(void **state)
{
    (void)state;
    take();
    write_old("app/more.go", "package main\n");
    assert_false(gobuilt_holds(&built));
    remove_file("app/more.go");
    assert_true(gobuilt_holds(&built));
    write_old("app/pages/sub/more.html", "<p>\n");
    assert_false(gobuilt_holds(&built));
    remove_file("app/pages/sub/more.html");
    write_old("go.work", "go 1.24\n");
    assert_false(gobuilt_holds(&built));
    remove_file("go.work");
    remove_file("app/main.go");
    assert_false(gobuilt_holds(&built));
}

/* Saved a moment ago: its content tells, and from then on its times do. */
static void a_file_that_was_just_saved(void **state)
{
    struct gofile *file = &plan->packages.at[0].files.at[0];
    struct fs_info info = file->info;
    (void)state;
    file->info.mtime_ns = 0;
    assert_true(golook_settle(plan));
    assert_int_equal(file->info.mtime_ns, info.mtime_ns);
    take();
    file->info.mtime_ns = 0;
    write_old("app/main.go", "package main\n\nfunc main() { }\n");
    assert_false(golook_settle(plan));
}

static void another_question(void **state)
{
    struct gobuilt other;
    (void)state;
    take();
    other = built;
    other.package = "./cmd/other";
    assert_false(gobuilt_holds(&other));
    other = built;
    other.debug_info = true;
    assert_false(gobuilt_holds(&other));
    strs_env_set(&env, "GOFLAGS", "-tags=dev");
    assert_false(gobuilt_holds(&built));
    strs_clear(&env);
    strs_push(&env, "PATH=/bin");
    assert_true(gobuilt_holds(&built));
    strs_push(&flags, "-tags=dev");
    assert_false(gobuilt_holds(&built));
}

static void what_cannot_be_told_is_not_noted(void **state)
{
    struct err err = {0};
    struct gofile *file = &plan->packages.at[0].files.at[0];
    (void)state;
    uint64_t mtime_ns = file->info.mtime_ns;
    file->info.mtime_ns = 0; /* it was written a moment before it was read */
    assert_int_equal(gobuilt_write(&built, plan, &err), 1);
    file->info.mtime_ns = mtime_ns;
    (void)snprintf(plan->obsolete, sizeof plan->obsolete, "main.go changed");
    assert_int_equal(gobuilt_write(&built, plan, &err), 1);
    plan->obsolete[0] = '\0';
    write_old("app/more.go", "package main\n"); /* the plan does not know it */
    assert_int_equal(gobuilt_write(&built, plan, &err), 1);
    remove_file("app/more.go");
    built.go = "/bin/sh"; /* below no Go tree: a version manager's, say */
    assert_int_equal(gobuilt_write(&built, plan, &err), 1);
    assert_false(fs_is_file(note));
}

static void rubbish_is_no_note(void **state)
{
    static const char *const TEXTS[] = {"", "{", "[]", "{\"version\":1}",
                                        "{\"version\":1,\"asked\":7}"};
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        assert_int_equal(fs_write(note, TEXTS[i], strlen(TEXTS[i]), 0600, &err), 0);
        assert_false(gobuilt_holds(&built));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(holds_while_nothing_changes, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_is_another, begin, end),
        cmocka_unit_test_setup_teardown(names_that_come_and_go, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_was_just_saved, begin, end),
        cmocka_unit_test_setup_teardown(another_question, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_told_is_not_noted, begin, end),
        cmocka_unit_test_setup_teardown(rubbish_is_no_note, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
