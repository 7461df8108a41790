#include "observe/sink_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "platform/fs.h"

#define LOG_MODE 0600
#define DIR_MODE 0755

int sink_file_open(struct sink_file *file, struct err *err)
{
    struct fs_info info = fs_stat(file->path, true);
    /* Anything else, such as a FIFO without a reader, could hold up the open for ever. */
    if (info.kind != FS_NONE && info.kind != FS_FILE) {
        err_set(err, ERR_SYSTEM, "%s is not a file that can be a log", file->path);
        err_hint(err, "name a file in [log] file");
        return err->code;
    }
    char *dir = path_dir(file->path);
    int result = info.kind == FS_NONE ? fs_mkdirs(dir, DIR_MODE, err) : 0;
    free(dir);
    if (result != 0)
        return result;
    file->fd = fs_open_append(file->path, LOG_MODE, err);
    if (file->fd < 0) {
        file->fd = -1;
        return err->code;
    }
    file->size_bytes = info.size_bytes;
    return 0;
}

/* path.1 becomes path.2 and so on: up to the first gap, or over the last one. */
static int shift(const struct sink_file *file, struct err *err)
{
    unsigned last = 1;
    int result = 0;
    for (; last < file->max_files; last++) {
        char *path = mem_format("%s.%u", file->path, last);
        bool gap = fs_stat(path, false).kind == FS_NONE;
        free(path);
        if (gap)
            break;
    }
    for (unsigned i = last; i > 0 && result == 0; i--) {
        char *from = i > 1 ? mem_format("%s.%u", file->path, i - 1) : mem_string(file->path);
        char *to = mem_format("%s.%u", file->path, i);
        result = fs_rename(from, to, err);
        free(from);
        free(to);
    }
    return result;
}

/* An error in err leaves the file growing: it is tried again after another max_size_bytes. */
static void rotate(struct sink_file *file, struct err *err)
{
    int moved = file->max_files ? shift(file, err) : fs_unlink(file->path, err);
    if (moved == 0) {
        fs_fd_close(&file->fd);
        (void)sink_file_open(file, err);
    }
    file->size_bytes = 0;
}

/* How much of data goes into the file as it is: whole lines, or all where there is no limit. 0:
   rotate first. */
static size_t fitting(const struct sink_file *file, const char *data, size_t len)
{
    uint64_t room =
        file->max_size_bytes > file->size_bytes ? file->max_size_bytes - file->size_bytes : 0;
    if (!file->path || !file->max_size_bytes || len <= room)
        return len;
    const char *end = room ? memrchr(data, '\n', (size_t)room) : NULL;
    if (end)
        return (size_t)(end - data) + 1;
    if (file->size_bytes && !file->torn)
        return 0;
    /* One line larger than a file, or the rest of one: it stays whole. */
    end = memchr(data, '\n', len);
    return end ? (size_t)(end - data) + 1 : len;
}

static size_t put(struct sink_file *file, const char *data, size_t len, struct err *err)
{
    size_t done = 0;
    while (done < len) {
        long wrote = fs_fd_write(file->fd, data + done, len - done);
        if (wrote <= 0) {
            int why = wrote < 0 ? errno : ENOSPC;
            err_system(err, why, "cannot write to %s", file->path ? file->path : "standard output");
            if (why == ENOSPC)
                err_hint(err, "free some space: lines are left out until there is some");
            file->broken = true;
            break;
        }
        done += (size_t)wrote;
    }
    file->size_bytes += done;
    if (done)
        file->torn = data[done - 1] != '\n';
    return done;
}

size_t sink_file_write(struct sink_file *file, const char *data, size_t len, struct err *err)
{
    size_t done = 0;
    if (file->fd < 0 && (!file->path || sink_file_open(file, err) != 0))
        return 0;
    if (file->broken && file->torn && put(file, "\n", 1, err) != 1)
        return 0;
    file->broken = false;
    while (done < len && file->fd >= 0) {
        size_t piece = fitting(file, data + done, len - done);
        if (!piece) {
            rotate(file, err);
            continue;
        }
        size_t wrote = put(file, data + done, piece, err);
        done += wrote;
        if (wrote < piece)
            break;
    }
    return done;
}

void sink_file_fini(struct sink_file *file)
{
    if (file->path)
        fs_fd_close(&file->fd);
    free(file->path);
}
