/*
 * Compilers and linkers below a tool, seen in looks at its processes.
 *
 * A look at all of them is made where the kernel has given a number to somebody since the last one,
 * and now and then in any case; between looks only those that are known to build are asked whether
 * they still do. So waiting costs a read of one file every tick.
 */
#include <string.h>

#include "base/clock.h"
#include "measure/bench/parts.h"
#include "platform/tree.h"

#define TICK_MS   2
#define LOOK_NS   (CLOCK_NS_PER_MS * 10)
#define SEEN_MAX  100000
#define QUIET_MS  100 /* between looks at what is used */
#define QUIET_CPU 10  /* ms of processor time meanwhile that are no work: a tick of the kernel */
#define BOUND_MS  30000

static const char *const BUILDERS[] = {"go", "compile", "asm", "link", "cgo", NULL};

static bool is_builder(const char *name)
{
    for (const char *const *builder = BUILDERS; *builder; builder++)
        if (strcmp(*builder, name) == 0)
            return true;
    return false;
}

static bool was_there(const struct builders *builders, int pid)
{
    for (size_t i = 0; i < builders->before.len; i++)
        if (builders->before.at[i] == pid)
            return true;
    return false;
}

static void note(struct builders *builders, const struct tree_process *process, uint64_t now_ns)
{
    bool links = strcmp(process->name, "link") == 0;
    VEC_EACH (struct builder, builder, &builders->seen) {
        if (builder->pid == process->pid && builder->lives) {
            builder->links |= links; /* it was seen before its execve(2) */
            return;
        }
    }
    if (builders->seen.len == SEEN_MAX)
        return;
    if (!builders->first_ns)
        builders->first_ns = now_ns;
    vec_push(&builders->seen,
             ((struct builder){.pid = process->pid, .links = links, .lives = true}));
}

static void look(struct builders *builders, uint64_t now_ns)
{
    struct tree tree = {0};
    tree_look(builders->root, &tree);
    VEC_EACH (const struct tree_process, process, &tree.processes)
        if (!process->ended && is_builder(process->name) && !was_there(builders, process->pid))
            note(builders, process, now_ns);
    tree_fini(&tree);
    builders->looked_ns = now_ns;
}

static void tick(void *data)
{
    struct builders *builders = data;
    uint64_t now_ns = clock_mono_ns();
    int last = tree_last_number();
    VEC_EACH (struct builder, builder, &builders->seen) {
        if (builder->lives && !tree_lives(builder->pid)) {
            builder->lives = false;
            builder->end_ns = now_ns;
        }
    }
    if (last < 0 || last != builders->last_number || now_ns - builders->looked_ns >= LOOK_NS)
        look(builders, now_ns);
    builders->last_number = last;
    timer_start(builders->timer, TICK_MS);
}

void builders_move(struct builders *builders, int root)
{
    struct tree tree = {0};
    tree_look(root, &tree);
    VEC_EACH (const struct tree_process, process, &tree.processes)
        if (is_builder(process->name))
            vec_push(&builders->before, process->pid);
    tree_fini(&tree);
    builders->root = root;
}

void builders_start(struct builders *builders, struct bench *bench, int root)
{
    *builders = (struct builders){.bench = bench, .last_number = -1};
    builders_move(builders, root);
    builders->timer = timer_new(bench->loop, tick, builders);
    timer_start(builders->timer, TICK_MS);
}

void builders_stop(struct builders *builders)
{
    timer_free(builders->timer);
    vec_fini(&builders->before);
    vec_fini(&builders->seen);
}

uint64_t builders_end_ns(const struct builders *builders)
{
    uint64_t end_ns = 0;
    VEC_EACH (const struct builder, builder, &builders->seen)
        if (!builder->lives && builder->end_ns > end_ns)
            end_ns = builder->end_ns;
    return end_ns;
}

int builders_links(const struct builders *builders)
{
    int links = 0;
    VEC_EACH (const struct builder, builder, &builders->seen)
        links += builder->links;
    return links;
}

/* --- settling --- */

struct use {
    uint64_t cpu_ms;
    bool builds; /* the go command alone does not: `go run` stays above its app */
};

static struct use use_of(int root)
{
    struct tree tree = {0};
    struct use use = {0};
    tree_look(root, &tree);
    VEC_EACH (const struct tree_process, process, &tree.processes) {
        use.cpu_ms += process->cpu_ms + process->reaped_ms;
        use.builds |= !process->ended && is_builder(process->name) && process->name[0] != 'g';
    }
    tree_fini(&tree);
    return use;
}

void builders_settle(struct bench *bench, int root, uint32_t quiet_ms)
{
    struct use last = use_of(root);
    for (uint32_t quiet = 0, i = 0; quiet < quiet_ms / QUIET_MS && i < BOUND_MS / QUIET_MS; i++) {
        (void)bench_wait(bench, NULL, NULL, QUIET_MS);
        if (bench->interrupted)
            return;
        struct use now = use_of(root);
        bool works = now.builds || now.cpu_ms > last.cpu_ms + QUIET_CPU;
        quiet = works ? 0 : quiet + 1;
        last = now;
    }
}
