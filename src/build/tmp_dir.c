#include "build/tmp_dir.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "platform/fs.h"
#include "platform/random.h"
#include "platform/sysinfo.h"

#define WORK_PREFIX    "build-"
#define LEFT_BEHIND_NS (24 * 3600 * CLOCK_NS_PER_S)
#define RANDOM_DIGITS  16

static bool see_entry(void *data, const char *name, enum fs_kind kind)
{
    (void)name;
    (void)kind;
    *(bool *)data = false;
    return false;
}

static bool is_empty(const char *dir)
{
    bool empty = true;
    struct err ignored;
    return fs_each(dir, see_entry, &empty, &ignored) == 0 && empty;
}

static int refuse(const char *tmp_dir, struct err *err)
{
    err_hint(err, "zonda needs to write to %.120s: make it writable, or set tmp_dir", tmp_dir);
    return err->code;
}

int tmp_dir_make(const char *tmp_dir, struct err *err)
{
    if (fs_mkdirs(tmp_dir, 0755, err) != 0)
        return refuse(tmp_dir, err);
    /* An empty one is as good as new: others of zonda's rooms may make it as well. */
    if (!is_empty(tmp_dir)) {
        if (sysinfo_may_write(tmp_dir))
            return 0;
        err_set(err, ERR_SYSTEM, "%s is not writable", tmp_dir);
        return refuse(tmp_dir, err);
    }
    char *path = path_join(tmp_dir, ".gitignore");
    int failed = fs_write(path, "*\n", 2, 0644, err);
    free(path);
    return failed ? refuse(tmp_dir, err) : 0;
}

char *tmp_dir_private(const char *tmp_dir, const char *prefix, struct err *err)
{
    char digits[RANDOM_DIGITS + 1];
    if (tmp_dir_make(tmp_dir, err) != 0)
        return NULL;
    random_hex(digits, RANDOM_DIGITS);
    char *name = mem_format("%s%s", prefix, digits);
    char *path = path_join(tmp_dir, name);
    free(name);
    if (fs_mkdirs(path, 0700, err) == 0)
        return path;
    (void)refuse(tmp_dir, err);
    free(path);
    return NULL;
}

char *tmp_dir_work(const char *tmp_dir, struct err *err)
{
    return tmp_dir_private(tmp_dir, WORK_PREFIX, err);
}

/* --- removal --- */

struct left_behind {
    const char *tmp_dir, *prefix;
};

static bool drop_left_behind(void *data, const char *name, enum fs_kind kind)
{
    const struct left_behind *what = data;
    struct err ignored;
    size_t len = strlen(name), prefix = strlen(what->prefix);
    if (kind != FS_DIR || strncmp(name, what->prefix, prefix) != 0 || len != prefix + RANDOM_DIGITS)
        return true;
    char *path = path_join(what->tmp_dir, name);
    struct fs_info info = fs_stat(path, false);
    if (info.kind == FS_DIR && info.mtime_ns + LEFT_BEHIND_NS < clock_wall_ns())
        (void)fs_remove_tree(path, &ignored);
    free(path);
    return true;
}

void tmp_dir_left_behind(const char *tmp_dir, const char *prefix)
{
    struct left_behind what = {.tmp_dir = tmp_dir, .prefix = prefix};
    struct err ignored; /* it is tried again a day later */
    (void)fs_each(tmp_dir, drop_left_behind, &what, &ignored);
}

struct drop {
    char *tmp_dir, *work;
};

static void drop_work(void *data)
{
    struct drop *drop = data;
    struct err ignored;
    if (drop->work)
        (void)fs_remove_tree(drop->work, &ignored);
    tmp_dir_left_behind(drop->tmp_dir, WORK_PREFIX);
}

static void drop_done(void *data)
{
    struct drop *drop = data;
    free(drop->tmp_dir);
    free(drop->work);
    free(drop);
}

void tmp_dir_drop(struct loop *loop, const char *tmp_dir, char *work)
{
    struct drop *drop = mem_new(1, sizeof *drop);
    *drop = (struct drop){.tmp_dir = mem_string(tmp_dir), .work = work};
    work_submit(loop, drop_work, drop_done, drop);
}
