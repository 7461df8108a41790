#include "build/golang/link.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "platform/random.h"

#define ID_DIGITS  32
#define CONFIG_MAX ((size_t)1 << 26)

struct golink {
    struct loop *loop;
    const struct goplan *plan;
    char **objects; /* by package */
    char *config, *out;
    struct tool *tool;
    golink_fn *fn;
    void *data;
};

struct golink *golink_open(struct loop *loop, const struct goplan *plan)
{
    struct golink *link = mem_new(1, sizeof *link);
    link->loop = loop;
    link->plan = plan;
    link->objects = mem_new(plan->packages.len, sizeof *link->objects);
    link->config = path_join(plan->work, "importcfg.link");
    return link;
}

void golink_update(struct golink *link, size_t package, const char *object)
{
    mem_replace(&link->objects[package], object);
}

static int write_config(const struct golink *link, struct err *err)
{
    struct buf text = BUF_INIT(CONFIG_MAX);
    for (size_t i = 0; i < link->plan->linked.len; i++) {
        size_t package = link->plan->linked.at[i];
        if (link->objects[package])
            (void)buf_printf(&text, "packagefile %s=%s\n", link->plan->packages.at[package].path,
                             link->objects[package]);
    }
    STRS_EACH (line, &link->plan->link_lines)
        (void)buf_printf(&text, "%s\n", *line);
    int result = fs_write(link->config, buf_text(&text), text.len, 0600, err);
    buf_fini(&text);
    return result;
}

static void on_linked(void *data, struct tool_result *tool)
{
    struct golink *link = data;
    struct golink_result result = {.done = !tool->cancelled && !tool->status.signalled &&
                                           tool->status.code == 0,
                                   .cancelled = tool->cancelled,
                                   .path = link->out,
                                   .output = buf_text(&tool->out),
                                   .status = tool->status};
    struct tool *ended = link->tool;
    struct err ignored = {0};
    char *out = link->out;
    link->tool = NULL;
    link->out = NULL;
    link->fn(link->data, &result); /* may close link */
    (void)fs_unlink(out, &ignored);
    free(out);
    tool_free(ended);
}

int golink_run(struct golink *link, golink_fn *fn, void *data, struct err *err)
{
    const struct goplan *plan = link->plan;
    struct strs argv = {0}, env = {0};
    char id[ID_DIGITS + 1];
    int result = write_config(link, err);
    if (result < 0)
        return result;
    random_hex(id, ID_DIGITS);
    link->out = mem_format("%s/%s.out", plan->work, id);
    strs_copy(&env, &plan->env);
    strs_env_add(&env, &plan->link_env);
    const char *const begin[] = {plan->linker, "-o", link->out, "-importcfg", link->config, NULL};
    strs_push_all(&argv, begin);
    strs_copy(&argv, &plan->link_flags);
    strs_push(&argv, link->objects[plan->main]);
    struct tool_request request = {.argv = &argv,
                                   .env = &env,
                                   .cwd = plan->dir,
                                   .joined = true,
                                   .on_done = on_linked,
                                   .data = link};
    link->fn = fn;
    link->data = data;
    link->tool = tool_start(link->loop, &request, err);
    strs_fini(&argv);
    strs_fini(&env);
    return link->tool ? 0 : err->code;
}

void golink_cancel(struct golink *link)
{
    if (link->tool)
        tool_cancel(link->tool);
}

void golink_close(struct golink *link)
{
    if (!link)
        return;
    for (size_t i = 0; i < link->plan->packages.len; i++)
        free(link->objects[i]);
    free(link->objects);
    free(link->config);
    free(link->out);
    free(link);
}
