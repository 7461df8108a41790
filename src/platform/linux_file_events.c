/* file_events.h by inotify(7). */
#include "platform/file_events.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define READ_BYTES  ((size_t)32 << 10)
#define DRAIN_READS 512 /* more than the kernel's queue holds at its usual length */
#define MASK                                                                                       \
    (IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE |            \
     IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK)

struct file_events {
    int fd;
    struct io *io;
    file_event_fn *fn;
    file_events_end_fn *end;
    void *data;
    bool *closed; /* where a reader on the stack wants to know */
    _Alignas(struct inotify_event) char bytes[READ_BYTES];
};

/* What one record means; false for those that mean nothing here. */
static bool translate(const struct inotify_event *raw, struct file_event *event)
{
    static const struct {
        uint32_t mask;
        enum file_event_kind kind;
    } KINDS[] = {
        {IN_Q_OVERFLOW, FILE_OVERFLOW},
        {IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED, FILE_DIR_GONE},
        {IN_CLOSE_WRITE, FILE_WRITTEN},
        {IN_MOVED_TO, FILE_MOVED_TO},
        {IN_MOVED_FROM, FILE_MOVED_FROM},
        {IN_DELETE, FILE_DELETED},
        {IN_CREATE, FILE_CREATED},
        {IN_MODIFY, FILE_MODIFIED},
    };
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        if (!(raw->mask & KINDS[i].mask))
            continue;
        event->kind = KINDS[i].kind;
        event->watch = raw->wd;
        event->name = raw->len ? raw->name : "";
        event->is_dir = (raw->mask & IN_ISDIR) != 0;
        event->cookie = raw->cookie;
        return true;
    }
    return false;
}

/* One read(2) and its events; false where nothing was there, or the callback closed us. */
static bool read_once(struct file_events *events)
{
    ssize_t got;
    do
        got = read(events->fd, events->bytes, sizeof events->bytes);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return false;
    bool closed = false;
    bool *outer = events->closed;
    events->closed = &closed;
    struct file_event event = {.mono_ns = clock_mono_ns()};
    for (char *at = events->bytes; !closed && at < events->bytes + got;) {
        const struct inotify_event *raw = (const void *)at;
        at += sizeof *raw + raw->len;
        if ((raw->mask & IN_MOVE_SELF) != 0)
            (void)inotify_rm_watch(events->fd, raw->wd);
        if (translate(raw, &event))
            events->fn(events->data, &event);
    }
    if (!closed)
        events->end(events->data);
    if (closed) {
        if (outer)
            *outer = true;
        return false;
    }
    events->closed = outer;
    return true;
}

static void readable(void *data, int ready)
{
    if (ready & IO_READ)
        (void)read_once(data);
}

/* The value of a limit, for messages; 0 where it cannot be read. */
static unsigned long limit(const char *path)
{
    unsigned long value = 0;
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    if (fscanf(file, "%lu", &value) != 1)
        value = 0;
    (void)fclose(file);
    return value;
}

struct file_events *file_events_open(struct loop *loop, file_event_fn *fn, file_events_end_fn *end,
                                     void *data, struct err *err)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) {
        int why = errno;
        err_system(err, why, "the kernel gives no file events");
        if (why == EMFILE)
            err_hint(err,
                     "fs.inotify.max_user_instances is %lu; raise it: "
                     "sudo sysctl fs.inotify.max_user_instances=1024",
                     limit("/proc/sys/fs/inotify/max_user_instances"));
        return NULL;
    }
    struct file_events *events = mem_new(1, sizeof *events);
    events->fd = fd;
    events->fn = fn;
    events->end = end;
    events->data = data;
    events->io = io_new(loop, fd, readable, events);
    io_want(events->io, IO_READ);
    return events;
}

void file_events_close(struct file_events *events)
{
    if (!events)
        return;
    if (events->closed)
        *events->closed = true;
    io_free(events->io);
    (void)close(events->fd);
    free(events);
}

int file_events_add(struct file_events *events, const char *dir, struct err *err)
{
    int watch = inotify_add_watch(events->fd, dir, MASK);
    if (watch >= 0)
        return watch;
    if (errno != ENOSPC && errno != ENOMEM)
        return err_system(err, errno, "cannot watch %s", dir);
    err_set(err, FILE_EVENTS_FULL,
            "the kernel's limit of watched directories is reached "
            "(fs.inotify.max_user_watches is %lu)",
            limit("/proc/sys/fs/inotify/max_user_watches"));
    err_hint(err, "raise it: sudo sysctl fs.inotify.max_user_watches=524288");
    return FILE_EVENTS_FULL;
}

void file_events_remove(struct file_events *events, int watch)
{
    (void)inotify_rm_watch(events->fd, watch); /* gone by itself: EINVAL */
}

void file_events_hold(struct file_events *events, bool hold)
{
    io_want(events->io, hold ? 0 : IO_READ);
}

void file_events_drain(struct file_events *events)
{
    for (int i = 0; i < DRAIN_READS && read_once(events); i++) {
    }
}

const char *file_events_missing(const char *path)
{
    static const struct {
        uint32_t type;
        const char *name;
    } NAMES[] = {
        {0x6969, "nfs"},        {0x517B, "smb"},        {0xFE534D42, "smb2"},
        {0xFF534D42, "cifs"},   {0x01021997, "9p"},     {0x65735546, "fuse or virtiofs"},
        {0x786F4256, "vboxsf"}, {0x5346414F, "afs"},    {0x6B414653, "afs"},
        {0x73757245, "coda"},   {0x00C36400, "ceph"},   {0x0000564C, "ncp"},
        {0x01161970, "gfs2"},   {0x7461636F, "ocfs2"},  {0x0BD00BD0, "lustre"},
        {0x47504653, "gpfs"},   {0x7C7C6673, "prl_fs"}, {0xBACBACBC, "vmhgfs"},
    };
    struct statfs info;
    if (statfs(path, &info) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if ((uint32_t)info.f_type == NAMES[i].type)
            return NAMES[i].name;
    return NULL;
}
