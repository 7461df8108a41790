/*
 * File events: what the kernel tells about directories, behind one seam for every system.
 *
 * Life-cycle: file_events_open, file_events_add for each directory, events by callback,
 * file_events_close. linux_file_events.c speaks inotify(7); bsd_file_events.c kqueue(2).
 * A directory's subdirectories are not included: the tree above this adds them one by one.
 *
 * file_events_add and file_events_remove may be called from any thread while the loop's thread
 * does not close; everything else belongs to the loop's thread.
 */
#ifndef ZONDA_PLATFORM_FILE_EVENTS_H
#define ZONDA_PLATFORM_FILE_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "platform/loop.h"

enum file_event_kind {
    FILE_CREATED,    /* a name appeared (its content may still come) */
    FILE_MODIFIED,   /* written to, still open */
    FILE_WRITTEN,    /* closed after writing */
    FILE_MOVED_FROM, /* cookie pairs it with FILE_MOVED_TO */
    FILE_MOVED_TO,
    FILE_DELETED,
    FILE_DIR_GONE, /* the watched directory itself is gone, moved or unmounted; watch is over */
    FILE_OVERFLOW, /* events were lost: watch is -1, the caller must look at everything again */
};

struct file_event {
    enum file_event_kind kind;
    int watch;        /* as file_events_add gave it */
    const char *name; /* in that directory; borrowed for the call; "" for the directory itself */
    bool is_dir;
    uint32_t cookie;
    uint64_t mono_ns; /* when it was read */
};

struct file_events;
typedef void file_event_fn(void *data, const struct file_event *event);
/* Called after each batch that was read in one go. */
typedef void file_events_end_fn(void *data);

struct file_events *file_events_open(struct loop *loop, file_event_fn *fn, file_events_end_fn *end,
                                     void *data, struct err *err);
void file_events_close(struct file_events *events);

/* A watch number >= 0; the same one for the same directory. FILE_EVENTS_FULL where the kernel's
   limit is reached (err then names the sysctl), ERR_SYSTEM else. */
#define FILE_EVENTS_FULL (-2000)
int file_events_add(struct file_events *events, const char *dir, struct err *err);
void file_events_remove(struct file_events *events, int watch);

/* While held, events wait in the kernel; nothing is read. */
void file_events_hold(struct file_events *events, bool hold);

/* Reads and reports what is queued now, held or not, and returns after the last of it (bounded:
   what comes meanwhile without end is left to the loop). */
void file_events_drain(struct file_events *events);

/* Why path cannot deliver events (the name of its file system, such as "9p" or "nfs"), or NULL:
   statfs(2), the f_type of network, fuse and hypervisor file systems. Static storage. */
const char *file_events_missing(const char *path);

#endif
