#include "build/golang/built.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/path.h"
#include "build/golang/names.h"
#include "platform/fs.h"

#define NOTE_VERSION   1
#define NOTE_BYTES_MAX ((size_t)16 << 20)
#define DIGEST_BYTES   33

static void add_text(struct digest_state *state, const char *text)
{
    digest_state_add(state, text, strlen(text) + 1);
}

char *gobuilt_note(const char *cache_dir, const char *dir, const char *package, const char *binary)
{
    struct digest_state *state = digest_state_new();
    char name[DIGEST_BYTES];
    add_text(state, dir);
    add_text(state, package);
    add_text(state, binary);
    digest_hex(digest_state_free(state), name);
    return mem_format("%s/built-%.16s.json", cache_dir, name);
}

/* --- what was asked --- */

/* Variables that the go command, or what it runs, goes by. */
static bool matters(const char *entry)
{
    static const char *const NAMES[] = {
        "AR=", "CC=", "CXX=", "FC=", "HOME=", "PATH=", "XDG_CACHE_HOME=", "XDG_CONFIG_HOME=", NULL};
    static const char *const PREFIXES[] = {"CGO", "GCC", "GO", "PKG_CONFIG", NULL};
    if (strncmp(entry, "GOTMPDIR=", 9) == 0)
        return false;
    for (size_t i = 0; NAMES[i]; i++)
        if (strncmp(entry, NAMES[i], strlen(NAMES[i])) == 0)
            return true;
    for (size_t i = 0; PREFIXES[i]; i++)
        if (strncmp(entry, PREFIXES[i], strlen(PREFIXES[i])) == 0)
            return true;
    return false;
}

static void asked(const struct gobuilt *built, char text[DIGEST_BYTES])
{
    struct digest_state *state = digest_state_new();
    add_text(state, built->go);
    add_text(state, built->dir);
    add_text(state, built->package);
    digest_state_add(state, &built->debug_info, sizeof built->debug_info);
    digest_state_add(state, &built->flags->len, sizeof built->flags->len);
    STRS_EACH (flag, built->flags)
        add_text(state, *flag);
    STRS_EACH (entry, built->env)
        if (matters(*entry))
            add_text(state, *entry);
    digest_hex(digest_state_free(state), text);
}

/* The go command's file, heap; NULL where it is not one of a Go tree, but decides anew each time
   which one to run. */
static char *go_file(const char *go)
{
    char *found = path_is_absolute(go) ? mem_string(go) : fs_which(go);
    char *real = found ? fs_real(found) : NULL;
    char *bin = real ? path_dir(real) : NULL;
    char *tools = bin ? path_join(bin, "../pkg/tool") : NULL;
    if (!tools || !fs_is_dir(tools)) {
        free(real);
        real = NULL;
    }
    free(found);
    free(bin);
    free(tools);
    return real;
}

/* --- writing --- */

/* False where a later look could not tell whether it is still the same. */
static bool add_file(struct json_writer *out, const char *path, const struct fs_info *info)
{
    bool is_file = info->kind == FS_FILE;
    json_array_begin(out, NULL);
    json_string(out, NULL, path);
    json_int(out, NULL, is_file ? (int64_t)info->size_bytes : -1);
    json_int(out, NULL, is_file ? (int64_t)info->mtime_ns : 0);
    json_int(out, NULL, is_file ? (int64_t)info->inode : 0);
    json_int(out, NULL, is_file ? (int64_t)info->device : 0);
    json_array_end(out);
    return !is_file || info->mtime_ns != 0;
}

static bool add_file_now(struct json_writer *out, const char *path)
{
    struct fs_info info = fs_stat(path, true);
    return add_file(out, path, &info);
}

static bool add_files(struct json_writer *out, const struct goplan *plan, const char *go,
                      const char *binary)
{
    bool sure = true;
    json_array_begin(out, "files");
    sure &= add_file_now(out, binary);
    sure &= add_file_now(out, go);
    sure &= add_file(out, plan->compiler, &plan->compiler_info);
    VEC_EACH (const struct goguard, guard, &plan->guards)
        sure &= add_file(out, guard->path, &guard->info);
    for (size_t i = 0; i < plan->order.len; i++)
        VEC_EACH (const struct gofile, file, &plan->packages.at[plan->order.at[i]].files)
            sure &= add_file(out, file->path, &file->info);
    json_array_end(out);
    return sure;
}

static bool add_names(struct json_writer *out, const struct gopackage *package)
{
    char *other = names_other(package->dir, &package->known);
    char embedded[DIGEST_BYTES];
    bool sure = other == NULL;
    free(other);
    digest_hex(package->embed_names, embedded);
    json_object_begin(out, NULL);
    json_string(out, "dir", package->dir);
    json_array_begin(out, "known");
    STRS_EACH (name, &package->known)
        json_string(out, NULL, *name);
    json_array_end(out);
    json_array_begin(out, "embeds");
    STRS_EACH (dir, &package->embeds)
        json_string(out, NULL, *dir);
    json_array_end(out);
    json_bool(out, "hidden", package->embeds_hidden);
    json_string(out, "embedded", embedded);
    json_object_end(out);
    return sure;
}

int gobuilt_write(const struct gobuilt *built, const struct goplan *plan, struct err *err)
{
    struct buf text = BUF_INIT(NOTE_BYTES_MAX);
    struct json_writer out = {.out = &text};
    char question[DIGEST_BYTES], *go = go_file(built->go);
    bool sure = go != NULL && !plan->obsolete[0];
    int result = 1;
    asked(built, question);
    json_object_begin(&out, NULL);
    json_int(&out, "version", NOTE_VERSION);
    json_string(&out, "asked", question);
    sure = sure && add_files(&out, plan, go, built->binary);
    json_array_begin(&out, "packages");
    for (size_t i = 0; i < plan->order.len && sure; i++)
        sure = add_names(&out, &plan->packages.at[plan->order.at[i]]);
    json_array_end(&out);
    json_object_end(&out);
    if (sure && !text.truncated)
        result = fs_write(built->note, buf_text(&text), text.len, 0600, err);
    buf_fini(&text);
    free(go);
    return result;
}

/* --- reading --- */

static bool file_holds(const struct json *file)
{
    const char *path = json_text(json_at(file, 0));
    if (!path)
        return false;
    struct fs_info now = fs_stat(path, true);
    if (json_number(json_at(file, 1), -2) == -1)
        return now.kind != FS_FILE;
    return now.kind == FS_FILE && json_number(json_at(file, 1), -2) == (int64_t)now.size_bytes &&
           json_number(json_at(file, 2), 0) == (int64_t)now.mtime_ns &&
           json_number(json_at(file, 3), 0) == (int64_t)now.inode &&
           json_number(json_at(file, 4), 0) == (int64_t)now.device;
}

static void take_texts(const struct json *list, struct strs *texts)
{
    for (size_t i = 0; i < json_len(list); i++) {
        const char *text = json_text(json_at(list, i));
        strs_push(texts, text ? text : "");
    }
}

static bool package_holds(const struct json *package)
{
    const char *dir = json_text(json_get(package, "dir"));
    const char *was = json_text(json_get(package, "embedded"));
    struct strs known = {0}, embeds = {0};
    char embedded[DIGEST_BYTES];
    if (!dir || !was)
        return false;
    take_texts(json_get(package, "known"), &known);
    take_texts(json_get(package, "embeds"), &embeds);
    char *other = names_other(dir, &known);
    digest_hex(names_digest(&embeds, json_truth(json_get(package, "hidden"))), embedded);
    bool holds = !other && strcmp(embedded, was) == 0;
    free(other);
    strs_fini(&known);
    strs_fini(&embeds);
    return holds;
}

static bool all_hold(const struct gobuilt *built, const struct json *note)
{
    const struct json *files = json_get(note, "files"), *packages = json_get(note, "packages");
    const char *question = json_text(json_get(note, "asked"));
    const char *binary = json_text(json_at(json_at(files, 0), 0));
    char ours[DIGEST_BYTES];
    asked(built, ours);
    if (json_number(json_get(note, "version"), 0) != NOTE_VERSION || !question ||
        strcmp(question, ours) != 0 || !binary || strcmp(binary, built->binary) != 0 ||
        !json_len(packages))
        return false;
    for (size_t i = 0; i < json_len(files); i++)
        if (!file_holds(json_at(files, i)))
            return false;
    for (size_t i = 0; i < json_len(packages); i++)
        if (!package_holds(json_at(packages, i)))
            return false;
    return true;
}

bool gobuilt_holds(const struct gobuilt *built)
{
    struct buf text = BUF_INIT(NOTE_BYTES_MAX);
    struct err ignored = {0}; /* no note, or one that is cut: it is built */
    bool holds = false;
    if (fs_read(built->note, &text, &ignored) == 0) {
        struct json *note = json_parse(buf_text(&text), text.len, &ignored);
        holds = note && all_hold(built, note);
        json_free(note);
    }
    buf_fini(&text);
    return holds;
}
