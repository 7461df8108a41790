/* What of fs.h reads and changes names: stat, directories, links. linux_fs_data.c moves the bytes.
 */
#include "platform/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "platform/random.h"

#define TREE_DEPTH_MAX 256

static enum fs_kind kind_of_mode(mode_t mode)
{
    if (S_ISREG(mode))
        return FS_FILE;
    if (S_ISDIR(mode))
        return FS_DIR;
    return S_ISLNK(mode) ? FS_LINK : FS_OTHER;
}

struct fs_info fs_stat(const char *path, bool follow)
{
    struct stat st;
    if (fstatat(AT_FDCWD, path, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0)
        return (struct fs_info){.kind = FS_NONE};
    return (struct fs_info){
        .kind = kind_of_mode(st.st_mode),
        .size_bytes = (uint64_t)st.st_size,
        .mtime_ns = (uint64_t)st.st_mtim.tv_sec * 1000000000U + (uint64_t)st.st_mtim.tv_nsec,
        .inode = st.st_ino,
        .device = st.st_dev,
        .mode = st.st_mode & 07777,
    };
}

bool fs_is_file(const char *path)
{
    return fs_stat(path, true).kind == FS_FILE;
}

bool fs_has_file(const char *dir, const char *name)
{
    char *path = path_join(dir, name);
    bool has = fs_is_file(path);
    free(path);
    return has;
}

bool fs_is_dir(const char *path)
{
    return fs_stat(path, true).kind == FS_DIR;
}

bool fs_is_executable(const char *path)
{
    return fs_is_file(path) && access(path, X_OK) == 0;
}

int fs_mkdirs(const char *path, unsigned mode, struct err *err)
{
    char *part = mem_string(path);
    int result = 0;
    for (char *at = part + (*part == '/'); result == 0; at++) {
        if (*at && *at != '/')
            continue;
        char kept = *at;
        *at = '\0';
        /* A look at what is there sets errno anew. */
        int why = *part && mkdir(part, mode) != 0 ? errno : 0;
        if (why && !fs_is_dir(part))
            result = err_system(err, why == EEXIST ? ENOTDIR : why, "cannot make the directory %s",
                                part);
        *at = kept;
        if (!kept)
            break;
    }
    free(part);
    return result;
}

static int remove_below(int parent, const char *name, const char *shown, int depth, struct err *err)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return err_system(err, errno, "cannot remove %s", shown);
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd >= 0 && depth < TREE_DEPTH_MAX ? fdopendir(fd) : NULL;
    if (!dir) {
        int why = errno;
        fs_fd_close(&fd);
        return err_system(err, why, "cannot remove %s", shown);
    }
    int result = 0;
    for (struct dirent *entry; result == 0 && (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        result = remove_below(fd, entry->d_name, shown, depth + 1, err);
    }
    (void)closedir(dir);
    if (result == 0 && unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        result = err_system(err, errno, "cannot remove %s", shown);
    return result;
}

int fs_remove_tree(const char *path, struct err *err)
{
    return remove_below(AT_FDCWD, path, path, 0, err);
}

int fs_rename(const char *from, const char *to, struct err *err)
{
    if (rename(from, to) != 0)
        return err_system(err, errno, "cannot rename %s to %s", from, to);
    return 0;
}

int fs_symlink(const char *target, const char *path, struct err *err)
{
    return symlink(target, path) == 0 ? 0 : err_system(err, errno, "cannot make the link %s", path);
}

int fs_unlink(const char *path, struct err *err)
{
    if (unlink(path) != 0 && errno != ENOENT)
        return err_system(err, errno, "cannot remove %s", path);
    return 0;
}

int fs_link_over(const char *from, const char *to, struct err *err)
{
    char digits[17];
    random_hex(digits, 16);
    char *temporary = mem_format("%s.%s", to, digits);
    int result = 0;
    if (link(from, temporary) != 0)
        result = err_system(err, errno, "cannot link %s to %s", from, temporary);
    else if (rename(temporary, to) != 0)
        result = err_system(err, errno, "cannot rename %s to %s", temporary, to);
    /* rename(2) leaves both names in place where they already are the same file. */
    (void)unlink(temporary);
    free(temporary);
    return result;
}

static enum fs_kind kind_of_entry(int dir, const struct dirent *entry)
{
    struct stat st;
    switch (entry->d_type) {
    case DT_REG:
        return FS_FILE;
    case DT_DIR:
        return FS_DIR;
    case DT_LNK:
        return FS_LINK;
    case DT_UNKNOWN:
        if (fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
            return kind_of_mode(st.st_mode);
        return FS_NONE;
    default:
        return FS_OTHER;
    }
}

int fs_each(const char *path, fs_entry_fn *fn, void *data, struct err *err)
{
    DIR *dir = opendir(path);
    if (!dir)
        return err_system(err, errno, "cannot read the directory %s", path);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        enum fs_kind kind = kind_of_entry(dirfd(dir), entry);
        if (kind != FS_NONE && !fn(data, entry->d_name, kind))
            break;
    }
    (void)closedir(dir);
    return 0;
}

char *fs_real(const char *path)
{
    return realpath(path, NULL);
}

char *fs_cwd(void)
{
    char *cwd = getcwd(NULL, 0);
    return cwd ? cwd : mem_string(".");
}

const char *fs_home(void)
{
    return getenv("HOME");
}

char *fs_which_in(const char *dirs, const char *cwd, const char *name)
{
    for (const char *at = dirs; at;) {
        size_t len = strcspn(at, ":");
        char *dir = len ? mem_string_n(at, len) : mem_string(".");
        char *path = path_join(dir, name), *full = path_join(cwd, path);
        bool found = fs_is_executable(full);
        free(dir);
        free(full);
        if (found)
            return path;
        free(path);
        at = at[len] ? at + len + 1 : NULL;
    }
    return NULL;
}

char *fs_which(const char *name)
{
    return fs_which_in(getenv("PATH"), ".", name);
}

char *fs_runtime_dir(struct err *err)
{
    const char *base = getenv("XDG_RUNTIME_DIR");
    char *dir =
        base && *base ? path_join(base, "zonda") : mem_format("/tmp/zonda-%u", (unsigned)getuid());
    struct stat st;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
        err_system(err, errno, "cannot make the directory %s", dir);
        err_hint(err, "set XDG_RUNTIME_DIR to a directory of yours");
    } else if (lstat(dir, &st) != 0) {
        err_system(err, errno, "cannot look at %s", dir);
    } else if (!S_ISDIR(st.st_mode) || st.st_uid != getuid() || (st.st_mode & 077)) {
        err_set(err, ERR_SYSTEM, "%s is not a directory that only you can use", dir);
        err_hint(err, "remove it, or set XDG_RUNTIME_DIR to a directory of yours");
    } else {
        return dir;
    }
    free(dir);
    return NULL;
}
