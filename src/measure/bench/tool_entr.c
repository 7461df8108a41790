/* entr, as of 5.3. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "measure/bench/tool_parts.h"
#include "platform/fs.h"

#define ENTRIES_MAX     20000
#define DEPTH_MAX       64
#define INPUT_BYTES_MAX ((size_t)4 << 20)

struct listing {
    const char *copy, *dir; /* dir: below the copy, "" for it */
    struct buf *names;
    struct strs dirs;
    size_t entries;
};

static bool take_entry(void *data, const char *name, enum fs_kind kind)
{
    struct listing *listing = data;
    const char *dir = listing->dir;
    if (++listing->entries > ENTRIES_MAX)
        return false;
    char *below = *dir ? path_join(dir, name) : mem_string(name);
    if (kind == FS_DIR && *name != '.' && strcmp(name, "node_modules") != 0)
        strs_push(&listing->dirs, below);
    /* A name with a newline cannot be told. */
    if (kind == FS_FILE && strcmp(path_ext(name), "go") == 0 && !strchr(below, '\n'))
        (void)buf_printf(listing->names, "./%s\n", below);
    free(below);
    return true;
}

static int list_dir(struct listing *listing, const char *dir, int depth, struct err *err)
{
    char *path = *dir ? path_join(listing->copy, dir) : mem_string(listing->copy);
    listing->dir = dir;
    listing->dirs = (struct strs){0};
    int result = fs_each(path, take_entry, listing, err);
    struct strs dirs = listing->dirs;
    if (result == 0 && (listing->entries > ENTRIES_MAX || depth > DEPTH_MAX))
        result = err_set(err, ERR_CONFIG, "%s has too many files for entr", listing->copy);
    for (size_t i = 0; result == 0 && i < dirs.len; i++)
        result = list_dir(listing, dirs.at[i], depth + 1, err);
    strs_fini(&dirs);
    free(path);
    return result;
}

/* find . -name '*.go' | entr -n -r …; -n: there is no terminal to read keys from. */
static int plan(const struct bench_subject *subject, const struct bench_place *place,
                struct bench_plan *plan, struct err *err)
{
    static const char *const WORDS[] = {"-n", "-r", NULL};
    struct buf names = BUF_INIT(INPUT_BYTES_MAX);
    struct listing listing = {.copy = place->copy, .names = &names};
    int result = list_dir(&listing, "", 0, err);
    if (result == 0)
        result = tool_plan_shell(subject, place, WORDS, plan, err);
    if (result == 0)
        plan->input = mem_string(buf_text(&names));
    buf_fini(&names);
    return result;
}

const struct bench_tool TOOL_ENTR = {
    .name = "entr",
    .program = "entr",
    .package_hint = "the package entr of your distribution",
    .plan = plan,
};
