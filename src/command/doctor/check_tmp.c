/* The directory for builds: writable, on the project's file system, with space, executable. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "command/doctor/doctor.h"
#include "platform/fs.h"
#include "platform/sysinfo.h"

#define SPACE_FAIL_BYTES (UINT64_C(64) << 20) /* not enough for one Go binary and its cache */
#define SPACE_WARN_BYTES (UINT64_C(1) << 30)

/* path, or the nearest directory above it that exists. Heap. */
static char *existing(const char *path)
{
    char *at = mem_string(path);
    while (fs_stat(at, true).kind == FS_NONE && strcmp(at, "/") != 0 && strcmp(at, ".") != 0) {
        char *above = path_dir(at);
        free(at);
        at = above;
    }
    return at;
}

static void check_space(struct doctor *doctor, const char *dir)
{
    struct sysinfo_space space;
    struct err err;
    if (sysinfo_space(dir, &space, &err)) {
        doctor_add(doctor, FINDING_WARN, "space", NULL, "%s", err.message);
        return;
    }
    enum finding_level level = space.free_bytes < SPACE_FAIL_BYTES   ? FINDING_FAIL
                               : space.free_bytes < SPACE_WARN_BYTES ? FINDING_WARN
                                                                     : FINDING_OK;
    doctor_add(doctor, level, "space",
               level == FINDING_OK ? NULL : "go clean -cache makes room where Go's cache is",
               "%" PRIu64 " MiB are free for builds", space.free_bytes >> 20);
    if (space.free_inodes < 1000)
        doctor_add(doctor, FINDING_WARN, "space", NULL, "only %" PRIu64 " more files fit",
                   space.free_inodes);
    if (space.no_exec)
        doctor_add(doctor, FINDING_FAIL, "tmp_dir", "set tmp_dir to a directory elsewhere",
                   "%s is mounted noexec: no binary can be started from there", dir);
}

void check_tmp(struct doctor *doctor)
{
    if (!doctor->config)
        return;
    const char *tmp = doctor->config->tmp_dir;
    const char *shown = path_show(doctor->root, tmp);
    char *dir = existing(tmp);
    struct fs_info here = fs_stat(dir, true), root = fs_stat(doctor->root, true);
    if (here.kind != FS_DIR)
        doctor_add(doctor, FINDING_FAIL, "tmp_dir", "remove it, or set tmp_dir to another path",
                   "%s is not a directory", dir);
    else if (!sysinfo_may_write(dir))
        doctor_add(doctor, FINDING_FAIL, "tmp_dir",
                   "make it writable, or set tmp_dir to another directory",
                   "%s cannot be written to: builds have no place", dir);
    else if (here.device != root.device)
        doctor_add(doctor, FINDING_WARN, "tmp_dir", NULL,
                   "%s is on another file system than the project: binaries are copied, not linked",
                   shown);
    else
        doctor_add(doctor, FINDING_OK, "tmp_dir", NULL, "%s %s", shown,
                   fs_is_dir(tmp) ? "is writable" : "will be made");
    check_space(doctor, dir);
    free(dir);
}
