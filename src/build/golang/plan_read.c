#include "build/golang/plan_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/path.h"
#include "build/golang/child.h"
#include "build/golang/look.h"

/* What the go command sets for compile and link, whatever the environment said (cmd/go, "Set
   environment (GOOS, GOARCH, etc) explicitly"). */
static const char *const TOLD[] = {
    "GOOS",    "GOARCH", "GOROOT",   "GOEXPERIMENT", "CGO_ENABLED", "GO386",  "GOAMD64",  "GOARM",
    "GOARM64", "GOMIPS", "GOMIPS64", "GOPPC64",      "GORISCV64",   "GOWASM", "GOFIPS140"};

static const char *told(const struct json *env, const char *name)
{
    const char *value = json_text(json_get(env, name));
    return value && value[0] ? value : NULL;
}

static void take_env(struct goplan *plan, const struct json *env, const struct strs *given)
{
    go_child_env(&plan->env, given, plan->dir);
    for (size_t i = 0; i < sizeof TOLD / sizeof TOLD[0]; i++) {
        const char *value = json_text(json_get(env, TOLD[i]));
        if (value)
            strs_env_set(&plan->env, TOLD[i], value);
    }
}

/* A go.work may appear in any directory above; so may a go.mod where there is none. */
static void guard_above(struct goplan *plan)
{
    char *dir = mem_string(plan->dir);
    for (bool top = false; !top;) {
        char *work = path_join(dir, "go.work"), *above = path_dir(dir);
        goguard_add(plan, work);
        top = strcmp(above, dir) == 0;
        free(work);
        free(dir);
        dir = above;
    }
    free(dir);
}

static void guard_settings(struct goplan *plan, const struct json *env, const char *go)
{
    const char *work = told(env, "GOWORK"), *file = told(env, "GOENV"), *root = told(env, "GOROOT");
    if (work && path_is_absolute(work)) {
        char *sum = mem_format("%s.sum", work);
        goguard_add(plan, work);
        goguard_add(plan, sum);
        free(sum);
    }
    if (file && path_is_absolute(file))
        goguard_add(plan, file);
    if (root) {
        char *version = path_join(root, "VERSION");
        goguard_add(plan, version);
        free(version);
    }
    if (path_is_absolute(go))
        goguard_add(plan, go);
    char *profile = path_join(plan->packages.at[plan->main].dir, "default.pgo");
    goguard_add(plan, profile);
    free(profile);
    guard_above(plan);
}

/* Every local package is compiled, imports before importers. */
static int check_order(struct goplan *plan, struct err *err)
{
    bool *seen = mem_new(plan->packages.len, sizeof *seen);
    size_t local = 0;
    int result = 0;
    for (size_t i = 0; i < plan->packages.len; i++)
        local += plan->packages.at[i].local;
    if (local != plan->order.len)
        result = err_set(err, ERR_APP, "go build -n does not compile what go list names");
    for (size_t i = 0; i < plan->order.len && result == 0; i++) {
        struct gopackage *package = &plan->packages.at[plan->order.at[i]];
        for (size_t at = 0; at < package->imports.len && result == 0; at++) {
            size_t import = package->imports.at[at];
            if (plan->packages.at[import].local && !seen[import])
                result = err_set(err, ERR_APP, "%s comes before its imports", package->path);
        }
        seen[plan->order.at[i]] = true;
    }
    free(seen);
    return result;
}

/* What Go's cache has of a package, as both views. */
static int look_at_archive(struct gopackage *package, struct err *err)
{
    struct goarchive found;
    struct gocompiled *exact = &package->view[GOVIEW_EXACT];
    if (!package->archive)
        return 0;
    if (goarchive_look(package->archive, &found, err) < 0)
        return err->code;
    if (!found.has_export || !found.has_object)
        return err_set(err, ERR_APP, "the archive of %s is not understood", package->path);
    exact->export = gooutput_new(package->archive, false);
    exact->object = gooutput_use(exact->export);
    exact->export_digest = found.export;
    exact->object_digest = found.object;
    memcpy(exact->print, found.export_print, sizeof exact->print);
    gocompiled_copy(&package->view[GOVIEW_SERVED], exact);
    return 0;
}

static void take_key(struct goplan *plan)
{
    struct digest_state *state = digest_state_new();
    digest_state_add(state, &plan->key, sizeof plan->key); /* of the go command's environment */
    VEC_EACH (struct goguard, guard, &plan->guards) {
        digest_state_add(state, guard->path, strlen(guard->path) + 1);
        digest_state_add(state, &guard->content, sizeof guard->content);
    }
    plan->key = digest_state_free(state);
}

int goplan_baseline(struct goplan *plan, struct err *err)
{
    golook_first(plan);
    take_key(plan);
    for (size_t i = 0; i < plan->order.len; i++)
        if (look_at_archive(&plan->packages.at[plan->order.at[i]], err) < 0)
            return err->code;
    for (size_t i = 0; i < plan->order.len; i++) {
        struct gopackage *package = &plan->packages.at[plan->order.at[i]];
        struct digest key = goplan_key(plan, plan->order.at[i], GOVIEW_EXACT);
        package->view[GOVIEW_EXACT].key = package->view[GOVIEW_SERVED].key = key;
    }
    return 0;
}

struct goplan *goplan_read(const struct goplan_texts *texts, const struct goplan_inputs *inputs,
                           struct err *err)
{
    struct goplan *plan = mem_new(1, sizeof *plan);
    struct json *env = json_parse(texts->env, texts->env_len, err);
    int result = env ? 0 : err->code;
    plan->dir = mem_string(inputs->dir);
    plan->work = mem_string(inputs->work);
    plan->made_ns = inputs->made_ns;
    if (result == 0)
        result = goplan_read_list(plan, texts->list, texts->list_len, told(env, "GOMODCACHE"), err);
    if (result == 0)
        result = goplan_read_lines(plan, texts->lines, texts->lines_len, err);
    if (result == 0)
        result = check_order(plan, err);
    if (result == 0) {
        plan->compiler_info = fs_stat(plan->compiler, true);
        take_env(plan, env, inputs->env);
        guard_settings(plan, env, inputs->go);
        plan->key = digest_of(texts->env, texts->env_len);
    }
    json_free(env);
    if (result < 0) {
        goplan_free(plan);
        return NULL;
    }
    return plan;
}
