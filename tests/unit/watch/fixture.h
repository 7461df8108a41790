/*
 * A watch on a directory of its own, and what it told. Tests wait on the loop: for something that
 * must come by until(), and with settled() for everything that was done before to have been told.
 */
#ifndef ZONDA_TESTS_WATCH_FIXTURE_H
#define ZONDA_TESTS_WATCH_FIXTURE_H

#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/await.h"
#include "watch/state.h"

struct told {
    char *path; /* relative to the directory */
    enum change_kind kind;
    bool soft;
};

static struct fixture {
    struct loop *loop;
    char *dir;
    struct config config;
    struct watch *watch;
    VEC(struct told) told;
    struct strs warnings;
    bool ready, synced;
} fixture;

/* A path in the directory; good until the call after the next four. */
static inline const char *in(const char *name)
{
    static char paths[5][PATH_BYTES_MAX];
    static int next;
    char *path = paths[next++ % 5];
    (void)snprintf(path, PATH_BYTES_MAX, "%s/%s", fixture.dir, name);
    return path;
}

/* --- what is done to files, by the system's calls --- */

static inline int opened(const char *name, int flags)
{
    int fd = open(in(name), flags | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    return fd;
}

static inline void put(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static inline void write_file(const char *name, const char *text)
{
    int fd = opened(name, O_WRONLY | O_CREAT | O_TRUNC);
    put(fd, text);
    assert_int_equal(close(fd), 0);
}

static inline void make_dirs(const char *name)
{
    struct err err;
    assert_int_equal(fs_mkdirs(in(name), 0755, &err), 0);
}

static inline void move(const char *from, const char *to)
{
    assert_int_equal(rename(in(from), in(to)), 0);
}

static inline void remove_tree(const char *name)
{
    struct err err;
    assert_int_equal(fs_remove_tree(in(name), &err), 0);
}

/* As if the file had been written long ago. */
static inline void make_old(const char *name)
{
    struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    assert_int_equal(utimensat(AT_FDCWD, in(name), times, 0), 0);
}

/* --- what is told --- */

static inline void on_ready(void *data)
{
    (void)data;
    fixture.ready = true;
}

static inline void on_change(void *data, const struct change *change, bool soft)
{
    const char *below = path_below(fixture.dir, change->path);
    (void)data;
    assert_true(change->mono_ns > 0);
    vec_push(&fixture.told, ((struct told){.path = mem_string(below ? below : change->path),
                                           .kind = change->kind,
                                           .soft = soft}));
}

static inline void on_warning(void *data, const char *message, const char *hint)
{
    (void)data;
    strs_pushf(&fixture.warnings, "%s | %s", message, hint ? hint : "");
}

static inline void forget_told(void)
{
    VEC_EACH (struct told, told, &fixture.told)
        free(told->path);
    vec_fini(&fixture.told);
    strs_clear(&fixture.warnings);
}

/* The last thing told of name, or NULL. */
static inline const struct told *last_told(const char *name)
{
    for (size_t i = fixture.told.len; i-- > 0;)
        if (strcmp(fixture.told.at[i].path, name) == 0)
            return &fixture.told.at[i];
    return NULL;
}

static inline void on_synced(void *data)
{
    *(bool *)data = true;
}

/* Everything done before was told. */
static inline void settled(void)
{
    fixture.synced = false;
    watch_sync(fixture.watch, on_synced, &fixture.synced);
    assert_true(await(fixture.loop, await_true, &fixture.synced));
}

typedef bool told_fn(const char *name);

static inline bool is_written(const char *name)
{
    const struct told *told = last_told(name);
    return told && !told->soft && told->kind != CHANGE_DELETED;
}

static inline bool is_deleted(const char *name)
{
    const struct told *told = last_told(name);
    return told && told->kind == CHANGE_DELETED;
}

static inline bool is_created(const char *name)
{
    const struct told *told = last_told(name);
    return told && told->kind == CHANGE_CREATED;
}

struct wanted {
    told_fn *fn;
    const char *name;
};

static inline bool is_told(void *data)
{
    const struct wanted *wanted = data;
    return wanted->fn(wanted->name);
}

static inline void until(told_fn *fn, const char *name)
{
    struct wanted wanted = {fn, name};
    if (await(fixture.loop, is_told, &wanted))
        return;
    VEC_EACH (struct told, told, &fixture.told)
        print_message("# told: %s %d%s\n", told->path, (int)told->kind, told->soft ? " soft" : "");
    fail_msg("nothing was told of %s", name);
}

static inline bool has_digests(void *data)
{
    const struct watch *watch = fixture.watch;
    (void)data;
    return watch->digest_pass == 2 && !watch->digesting && !watch->walk && !watch->touched.len;
}

/* Nothing but name (or nothing at all: NULL) was told. */
static inline void only(const char *name)
{
    VEC_EACH (struct told, told, &fixture.told)
        if (!name || strcmp(told->path, name) != 0)
            fail_msg("%s was told (%d%s)", told->path, (int)told->kind, told->soft ? ", soft" : "");
}

/* --- its life --- */

static inline void open_watch(void)
{
    struct err err = {0};
    struct watch_events events = {
        .on_ready = on_ready, .on_change = on_change, .on_warning = on_warning};
    fixture.ready = false;
    fixture.watch = watch_open(fixture.loop, &fixture.config, &events, &err);
    if (!fixture.watch)
        fail_msg("%s", err.message);
    assert_true(await(fixture.loop, await_true, &fixture.ready));
}

/* The same, and every file has its digest. */
static inline void open_watch_known(void)
{
    open_watch();
    assert_true(await(fixture.loop, has_digests, NULL));
    only(NULL);
}

static inline void close_watch(void)
{
    watch_close(fixture.watch);
    fixture.watch = NULL;
}

static inline int set_up(void **state)
{
    char name[] = "/tmp/zonda-watch-XXXXXX";
    struct err err;
    (void)state;
    fixture = (struct fixture){0};
    fixture.dir = mem_string(mkdtemp(name));
    fixture.loop = loop_new(&err);
    fixture.config.root = mem_string(fixture.dir);
    fixture.config.tmp_dir = path_join(fixture.dir, ".zonda");
    fixture.config.watch = (struct config_watch){
        .gitignore = true, .skip_unchanged = true, .poll_interval_ms = 50, .settle_max_ms = 2000};
    return !fixture.dir || !fixture.loop;
}

static inline int tear_down(void **state)
{
    struct err err;
    (void)state;
    if (fixture.watch)
        close_watch();
    loop_free(fixture.loop);
    forget_told();
    strs_fini(&fixture.warnings);
    struct config *config = &fixture.config;
    strs_fini(&config->env_files);
    strs_fini(&config->watch.paths);
    strs_fini(&config->watch.exclude);
    strs_fini(&config->watch.exclude_regex);
    free(config->file);
    free(config->root);
    free(config->tmp_dir);
    free(config->build.output);
    int failed = fs_remove_tree(fixture.dir, &err);
    free(fixture.dir);
    return failed;
}

#define WATCH_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
