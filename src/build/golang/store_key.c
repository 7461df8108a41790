/*
 * The key of a compile: whatever the compiler reads or is told, and what is asked of its result.
 *
 * Environment: what cmd/go has in the key of a compile (cmd/go/internal/work, buildActionID) begins
 * with GO or CGO. The compiler is known by its file. Paths below a plan's own directory differ from
 * builder to builder and come to nothing in what is compiled (-trimpath), so they do not count.
 */
#include <string.h>

#include "build/golang/store.h"

static void add_text(struct digest_state *state, const char *text)
{
    digest_state_add(state, text ? text : "", text ? strlen(text) + 1 : 1);
}

/* Without the plan's directory. */
static void add_flag(struct digest_state *state, const char *flag, const char *work)
{
    size_t len = strlen(work);
    for (const char *found; (found = strstr(flag, work)); flag = found + len)
        digest_state_add(state, flag, (size_t)(found - flag));
    add_text(state, flag);
}

static void add_lines(struct digest_state *state, const struct strs *lines)
{
    digest_state_add(state, &lines->len, sizeof lines->len);
    STRS_EACH (line, lines)
        add_text(state, *line);
}

static void add_program(struct digest_state *state, const struct goplan *plan)
{
    const struct fs_info *compiler = &plan->compiler_info;
    add_text(state, plan->compiler);
    digest_state_add(state, &compiler->inode, sizeof compiler->inode);
    digest_state_add(state, &compiler->size_bytes, sizeof compiler->size_bytes);
    digest_state_add(state, &compiler->mtime_ns, sizeof compiler->mtime_ns);
    STRS_EACH (entry, &plan->env)
        if ((strncmp(*entry, "GO", 2) == 0 && strncmp(*entry, "GOTMPDIR=", 9) != 0) ||
            strncmp(*entry, "CGO", 3) == 0)
            add_text(state, *entry);
}

static void add_imports(struct digest_state *state, const struct goplan *plan,
                        const struct gopackage *package, enum goview view)
{
    add_lines(state, &package->importmap);
    for (size_t i = 0; i < package->imports.len; i++) {
        const struct gopackage *import = &plan->packages.at[package->imports.at[i]];
        add_text(state, import->path);
        if (import->local)
            digest_state_add(state, &import->view[view].export_digest, sizeof(struct digest));
        else
            add_text(state, import->archive); /* named by its content, in Go's cache */
    }
}

static void add_files(struct digest_state *state, const struct gopackage *package, bool squeeze)
{
    VEC_EACH (const struct gofile, file, &package->files) {
        if (file->kind == GOFILE_IGNORED)
            continue;
        add_text(state, file->path);
        digest_state_add(state, &file->content, sizeof file->content);
        if (!squeeze || file->kind != GOFILE_COMPILED || file->text == file->reference)
            continue;
        /* The variant is made from what the file was, too. */
        struct digest before = digest_of(file->reference->data, file->reference->len);
        digest_state_add(state, &before, sizeof before);
    }
}

struct digest gostore_key(const struct goplan *plan, size_t index, enum goview view, bool squeeze)
{
    const struct gopackage *package = &plan->packages.at[index];
    const struct gocompiled *target = &package->view[view];
    struct digest_state *state = digest_state_new();
    add_program(state, plan);
    add_text(state, package->path);
    add_text(state, package->dir);
    digest_state_add(state, &package->flags.len, sizeof package->flags.len);
    STRS_EACH (flag, &package->flags)
        add_flag(state, *flag, plan->work);
    add_text(state, package->embedcfg);
    add_imports(state, plan, package, view);
    add_files(state, package, squeeze);
    digest_state_add(state, &squeeze, sizeof squeeze);
    if (squeeze) { /* the moved object fits this export data */
        digest_state_add(state, &target->export_digest, sizeof target->export_digest);
        digest_state_add(state, target->print, sizeof target->print);
    }
    return digest_state_free(state);
}
