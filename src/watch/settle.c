#include "watch/settle.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "platform/fs.h"

struct mark {
    uint32_t hash; /* of the path of the change with the same index */
    bool soft;
};

struct settle {
    struct loop *loop;
    struct timer *timer;
    uint32_t max_ms;
    settle_batch_fn *on_batch;
    settle_obsolete_fn *on_obsolete;
    void *data;
    bool busy;
    struct batch batch;
    VEC(struct mark) marks;
    size_t hard;       /* changes that are not soft */
    bool burst;        /* a change came while the owner was busy */
    uint32_t quiet_ms; /* of a burst */
};

static void give_out(void *data);

struct settle *settle_new(struct loop *loop, uint32_t max_ms, settle_batch_fn *on_batch,
                          settle_obsolete_fn *on_obsolete, void *data)
{
    struct settle *settle = mem_new(1, sizeof *settle);
    settle->loop = loop;
    settle->timer = timer_new(loop, give_out, settle);
    settle->max_ms = max_ms;
    settle->on_batch = on_batch;
    settle->on_obsolete = on_obsolete;
    settle->data = data;
    return settle;
}

void settle_free(struct settle *settle)
{
    if (!settle)
        return;
    timer_free(settle->timer);
    batch_fini(&settle->batch);
    vec_fini(&settle->marks);
    free(settle);
}

void settle_set_max(struct settle *settle, uint32_t max_ms)
{
    settle->max_ms = max_ms;
}

void settle_busy(struct settle *settle, bool busy)
{
    settle->busy = busy;
}

bool settle_pending(const struct settle *settle)
{
    return settle->batch.changes.len > 0 || settle->batch.overflow > 0;
}

static size_t find(const struct settle *settle, uint32_t hash, const char *path)
{
    size_t i = 0;
    while (i < settle->marks.len && (settle->marks.at[i].hash != hash ||
                                     strcmp(settle->batch.changes.at[i].path, path) != 0))
        i++;
    return i;
}

/* A file that vanished and came back was written; one that came and was written is still new. */
static enum change_kind merge(enum change_kind old, enum change_kind new_one)
{
    if (old == CHANGE_DELETED && new_one == CHANGE_CREATED)
        return CHANGE_WRITTEN;
    if (old == CHANGE_CREATED && new_one == CHANGE_WRITTEN)
        return CHANGE_CREATED;
    return new_one;
}

static void keep(struct settle *settle, const struct change *change, bool soft)
{
    struct batch *batch = &settle->batch;
    uint32_t hash = (uint32_t)digest_of(change->path, strlen(change->path)).low;
    size_t at = find(settle, hash, change->path);
    if (!batch->first_ns)
        batch->first_ns = change->mono_ns ? change->mono_ns : clock_mono_ns();
    if (at < settle->marks.len) {
        struct change *old = &batch->changes.at[at];
        /* What was written and then vanished was written: if it comes back as it was just before,
           nothing more is said of it. */
        bool still_soft = settle->marks.at[at].soft && soft;
        settle->hard += settle->marks.at[at].soft && !still_soft;
        settle->marks.at[at].soft = still_soft;
        old->kind = merge(old->kind, change->kind);
        return;
    }
    settle->hard += !soft;
    if (batch->changes.len >= BATCH_PATHS_MAX) {
        batch->overflow++;
        return;
    }
    struct change copy = *change;
    copy.path = mem_string(change->path);
    vec_push(&batch->changes, copy);
    vec_push(&settle->marks, ((struct mark){.hash = hash, .soft = soft}));
}

/* At most what is left of max_ms since the batch began. */
static uint64_t within_max(const struct settle *settle, uint64_t wait_ms)
{
    uint64_t age_ms = (clock_mono_ns() - settle->batch.first_ns) / CLOCK_NS_PER_MS;
    if (age_ms >= settle->max_ms)
        return 0;
    return wait_ms < settle->max_ms - age_ms ? wait_ms : settle->max_ms - age_ms;
}

void settle_add(struct settle *settle, const struct change *change, bool soft)
{
    bool first = !settle_pending(settle);
    keep(settle, change, soft);
    if (settle->burst && !first) {
        settle->quiet_ms *= 2;
        if (settle->quiet_ms > SETTLE_QUIET_MAX_MS)
            settle->quiet_ms = SETTLE_QUIET_MAX_MS;
    } else if (settle->busy && !soft) {
        settle->burst = true;
        settle->quiet_ms = SETTLE_QUIET_MIN_MS;
    }
    if (settle->burst)
        timer_start(settle->timer, within_max(settle, settle->quiet_ms));
    else if (settle->hard)
        timer_start(settle->timer, 0); /* the next thing the loop does */
    else if (first)
        timer_start(settle->timer, SETTLE_QUIET_MIN_MS);
    if (settle->busy && !soft)
        settle->on_obsolete(settle->data, change);
}

/* Soft changes whose file is there again and was not reported as changed are none. */
static void drop_returned(struct settle *settle)
{
    struct batch *batch = &settle->batch;
    size_t kept = 0;
    for (size_t i = 0; i < batch->changes.len; i++) {
        struct change *change = &batch->changes.at[i];
        bool returned = settle->marks.at[i].soft && change->kind == CHANGE_DELETED &&
                        fs_stat(change->path, false).kind != FS_NONE;
        if (returned)
            free(change->path);
        else
            batch->changes.at[kept++] = *change;
    }
    batch->changes.len = kept;
}

static void give_out(void *data)
{
    struct settle *settle = data;
    drop_returned(settle);
    struct batch batch = settle->batch;
    bool obsolete = settle->busy && !settle->hard && batch.changes.len > 0;
    settle->batch = (struct batch){0};
    settle->marks.len = 0;
    settle->hard = 0;
    settle->burst = false;
    if (obsolete)
        settle->on_obsolete(settle->data, &batch.changes.at[0]);
    if (batch.changes.len || batch.overflow)
        settle->on_batch(settle->data, &batch);
    else
        batch_fini(&batch);
}
