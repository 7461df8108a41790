/*
 * Files and directories: the few operations zonda needs, each with its bound and its error.
 *
 * Every descriptor is CLOEXEC. Errors name the path. Blocking: for the loop's thread only with
 * small files; walks and large reads belong to the work queue.
 */
#ifndef ZONDA_PLATFORM_FS_H
#define ZONDA_PLATFORM_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"

enum fs_kind { FS_NONE, FS_FILE, FS_DIR, FS_LINK, FS_OTHER };

struct fs_info {
    enum fs_kind kind; /* FS_NONE: no such file */
    uint64_t size_bytes;
    uint64_t mtime_ns, inode, device;
    unsigned mode; /* permission bits */
};

/* stat(2), or lstat(2) where follow is false. A missing file is no error: kind is FS_NONE. */
struct fs_info fs_stat(const char *path, bool follow);
bool fs_is_file(const char *path);
bool fs_has_file(const char *dir, const char *name);
bool fs_is_dir(const char *path);
bool fs_is_executable(const char *path); /* a regular file that may be executed, access(2) */

/* Appends the content of path to out; more than out->max bytes is an error. */
int fs_read(const char *path, struct buf *out, struct err *err);

/* Replaces path by data, whole or not at all (temporary file, fsync not done, rename), mode 0600
   unless mode says otherwise. */
int fs_write(const char *path, const void *data, size_t len, unsigned mode, struct err *err);

/* The digest of a file's content, read in pieces of 64 KiB. */
int fs_digest(const char *path, struct digest *digest, struct err *err);

/* Has the file these bytes (at most 4 KiB of them) anywhere? Read in pieces of 64 KiB. False where
   it cannot be read. */
bool fs_contains(const char *path, const void *bytes, size_t len);

int fs_mkdirs(const char *path, unsigned mode, struct err *err); /* existing ones are fine */
int fs_remove_tree(const char *path, struct err *err);           /* never follows a link */
int fs_rename(const char *from, const char *to, struct err *err);
int fs_unlink(const char *path, struct err *err);                      /* a missing file is fine */
int fs_symlink(const char *target, const char *path, struct err *err); /* path is new */
/* Makes to another name of from, replacing it at once (link(2) to a temporary name, rename). */
int fs_link_over(const char *from, const char *to, struct err *err);

/* Calls fn for each entry but "." and "..", in the order of readdir(3), until it returns false.
   kind comes from d_type, or from lstat(2) where the file system does not say. */
typedef bool fs_entry_fn(void *data, const char *name, enum fs_kind kind);
int fs_each(const char *dir, fs_entry_fn *fn, void *data, struct err *err);

char *fs_real(const char *path);  /* realpath(3); NULL where it does not exist */
char *fs_cwd(void);               /* heap */
const char *fs_home(void);        /* $HOME, or NULL; borrowed */
char *fs_which(const char *name); /* where PATH has an executable of this name; heap or NULL */
/* The same of dirs, a PATH or NULL, for a process in cwd: below cwd where PATH's entry is. */
char *fs_which_in(const char *dirs, const char *cwd, const char *name);

/* Reads, writes: at most len bytes, as read(2) and write(2), again after EINTR; -1 with errno. */
long fs_fd_read(int fd, void *data, size_t len);
long fs_fd_write(int fd, const void *data, size_t len);
void fs_fd_close(int *fd);   /* closes *fd unless it is -1, and sets it to -1 */
bool fs_fd_can_wait(int fd); /* a pipe, socket or terminal: the loop can wait for it */
int fs_fd_nonblock(int fd, struct err *err);
int fs_open_append(const char *path, unsigned mode, struct err *err); /* the fd, or ERR_SYSTEM */
int fs_pipe(int fds[2], struct err *err); /* CLOEXEC both ways, blocking */

/* A directory of this user for sockets: $XDG_RUNTIME_DIR/zonda, or /tmp/zonda-UID; made 0700 and
   refused where it belongs to somebody else or is open to others. Heap. */
char *fs_runtime_dir(struct err *err);

#endif
