#include "build/golang/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "build/golang/names.h"
#include "build/golang/tokens.h"

/* A file written this shortly before it was looked at may change again within the same tick of the
   file system's clock, and its times would not show it. */
#define RACY_NS (20 * CLOCK_NS_PER_MS)

static bool same_info(const struct fs_info *a, const struct fs_info *b)
{
    return a->kind == b->kind && a->size_bytes == b->size_bytes && a->mtime_ns == b->mtime_ns &&
           a->inode == b->inode && a->device == b->device;
}

static void remember(struct fs_info *info, struct fs_info now)
{
    *info = now;
    if (now.mtime_ns + RACY_NS > clock_wall_ns())
        info->mtime_ns = 0;
}

static bool say(char reason[GOLOOK_REASON_BYTES], const struct goplan *plan, const char *path,
                const char *what)
{
    (void)snprintf(reason, GOLOOK_REASON_BYTES, "%.160s %s", path_show(plan->dir, path), what);
    return false;
}

/* Digests and text of a file that has been read. False where it is no sound Go. */
static bool take_text(struct gofile *file, char *data, size_t len)
{
    struct digest content = digest_of(data ? data : "", len);
    if (file->info.kind != FS_NONE && digest_equal(content, file->content)) {
        free(data);
        return true;
    }
    file->content = file->tokens = content;
    if (file->kind == GOFILE_EMBEDDED) {
        free(data);
        return true;
    }
    struct gotokens scan;
    gotokens_init(&scan, data ? data : "", len);
    bool sound = scan.sound;
    if (sound) {
        file->header = gotokens_header_digest(&scan);
        if (file->kind == GOFILE_COMPILED && !scan.moves_lines)
            file->tokens = gotokens_digest(&scan);
    }
    gotokens_fini(&scan);
    if (file->kind == GOFILE_COMPILED) {
        gotext_drop(file->text);
        file->text = gotext_new(data ? data : mem_string(""), len);
    } else {
        free(data);
    }
    return sound || file->kind == GOFILE_IGNORED;
}

static bool look_at_file(const struct goplan *plan, struct gofile *file, char *reason)
{
    struct fs_info now = fs_stat(file->path, true);
    struct err err = {0};
    if (now.kind != FS_FILE)
        return say(reason, plan, file->path, "is gone");
    if (same_info(&now, &file->info))
        return true;
    struct buf text = BUF_INIT(GOLOOK_FILE_MAX);
    if (fs_read(file->path, &text, &err) < 0) {
        buf_fini(&text);
        return say(reason, plan, file->path, "cannot be read");
    }
    struct digest header = file->header;
    size_t len = text.len;
    bool first = file->info.kind == FS_NONE;
    bool sound = take_text(file, buf_steal(&text), len);
    remember(&file->info, now);
    if (first)
        return true;
    if (!sound) /* the go command says it better, and the plan is made anew once it builds */
        return say(reason, plan, file->path, "has a syntax error");
    if (!digest_equal(header, file->header))
        return say(reason, plan, file->path, "has other imports, build constraints or //go: lines");
    return true;
}

static bool look_at_names(const struct goplan *plan, const struct gopackage *package, char *reason)
{
    char *other = names_other(package->dir, &package->known);
    if (other) {
        (void)say(reason, plan, other, fs_is_file(other) ? "is new" : "is gone");
        free(other);
        return false;
    }
    if (!digest_equal(package->embed_names, names_digest(&package->embeds, package->embeds_hidden)))
        return say(reason, plan, package->dir, "may embed other files");
    return true;
}

static bool look_at_package(const struct goplan *plan, struct gopackage *package,
                            const struct strs *changed, char *reason)
{
    if (!look_at_names(plan, package, reason))
        return false;
    VEC_EACH (struct gofile, file, &package->files) {
        if (changed && strs_has(changed, file->path))
            file->info.mtime_ns = 0; /* named: read, whatever its times say */
        if (!look_at_file(plan, file, reason))
            return false;
    }
    package->sources = gopackage_sources(package);
    return true;
}

static bool look_at_guard(const struct goplan *plan, struct goguard *guard, char *reason)
{
    struct fs_info now = fs_stat(guard->path, true);
    struct err err = {0};
    struct digest content = {0};
    if (same_info(&now, &guard->info))
        return true;
    if (now.kind == FS_FILE)
        (void)fs_digest(guard->path, &content,
                        &err); /* unreadable: another digest, as it should be */
    bool same = (now.kind == FS_FILE) == (guard->info.kind == FS_FILE) &&
                digest_equal(content, guard->content);
    guard->content = content;
    remember(&guard->info, now);
    return same || say(reason, plan, guard->path, "has changed");
}

/* Does a changed path concern the package? A directory does as all that is below it. */
static bool concerns(const struct gopackage *package, const struct strs *changed)
{
    STRS_EACH (path, changed) {
        char *dir = path_dir(*path);
        bool hit = strcmp(dir, package->dir) == 0 || path_below(*path, package->dir) != NULL;
        free(dir);
        STRS_EACH (embed, &package->embeds) {
            hit = hit || path_below(*embed, *path) != NULL;
        }
        if (hit)
            return true;
    }
    return false;
}

/* Is path a package's directory, or one above it, or below what it embeds? */
static bool is_of_package(const struct gopackage *package, const char *path)
{
    bool is = path_below(path, package->dir) != NULL;
    STRS_EACH (embed, &package->embeds)
        is = is || path_below(*embed, path);
    return is;
}

bool golook_touches(const struct goplan *plan, const struct strs *paths)
{
    STRS_EACH (path, paths) {
        if (names_matter(path_base(*path)))
            return true;
        for (size_t i = 0; i < plan->order.len; i++)
            if (is_of_package(&plan->packages.at[plan->order.at[i]], *path))
                return true;
        VEC_EACH (struct goguard, guard, &plan->guards)
            if (strcmp(guard->path, *path) == 0)
                return true;
    }
    return false;
}

bool golook_again(struct goplan *plan, const struct strs *changed, bool all,
                  char reason[GOLOOK_REASON_BYTES])
{
    if (plan->obsolete[0]) {
        (void)snprintf(reason, GOLOOK_REASON_BYTES, "%.250s", plan->obsolete);
        return false;
    }
    VEC_EACH (struct goguard, guard, &plan->guards) {
        if (!look_at_guard(plan, guard, reason))
            return false;
    }
    for (size_t i = 0; i < plan->order.len; i++) {
        struct gopackage *package = &plan->packages.at[plan->order.at[i]];
        if ((all || concerns(package, changed)) && !look_at_package(plan, package, changed, reason))
            return false;
    }
    return true;
}

void golook_first(struct goplan *plan)
{
    char reason[GOLOOK_REASON_BYTES] = "";
    VEC_EACH (struct goguard, guard, &plan->guards) {
        (void)look_at_guard(plan, guard, reason);
        if (guard->info.mtime_ns > plan->made_ns && guard->info.kind != FS_NONE)
            (void)say(plan->obsolete, plan, guard->path, "changed while the plan was made");
    }
    for (size_t i = 0; i < plan->order.len; i++) {
        struct gopackage *package = &plan->packages.at[plan->order.at[i]];
        package->embed_names = names_digest(&package->embeds, package->embeds_hidden);
        reason[0] = '\0';
        if (!look_at_package(plan, package, NULL, reason))
            (void)snprintf(plan->obsolete, sizeof plan->obsolete, "%s", reason);
        VEC_EACH (struct gofile, file, &package->files) {
            if (fs_stat(file->path, true).mtime_ns > plan->made_ns)
                (void)say(plan->obsolete, plan, file->path, "changed while the plan was made");
        }
        gopackage_refer(package);
    }
}

static bool settle(struct fs_info *info, const char *path, struct digest content)
{
    struct fs_info now = fs_stat(path, true);
    struct digest digest;
    struct err ignored = {0}; /* it cannot be read: not what it was */
    if (info->kind != FS_FILE || info->mtime_ns != 0)
        return true;
    if (fs_digest(path, &digest, &ignored) < 0 || !digest_equal(digest, content))
        return false;
    remember(info, now);
    return info->mtime_ns != 0;
}

bool golook_settle(struct goplan *plan)
{
    VEC_EACH (struct goguard, guard, &plan->guards)
        if (!settle(&guard->info, guard->path, guard->content))
            return false;
    for (size_t i = 0; i < plan->order.len; i++)
        VEC_EACH (struct gofile, file, &plan->packages.at[plan->order.at[i]].files)
            if (!settle(&file->info, file->path, file->content))
                return false;
    return true;
}

bool golook_held(struct gopackage *package)
{
    bool held = true;
    VEC_EACH (struct gofile, file, &package->files) {
        struct fs_info now = fs_stat(file->path, true);
        if (file->info.mtime_ns == 0) /* racy: by content */
            now.mtime_ns = 0;
        if (same_info(&now, &file->info) && now.mtime_ns != 0)
            continue;
        struct err err = {0};
        struct digest content = {0};
        if (fs_digest(file->path, &content, &err) < 0 || !digest_equal(content, file->content)) {
            file->info.mtime_ns = 0;
            held = false;
        }
    }
    return held;
}
