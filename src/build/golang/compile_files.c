#include "build/golang/compile_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "build/golang/look.h"
#include "build/golang/squeeze.h"
#include "platform/random.h"

#define ID_DIGITS    16
#define CONFIG_MAX   ((size_t)1 << 24)
#define PRIVATE_DIR  0700
#define PRIVATE_FILE 0600

static int write_importcfg(const struct gocompile_files *files, const struct goplan *plan,
                           const struct gopackage *package, enum goview view, struct err *err)
{
    struct buf text = BUF_INIT(CONFIG_MAX);
    STRS_EACH (line, &package->importmap)
        (void)buf_printf(&text, "%s\n", *line);
    for (size_t i = 0; i < package->imports.len; i++) {
        size_t import = package->imports.at[i];
        const char *file = goplan_export(plan, import, view);
        if (file)
            (void)buf_printf(&text, "packagefile %s=%s\n", plan->packages.at[import].path, file);
    }
    int result = fs_write(files->importcfg, buf_text(&text), text.len, PRIVATE_FILE, err);
    buf_fini(&text);
    return result;
}

/* The variant of one file into path. 1 where it differs from the text as it is, 0 where there is no
   need for one, -1 where none can be made. */
static int squeeze_file(const struct gofile *file, struct buf *out)
{
    if (file->text == file->reference)
        return 0;
    struct gotokens before, now;
    gotokens_init(&before, file->reference->data, file->reference->len);
    gotokens_init(&now, file->text->data, file->text->len);
    bool can = squeeze(&before, &now, out);
    gotokens_fini(&before);
    gotokens_fini(&now);
    if (!can)
        return -1;
    return out->len != file->text->len || memcmp(out->data, file->text->data, out->len) != 0;
}

/* Variants of the files that differ from their reference; false where there is no variant that
   differs from the real sources. The names of all files go to names. */
static bool write_variants(const struct gocompile_files *files, const struct gopackage *package,
                           struct strs *names)
{
    bool any = false, can = true;
    struct err err = {0};
    for (size_t i = 0; i < package->files.len && can; i++) {
        const struct gofile *file = &package->files.at[i];
        struct buf text = BUF_INIT(GOLOOK_FILE_MAX);
        if (file->kind != GOFILE_COMPILED)
            continue;
        int squeezed = squeeze_file(file, &text);
        if (squeezed > 0) {
            char *path = path_join(files->variant_dir, file->name);
            can = (any || fs_mkdirs(files->variant_dir, PRIVATE_DIR, &err) == 0) &&
                  fs_write(path, text.data, text.len, PRIVATE_FILE, &err) == 0;
            strs_push(names, path);
            any = true;
            free(path);
        } else {
            can = squeezed == 0;
            strs_push(names, file->path);
        }
        buf_fini(&text);
    }
    return any && can;
}

/* What the compiler makes of the package's directory by the rules of -trimpath
   ("dir=>name;work=>"): heap, or NULL where there are other rules. */
static char *trimmed_dir(const struct goplan *plan, const struct gopackage *package,
                         const char *rules)
{
    size_t dir_len = strlen(package->dir), work_len = strlen(plan->work);
    char *name = mem_string(package->dir);
    for (const char *rule = rules; *rule && name;) {
        size_t len = strcspn(rule, ";");
        if (len > dir_len + 2 && memcmp(rule, package->dir, dir_len) == 0 &&
            memcmp(rule + dir_len, "=>", 2) == 0) {
            free(name);
            name = mem_string_n(rule + dir_len + 2, len - dir_len - 2);
        } else if (len != work_len + 2 || memcmp(rule, plan->work, work_len) != 0) {
            free(name);
            name = NULL;
        }
        rule += len + (rule[len] == ';');
    }
    return name;
}

/* The flags, with -trimpath telling that the variants stand where the package does. */
static bool variant_flags(const struct goplan *plan, const struct gopackage *package,
                          const char *variant_dir, struct strs *argv)
{
    bool found = false;
    if (strpbrk(package->dir, ";=") || strpbrk(variant_dir, ";="))
        return false;
    for (size_t i = 0; i < package->flags.len; i++) {
        const char *flag = package->flags.at[i];
        strs_push(argv, flag);
        if (strcmp(flag, "-trimpath") != 0 || i + 1 >= package->flags.len)
            continue;
        const char *rules = package->flags.at[++i];
        char *name = trimmed_dir(plan, package, rules);
        strs_pushf(argv, "%s=>%s;%s", variant_dir, name ? name : "", rules);
        found = name != NULL;
        free(name);
    }
    return found;
}

static void begin_argv(const struct goplan *plan, const char *export, const char *object,
                       const struct gocompile_files *files, struct strs *argv)
{
    strs_push(argv, plan->compiler);
    strs_push(argv, "-o");
    strs_push(argv, export);
    strs_push(argv, "-linkobj");
    strs_push(argv, object);
    strs_push(argv, "-importcfg");
    strs_push(argv, files->importcfg);
    if (files->embedcfg) {
        strs_push(argv, "-embedcfg");
        strs_push(argv, files->embedcfg);
    }
}

static void make_variant(struct gocompile_files *files, const struct goplan *plan,
                         const struct gopackage *package)
{
    struct strs names = {0};
    files->variant_dir = mem_format("%s.v", files->base);
    begin_argv(plan, files->variant_export, files->variant_object, files, &files->variant_argv);
    bool made = write_variants(files, package, &names) &&
                variant_flags(plan, package, files->variant_dir, &files->variant_argv);
    strs_push(&files->variant_argv, "-pack");
    strs_copy(&files->variant_argv, &names);
    strs_fini(&names);
    if (!made) {
        struct err ignored = {0};
        (void)fs_remove_tree(files->variant_dir, &ignored); /* often never made */
        free(files->variant_dir);
        files->variant_dir = NULL;
    }
}

int gocompile_files_write(struct gocompile_files *files, const struct goplan *plan, const char *dir,
                          size_t index, enum goview view, bool squeeze, struct err *err)
{
    const struct gopackage *package = &plan->packages.at[index];
    char id[ID_DIGITS + 1];
    random_hex(id, ID_DIGITS);
    files->base = path_join(dir, id);
    files->importcfg = mem_format("%s.cfg", files->base);
    files->export = mem_format("%s.x", files->base);
    files->object = mem_format("%s.o", files->base);
    files->variant_export = mem_format("%s.vx", files->base);
    files->variant_object = mem_format("%s.vo", files->base);
    int result = write_importcfg(files, plan, package, view, err);
    if (result == 0 && package->embedcfg) {
        files->embedcfg = mem_format("%s.emb", files->base);
        result = fs_write(files->embedcfg, package->embedcfg, strlen(package->embedcfg),
                          PRIVATE_FILE, err);
    }
    begin_argv(plan, files->export, files->object, files, &files->argv);
    strs_copy(&files->argv, &package->flags);
    strs_push(&files->argv, "-pack");
    VEC_EACH (struct gofile, file, &package->files) {
        if (file->kind == GOFILE_COMPILED)
            strs_push(&files->argv, file->path);
    }
    if (result == 0 && squeeze)
        make_variant(files, plan, package);
    return result;
}

void gocompile_files_clean(struct gocompile_files *files)
{
    struct err ignored = {0}; /* the directory goes as a whole later */
    const char *const paths[] = {files->importcfg, files->embedcfg, files->variant_export,
                                 files->variant_object};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (paths[i])
            (void)fs_unlink(paths[i], &ignored);
    if (files->variant_dir)
        (void)fs_remove_tree(files->variant_dir, &ignored);
}

void gocompile_files_fini(struct gocompile_files *files)
{
    free(files->base);
    free(files->importcfg);
    free(files->embedcfg);
    free(files->export);
    free(files->object);
    free(files->variant_dir);
    free(files->variant_export);
    free(files->variant_object);
    strs_fini(&files->argv);
    strs_fini(&files->variant_argv);
    *files = (struct gocompile_files){0};
}
