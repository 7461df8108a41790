#include "build/golang/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct gooutput *gooutput_new(const char *path, bool ours)
{
    struct gooutput *output = mem_new(1, sizeof *output);
    *output = (struct gooutput){.path = mem_string(path), .users = 1, .ours = ours};
    return output;
}

struct gooutput *gooutput_use(struct gooutput *output)
{
    if (output)
        output->users++;
    return output;
}

void gooutput_drop(struct gooutput *output)
{
    struct err ignored = {0};
    if (!output || --output->users > 0)
        return;
    if (output->ours)
        (void)fs_unlink(output->path, &ignored); /* the cache directory goes as a whole later */
    free(output->path);
    free(output);
}

struct gotext *gotext_new(char *data, size_t len)
{
    struct gotext *text = mem_new(1, sizeof *text);
    *text = (struct gotext){.data = data, .len = len, .users = 1};
    return text;
}

struct gotext *gotext_use(struct gotext *text)
{
    if (text)
        text->users++;
    return text;
}

void gotext_drop(struct gotext *text)
{
    if (!text || --text->users > 0)
        return;
    free(text->data);
    free(text);
}

void gocompiled_fini(struct gocompiled *compiled)
{
    gooutput_drop(compiled->export);
    gooutput_drop(compiled->object);
    *compiled = (struct gocompiled){0};
}

void gocompiled_copy(struct gocompiled *to, const struct gocompiled *from)
{
    struct gocompiled copy = *from;
    (void)gooutput_use(copy.export);
    (void)gooutput_use(copy.object);
    gocompiled_fini(to);
    *to = copy;
}

static void package_fini(struct gopackage *package)
{
    VEC_EACH (struct gofile, file, &package->files) {
        free(file->name);
        free(file->path);
        gotext_drop(file->text);
        gotext_drop(file->reference);
    }
    for (int view = 0; view < GOVIEWS; view++)
        gocompiled_fini(&package->view[view]);
    vec_fini(&package->files);
    vec_fini(&package->imports);
    strs_fini(&package->flags);
    strs_fini(&package->importmap);
    strs_fini(&package->known);
    strs_fini(&package->embeds);
    free(package->embedcfg);
    free(package->path);
    free(package->dir);
    free(package->archive);
    free(package->why_not);
}

void goplan_free(struct goplan *plan)
{
    if (!plan)
        return;
    VEC_EACH (struct gopackage, package, &plan->packages)
        package_fini(package);
    VEC_EACH (struct goguard, guard, &plan->guards)
        free(guard->path);
    vec_fini(&plan->packages);
    vec_fini(&plan->order);
    vec_fini(&plan->linked);
    vec_fini(&plan->guards);
    strs_fini(&plan->link_flags);
    strs_fini(&plan->link_lines);
    strs_fini(&plan->env);
    strs_fini(&plan->link_env);
    free(plan->dir);
    free(plan->work);
    free(plan->compiler);
    free(plan->linker);
    free(plan);
}

size_t goplan_find(const struct goplan *plan, const char *path)
{
    size_t low = 0, high = plan->packages.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(path, plan->packages.at[middle].path);
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return GOPLAN_NONE;
}

struct digest goplan_key(const struct goplan *plan, size_t package, enum goview view)
{
    const struct gopackage *of = &plan->packages.at[package];
    struct digest_state *state = digest_state_new();
    digest_state_add(state, &of->sources, sizeof of->sources);
    for (size_t i = 0; i < of->imports.len; i++) {
        const struct gopackage *import = &plan->packages.at[of->imports.at[i]];
        if (import->local)
            digest_state_add(state, &import->view[view].export_digest, sizeof(struct digest));
    }
    return digest_state_free(state);
}

const char *goplan_export(const struct goplan *plan, size_t package, enum goview view)
{
    const struct gopackage *of = &plan->packages.at[package];
    return of->local && of->view[view].export ? of->view[view].export->path : of->archive;
}

const char *goplan_object(const struct goplan *plan, size_t package)
{
    const struct gopackage *of = &plan->packages.at[package];
    const struct gooutput *object = of->local ? of->view[GOVIEW_SERVED].object : NULL;
    return object ? object->path : of->archive;
}

bool goplan_is_quick(const struct goplan *plan)
{
    for (size_t i = 0; i < plan->order.len; i++) {
        const struct gopackage *package = &plan->packages.at[plan->order.at[i]];
        const struct gocompiled *exact = &package->view[GOVIEW_EXACT];
        const struct gocompiled *served = &package->view[GOVIEW_SERVED];
        if (!digest_equal(exact->export_digest, served->export_digest) ||
            !digest_equal(exact->object_digest, served->object_digest))
            return true;
        if (!digest_equal(exact->key, goplan_key(plan, plan->order.at[i], GOVIEW_EXACT)))
            return true;
    }
    return false;
}

void gopackage_refer(struct gopackage *package)
{
    VEC_EACH (struct gofile, file, &package->files) {
        struct gotext *text = gotext_use(file->text);
        gotext_drop(file->reference);
        file->reference = text;
    }
}

void goplan_adopt_exact(struct goplan *plan)
{
    for (size_t i = 0; i < plan->order.len; i++) {
        struct gopackage *package = &plan->packages.at[plan->order.at[i]];
        gocompiled_copy(&package->view[GOVIEW_SERVED], &package->view[GOVIEW_EXACT]);
        gopackage_refer(package);
    }
}

struct digest gopackage_sources(const struct gopackage *package)
{
    struct digest_state *state = digest_state_new();
    VEC_EACH (struct gofile, file, &package->files) {
        if (file->kind == GOFILE_IGNORED)
            continue;
        digest_state_add(state, file->name, strlen(file->name) + 1);
        digest_state_add(state, &file->tokens, sizeof file->tokens);
    }
    return digest_state_free(state);
}
