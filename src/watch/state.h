/*
 * The watch's own structs, for the files of this room only.
 *
 *   watch.c    open, close, what goes on next        tree.c     directories and watch numbers
 *   events.c   the kernel's events                   files.c    the files of a directory
 *   look.c     did a file really change              walk.c     reads directories anew
 *   digests.c  digests in the background             graft.c    puts what was walked into the tree
 *   sync.c     cookies                               links.c    directories behind symbolic links
 *   named.c    files that the configuration names    scan.c     polling, and after an overflow
 *   extra.c    top directories beside config's
 *
 * Everything is touched by the loop's thread only. What the work queue does gets copies, or
 * directories that are not in the tree yet; its results name a directory by index and id, so that
 * one that went away meanwhile is noticed. A walk and a scan exclude each other; while a walk runs,
 * events wait in the kernel.
 */
#ifndef ZONDA_WATCH_STATE_H
#define ZONDA_WATCH_STATE_H

#include "base/path.h"
#include "base/strs.h"
#include "base/vec.h"
#include "platform/file_events.h"
#include "platform/fs.h"
#include "watch/ignore.h"
#include "watch/watch.h"

#define WATCH_DEPTH_MAX        128
#define WATCH_DIRS_MAX         ((size_t)1 << 18)
#define WATCH_FILES_MAX        ((size_t)1 << 22)
#define WATCH_LINKS_MAX        ((size_t)1024)
#define WATCH_INLINE_MAX_BYTES ((uint64_t)1 << 20)      /* digested on the loop */
#define WATCH_DIGEST_MAX_BYTES ((uint64_t)16 << 20)     /* digested in the background after start */
#define WATCH_RETURN_NS        (UINT64_C(20) * 1000000) /* settle waits this long for a file */
#define WATCH_TURN_NS          (UINT64_C(3) * 1000000)  /* of the loop, for one thing of many */
#define WATCH_RACY_NS          (UINT64_C(2) * 1000000000) /* of a file system's coarsest clock */

enum file_flag {
    FILE_PENDING = 1 << 0,   /* in watch->touched */
    FILE_NEW = 1 << 1,       /* not reported yet */
    FILE_GONE = 1 << 2,      /* vanished; mtime_ns is the monotonic time of that */
    FILE_EMPTY = 1 << 3,     /* lost its content; mtime_ns likewise */
    FILE_DIGEST = 1 << 4,    /* digest is known */
    FILE_STAT = 1 << 5,      /* size, mtime_ns and inode are known */
    FILE_RACY = 1 << 6,      /* mtime_ns is so new that another write might not change it */
    FILE_OPEN = 1 << 7,      /* written to, not closed yet */
    FILE_AGAIN = 1 << 8,     /* written to again since the last look at open files */
    FILE_SEEN = 1 << 9,      /* by the scan that is being compared */
    TOUCH_WRITTEN = 1 << 10, /* why it is in watch->touched */
    TOUCH_GONE = 1 << 11,
    TOUCH_VERIFY = 1 << 12, /* look whether it changed */
    TOUCH_CREATED =
        1 << 14,          /* its name came; who opened it is still to close it, a link is whole */
    FILE_FIRST = 1 << 13, /* what it is when it is first looked at is no news */
    TOUCH_MASK = TOUCH_WRITTEN | TOUCH_GONE | TOUCH_VERIFY | TOUCH_CREATED,
};

struct file {
    uint64_t mtime_ns;
    uint64_t digest;      /* half of it: enough to tell two versions of one file apart */
    uint32_t name;        /* offset in the directory's names */
    uint32_t size, inode; /* the low 32 bits */
    uint32_t flags;
};

struct dir {
    struct dir *parent, *child, *sibling;
    const struct ignore_file *ignores;
    struct file *files; /* sorted by name */
    char *names;
    uint32_t files_len, files_cap;
    uint32_t names_len, names_cap, garbage; /* bytes; garbage: of names no longer used */
    uint32_t index, id;                     /* in watch->dirs */
    int watch;                              /* -1: none */
    uint32_t gone;                          /* files with FILE_GONE */
    bool polled;
    bool narrow;  /* only files the configuration names */
    bool missing; /* it could not be read */
    bool extra;   /* a top directory of watch_extra */
    char name[];  /* of a top directory: its absolute path */
};

struct dir_ref {
    uint32_t index, id;
};

struct touched {
    struct dir_ref dir;
    uint32_t name;
    uint64_t mono_ns;
};

struct open_file {
    char *path;
    uint64_t first_ns;
};

struct waiter {
    uint64_t cookie; /* 0: not waited for, or seen */
    uint64_t round;  /* of polling that must be over */
    bool unread;     /* no cookie could be written: the kernel's queue is to be read instead */
    void (*fn)(void *data);
    void *data;
};

/* A directory to be read anew. */
struct top {
    char *path;
    bool report; /* what is in it is news */
    bool extra;
    bool linked;      /* it is a symbolic link that is followed */
    uint64_t mono_ns; /* when it was asked for */
};

/* What came of it. */
struct walked {
    struct top top;
    const struct ignore_file *above; /* of the directory that it is in; NULL for a root */
    bool root;                       /* the configuration or watch_extra names it */
    struct dir *dir; /* not in the tree yet, its name is the whole path; NULL: not there */
};

/* A symbolic link to a directory. */
struct link {
    char *path, *real; /* real: what it leads to */
    bool report;
};

struct slot {
    int watch;
    struct dir *dir; /* NULL: empty */
};

struct numbers {
    int *at;
    size_t len, cap;
};

struct walk;
struct scan;

struct watch {
    struct loop *loop;
    struct config *config; /* a copy of what matters here: work may outlast the caller's */
    struct watch_events report;
    struct file_events *events; /* NULL: everything is polled */
    struct ignore *ignore;
    VEC(struct dir *) roots;
    VEC(struct dir *) dirs;                 /* all of them; NULL where one went away */
    size_t dirs_len, files_len, polled_len; /* files_len: without those with FILE_GONE */
    uint32_t next_id;
    struct slot *slots; /* open addressing by watch number */
    size_t slots_len, slots_cap;

    VEC(struct touched) touched;
    size_t touched_done;
    VEC(struct open_file) open;
    struct timer *more, *open_timer, *poll_timer;

    VEC(struct top) tops; /* waiting to be walked */
    struct walk *walk;
    VEC(struct link) links; /* that are followed */
    bool rewalk;            /* ignore rules changed */
    size_t ignores_len;     /* ignore files read since the last rewalk */
    bool told_full, told_missing, told_many;

    struct scan *scan;
    bool scan_all, poll_due;
    uint64_t rounds_begun, rounds_done;

    size_t digest_dir;
    uint32_t digest_file;
    int digest_pass; /* 0: Go files, 1: the others, 2: done */
    bool digesting;
    size_t large; /* digests of large files under way */

    int cookie_watch;
    VEC(struct waiter) waiters;
    bool checking; /* inside sync_check */
    struct strs extra;

    size_t jobs; /* on the work queue; the struct stays until they are done */
    bool ready, closed, simulate;
    bool draining; /* inside watch_drain: nothing new begins */
    uint64_t start_mono_ns, start_wall_ns;
    struct watch_stats stats;
};

/* --- files.c --- */
struct file *files_find(const struct dir *dir, const char *name);
struct file *files_add(struct dir *dir, const char *name, size_t len); /* must not be there */
void files_append(struct dir *dir, const char *name, size_t len);      /* unsorted */
void files_sort(struct dir *dir);
void files_remove(struct dir *dir, struct file *file);
void files_fit(struct dir *dir);     /* gives back what is not needed */
void files_compact(struct dir *dir); /* no touched entry may refer to dir */
static inline const char *file_name(const struct dir *dir, const struct file *file)
{
    return dir->names + file->name;
}

/* --- tree.c --- */
struct dir *dir_new(struct dir *parent, const char *name);
void dir_free(struct dir *dir); /* with everything below */
size_t dir_path(const struct dir *dir, char *out,
                const char *name); /* PATH_BYTES_MAX; 0: too long */
struct dir *dir_child(const struct dir *dir, const char *name, size_t len);
struct dir *dir_descend(struct dir *dir, const char *below); /* "" is dir itself */
struct dir *tree_find(const struct watch *watch, const char *path);
struct dir *tree_ref(const struct watch *watch, struct dir_ref ref); /* NULL: it went away */
struct dir *tree_of_watch(const struct watch *watch, int number);
/* Another watch number, or -1; numbers collects the old one. */
void tree_rewatch(struct watch *watch, struct dir *dir, int number, struct numbers *numbers);
void tree_enter(struct watch *watch, struct dir *dir); /* with everything below */
/* Takes dir and everything below out and frees it; the kernel's watches that nothing in the tree
   uses any more are removed. */
void tree_drop(struct watch *watch, struct dir *dir);
void tree_unlink(struct watch *watch, struct dir *dir); /* from its parent or the roots only */
/* Its parts: out of dirs and slots, with everything below; then the watches nobody uses. */
void tree_forget(struct watch *watch, struct dir *dir, struct numbers *numbers);
void tree_unwatch(struct watch *watch, struct numbers *numbers); /* frees numbers */
void tree_compact(struct watch *watch); /* of dirs; no index may be remembered anywhere */
void tree_free(struct watch *watch);

/* --- the others --- */
void watch_pump(struct watch *watch); /* whatever comes next */
/* Has every event that is in the kernel's queue now handled; not while a walk runs. */
void watch_drain(struct watch *watch);
void watch_tell(struct watch *watch, const char *path, enum change_kind kind, uint64_t mono_ns,
                bool soft);
void watch_warn(struct watch *watch, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void watch_job(struct watch *watch, work_fn *work, done_fn *done, void *job);
bool watch_job_done(struct watch *watch); /* false: the watch is closed, nothing may be done */
struct top *watch_top(struct watch *watch, const char *path, bool report, bool extra);
void watch_await(struct watch *watch, const char *path, bool extra); /* a root that is not there */

void events_take(void *watch, const struct file_event *event);
void events_end(void *watch);
void events_open_look(void *watch);
/* numbers collects the watches, which may be others' by now: the caller calls tree_unwatch. */
void events_dir_gone(struct watch *watch, struct dir *dir, uint64_t mono_ns,
                     struct numbers *numbers);

void look_touch(struct watch *watch, struct dir *dir, struct file *file, unsigned why,
                uint64_t mono_ns);
bool look_some(struct watch *watch); /* false: more is left */
void look_vanished(struct watch *watch, struct dir *dir, uint64_t mono_ns); /* reports its files */
void look_set_stat(struct file *file, const struct fs_info *info);
bool look_same_stat(const struct file *file, const struct fs_info *info);

/* Walks watch->tops; anew: with new ignore rules, and tops are all the top directories. */
void walk_start(struct watch *watch, bool anew);
/* Puts walked->dir into the tree, in the place of what was there; numbers collects watches. */
void graft(struct watch *watch, struct walked *walked, struct numbers *numbers);
void links_follow(struct watch *watch, const struct link *link);
bool links_wanted(struct watch *watch, const char *real); /* is it not watched already? */
void links_fini(struct watch *watch);
void digests_start(struct watch *watch);
void digests_again(struct watch *watch); /* files came */
void scan_start(struct watch *watch);
void scan_more(struct watch *watch);
void scan_arm(struct watch *watch); /* the poll timer, where something is polled */
void scan_free(struct scan *scan);
void sync_seen(struct watch *watch, const char *name);
void sync_check(struct watch *watch);
void sync_lost(struct watch *watch); /* events were lost: no cookie is awaited any more */
void sync_fini(struct watch *watch);
void named_add(struct watch *watch);
bool is_cookie(const char *name);

#endif
