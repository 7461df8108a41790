/*
 * State that one generation leaves to the next, in files: docs/state.md.
 *
 *   state-RANDOM/        0700, below tmp_dir, made at the first start, removed at the end
 *     state              what was left last; empty at first
 *     N.out              ZONDA_STATE_OUT of generation N: the app makes it, or does not
 *     N.in               ZONDA_STATE_IN of generation N
 *
 * When a generation has gone, what it left becomes state, unless it never was ready: that one knew
 * less than the one it was to replace. What a generation did not write stays as it was for it, so
 * that nothing is lost where one fails, crashes or does not care.
 *
 * While an older generation lives, N.in is a file that readers wait for. Whoever reads it before it
 * listens would wait for the older one, which waits for it: then the older one is stopped first, as
 * for a port that cannot be shared.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/path.h"
#include "build/tmp_dir.h"
#include "platform/fs.h"
#include "run/parts.h"

#define PREFIX          "state-"
#define STATE_BYTES_MAX ((uint64_t)64 << 20)

static void tell_once(struct service *service, const char *message)
{
    char text[640];
    if (service->passing.told)
        return;
    service->passing.told = true;
    (void)snprintf(text, sizeof text, "no state goes from one version to the next: %s", message);
    service->events.on_notice(service->events.data, text);
}

static char *path_of(const struct service *service, const char *name)
{
    return path_join(service->passing.dir, name);
}

static char *path_of_number(const struct service *service, uint64_t number, const char *suffix)
{
    char name[32];
    (void)snprintf(name, sizeof name, "%" PRIu64 ".%s", number, suffix);
    return path_of(service, name);
}

/* Again where somebody removed tmp_dir: what was there is lost. */
static int make_dir(struct service *service, struct err *err)
{
    struct passing *passing = &service->passing;
    const char *tmp_dir = service->current.config->tmp_dir;
    if (passing->dir && fs_is_dir(passing->dir))
        return 0;
    free(passing->dir);
    passing->by = 0;
    passing->dir = tmp_dir_private(tmp_dir, PREFIX, err);
    if (!passing->dir)
        return err->code;
    tmp_dir_left_behind(tmp_dir, PREFIX);
    char *state = path_of(service, "state");
    int failed = fs_write(state, "", 0, 0600, err);
    free(state);
    return failed;
}

/* --- a generation begins --- */

static void opened(void *data)
{
    struct generation *generation = data;
    struct service *service = generation->service;
    if (service->state != RUN_BESIDE || generation != service->next)
        return; /* the older one is leaving already */
    run_tell_apart(service, "the new version reads what the old one leaves before it listens");
    run_dispatch(service, RUN_CONFLICT);
}

static int make_in(struct generation *generation, const char *in, struct err *err)
{
    struct service *service = generation->service;
    char *state = path_of(service, "state");
    int failed = 0;
    generation->state_settled = !service->main && !service->next && !service->leaving;
    if (generation->state_settled) {
        failed = fs_link_over(state, in, err);
    } else if ((failed = fs_unlink(in, err)) == 0) { /* of a start of this number that failed */
        generation->state_in = late_file_new(service->loop, in, opened, generation, err);
        failed = generation->state_in ? 0 : err->code;
    }
    free(state);
    return failed;
}

void pass_begin(struct generation *generation, struct strs *env)
{
    struct service *service = generation->service;
    struct err err = {0};
    if (!service->current.config->tmp_dir)
        return;
    if (make_dir(service, &err) != 0) {
        tell_once(service, err.message);
        return;
    }
    char *in = path_of_number(service, generation->number, "in");
    char *out = path_of_number(service, generation->number, "out");
    if (make_in(generation, in, &err) == 0 && fs_unlink(out, &err) == 0) {
        strs_env_set(env, "ZONDA_STATE_IN", in);
        strs_env_set(env, "ZONDA_STATE_OUT", out);
    } else {
        tell_once(service, err.message);
    }
    free(in);
    free(out);
}

/* --- a generation has gone --- */

/* What it left becomes what is there. Those that end late do not undo what newer ones left. */
static void take(struct generation *generation, const char *out)
{
    struct service *service = generation->service;
    struct passing *passing = &service->passing;
    struct fs_info info = fs_stat(out, false);
    struct err err;
    char text[160];
    char *state = path_of(service, "state");
    if (info.kind == FS_FILE && info.size_bytes > STATE_BYTES_MAX) {
        (void)snprintf(text, sizeof text, "the app left %" PRIu64 " MiB, and 64 MiB are the most",
                       info.size_bytes >> 20);
        tell_once(service, text);
    } else if (info.kind == FS_FILE && generation->ready_ns && generation->number > passing->by) {
        if (fs_rename(out, state, &err) == 0)
            passing->by = generation->number;
        else
            tell_once(service, err.message);
    }
    free(state);
}

static bool is_older(const struct generation *one, const struct generation *generation)
{
    return one && one->number < generation->number;
}

/* Nobody who could still leave something is left. */
static bool is_oldest(const struct generation *generation)
{
    const struct service *service = generation->service;
    if (is_older(service->main, generation) || is_older(service->next, generation))
        return false;
    for (const struct generation *one = service->leaving; one; one = one->older)
        if (is_older(one, generation))
            return false;
    return true;
}

static void settle(struct generation *generation)
{
    struct err err;
    if (!generation || generation->state_settled || !generation->state_in || !is_oldest(generation))
        return;
    char *state = path_of(generation->service, "state");
    generation->state_settled = true;
    if (late_file_settle(generation->state_in, state, &err) != 0)
        tell_once(generation->service, err.message);
    free(state);
}

void pass_end(struct generation *generation)
{
    struct service *service = generation->service;
    struct err ignored; /* the whole directory is removed at the end */
    if (!service->passing.dir)
        return;
    char *in = path_of_number(service, generation->number, "in");
    char *out = path_of_number(service, generation->number, "out");
    take(generation, out);
    (void)fs_unlink(out, &ignored);
    (void)fs_unlink(in, &ignored);
    free(in);
    free(out);
    settle(service->main);
    settle(service->next);
    for (struct generation *one = service->leaving; one; one = one->older)
        settle(one);
}

void pass_fini(struct service *service)
{
    struct passing *passing = &service->passing;
    struct err ignored; /* a later zonda removes it */
    if (passing->dir)
        (void)fs_remove_tree(passing->dir, &ignored);
    free(passing->dir);
}
