/* entr, as of 5.3. */
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "measure/bench/tool_parts.h"
#include "measure/bench/walk.h"

#define INPUT_BYTES_MAX ((size_t)4 << 20)

static int take(void *data, const char *file, enum fs_kind kind, struct err *err)
{
    const char *name = path_base(file);
    (void)err;
    if (kind == FS_DIR)
        return *name == '.' || strcmp(name, "node_modules") == 0 ? WALK_PAST : WALK_ON;
    /* A name with a newline cannot be told. */
    if (kind == FS_FILE && strcmp(path_ext(name), "go") == 0 && !strchr(file, '\n'))
        (void)buf_printf(data, "./%s\n", file);
    return WALK_ON;
}

/* find . -name '*.go' | entr -n -r …; -n: there is no terminal to read keys from. */
static int plan(const struct bench_subject *subject, const struct bench_place *place,
                struct bench_plan *plan, struct err *err)
{
    static const char *const WORDS[] = {"-n", "-r", NULL};
    struct buf names = BUF_INIT(INPUT_BYTES_MAX);
    int result = bench_walk(place->copy, take, &names, err);
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
