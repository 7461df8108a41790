#include "build/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "build/golang/build_id.h"
#include "platform/fs.h"

#define HEAD_BYTES       ((size_t)64 << 10) /* the build ID stands in the first notes */
#define BINARY_BYTES_MAX ((size_t)2 << 30)

/* --- same or not --- */

static bool read_id(const char *path, char id[BUILD_ID_BYTES])
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return false;
    char *head = mem_new(HEAD_BYTES, 1);
    size_t len = fread(head, 1, HEAD_BYTES, file);
    bool has = build_id_content(head, len, id);
    free(head);
    (void)fclose(file);
    return has;
}

/* Somebody else, such as a second zonda, may have put another binary there meanwhile. */
bool place_is_running(const struct place *place)
{
    struct fs_info is = fs_stat(place->artifact, true), was = place->running;
    return was.kind == FS_FILE && is.inode == was.inode && is.device == was.device &&
           is.mtime_ns == was.mtime_ns && is.size_bytes == was.size_bytes;
}

static bool is_same(const char *old, const char *fresh, enum place_compare compare)
{
    char old_id[BUILD_ID_BYTES], fresh_id[BUILD_ID_BYTES];
    struct digest old_digest, fresh_digest;
    struct err ignored;
    struct fs_info was = fs_stat(old, true), is = fs_stat(fresh, true);
    if (compare == PLACE_DIFFERS || was.kind != FS_FILE || was.size_bytes != is.size_bytes)
        return false;
    if (compare == PLACE_BY_ID && read_id(old, old_id) && read_id(fresh, fresh_id))
        return strcmp(old_id, fresh_id) == 0;
    return fs_digest(old, &old_digest, &ignored) == 0 &&
           fs_digest(fresh, &fresh_digest, &ignored) == 0 && digest_equal(old_digest, fresh_digest);
}

/* --- moving --- */

/* Gives the old one its other name, beside the new one; without hard links for a moment nothing has
   the first. From another file system it cannot be kept: place_undo then leaves none. */
static void keep_old(struct place *place)
{
    struct err ignored;
    if (fs_stat(place->artifact, false).kind == FS_NONE)
        return;
    char *kept = mem_format("%s.old", place->fresh);
    if (fs_link_over(place->artifact, kept, &ignored) == 0 ||
        fs_rename(place->artifact, kept, &ignored) == 0)
        place->kept = kept;
    else
        free(kept);
}

/* From another file system. */
static int copy(const char *from, const char *to, struct err *err)
{
    struct buf content = BUF_INIT(BINARY_BYTES_MAX);
    int failed = fs_read(from, &content, err);
    if (!failed)
        failed = fs_write(to, buf_text(&content), content.len, 0755, err);
    buf_fini(&content);
    return failed;
}

static int make_dir_of(const char *path, struct err *err)
{
    char *dir = path_dir(path);
    int failed = fs_mkdirs(dir, 0755, err);
    free(dir);
    return failed;
}

void place_run(void *data)
{
    struct place *place = data;
    struct err ignored;
    if (make_dir_of(place->artifact, &place->err) != 0)
        return;
    if (place->from && fs_link_over(place->from, place->fresh, &ignored) != 0 &&
        copy(place->from, place->fresh, &place->err) != 0)
        return;
    if (fs_is_dir(place->artifact)) {
        err_set(&place->err, ERR_CONFIG, "%s is a directory, not a place for a binary",
                place->artifact);
        err_hint(&place->err, "set [build] output to the name of a file");
        return;
    }
    place->unchanged =
        place_is_running(place) && is_same(place->artifact, place->fresh, place->compare);
    keep_old(place);
    place->placed = fs_rename(place->fresh, place->artifact, &ignored) == 0 ||
                    copy(place->fresh, place->artifact, &place->err) == 0;
    if (!place->placed)
        place_undo(place);
}

void place_keep(struct place *place)
{
    mem_replace(&place->kept, NULL);
}

void place_undo(struct place *place)
{
    struct err ignored;
    if (place->kept)
        (void)fs_rename(place->kept, place->artifact, &ignored);
    else if (place->placed)
        (void)fs_unlink(place->artifact, &ignored);
    if (place->kept) /* both names for one file: rename(2) did nothing */
        (void)fs_unlink(place->kept, &ignored);
    mem_replace(&place->kept, NULL);
    place->placed = place->unchanged = false;
}

void place_fini(struct place *place)
{
    free(place->artifact);
    free(place->fresh);
    free(place->from);
    free(place->kept);
    *place = (struct place){0};
}
