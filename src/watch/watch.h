/*
 * Watch: from the kernel's events to changed files.
 *
 * Life-cycle: watch_open starts walking config's tree on the work queue, calls on_ready, then
 * on_change for every relevant file whose content really changed; watch_close. Of the struct config
 * it keeps a copy. One thread: the loop's.
 *
 * The promise: every save is seen once, whatever the editor does (truncate and write, write and
 * rename, backup and rename, delete and create). A full kernel queue leads to a rescan by size,
 * time and digest; a reached watch limit leads to polling of the rest.
 *
 * Files below config->tmp_dir, the artifact, .git and what the ignore rules exclude are never
 * reported, except for files that config names itself (config->file, env_files).
 */
#ifndef ZONDA_WATCH_WATCH_H
#define ZONDA_WATCH_WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strs.h"
#include "config/config.h"
#include "platform/loop.h"
#include "watch/plan.h"

struct watch;

struct watch_events {
    /* The tree is watched from now on; warnings (limits, file systems without events) were told. */
    void (*on_ready)(void *data);
    /* A file changed; soft: it vanished and may come back at once (delete and create). */
    void (*on_change)(void *data, const struct change *change, bool soft);
    /* Something a person must know: limits, polling, overflow. One sentence, and a hint or NULL. */
    void (*on_warning)(void *data, const char *message, const char *hint);
    void *data;
    /* Nothing has been read yet: what was written before on_ready is no news. Else what was written
       after watch_open is. */
    bool fresh;
};

struct watch *watch_open(struct loop *loop, const struct config *config,
                         const struct watch_events *events, struct err *err);
/* First tells of what is in the kernel's queue: whoever opens another watch and then closes this
   one misses nothing. No callback after that. */
void watch_close(struct watch *watch);

/* More directories to watch: local modules outside the root (go.work, replace). Absolute; those
   already watched are skipped, those no longer named are dropped. NULL: none. */
void watch_extra(struct watch *watch, const struct strs *dirs);

/* Calls fn once everything that happened before this call has been reported: a cookie file is
   written to tmp_dir and its event awaited; with polling, after the next poll. Never from within
   this call, and not after watch_close. */
void watch_sync(struct watch *watch, void (*fn)(void *data), void *data);

/* Is path (absolute) looked at, and if not, which rule says so: for `zonda explain`. Works on a
   watch that was never opened on a loop as well (watch_ignored_by with a config only). reason may
   be NULL. */
bool watch_ignored_by(const struct config *config, const char *path, struct buf *reason);

struct watch_stats {
    size_t dirs, files, polled_dirs;
    uint64_t overflows, events;
    uint64_t ready_ns; /* from watch_open to on_ready */
};
struct watch_stats watch_stats(const struct watch *watch);

/* Makes the kernel's queue look full: the next event is taken for FILE_OVERFLOW. Tests only. */
void watch_simulate_overflow(struct watch *watch);

#endif
