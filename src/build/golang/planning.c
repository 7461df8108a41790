#include "build/golang/planning.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "build/golang/child.h"
#include "build/golang/flags.h"
#include "build/golang/plan_read.h"
#include "build/golang/tool.h"

struct asked {
    struct goplanning *planning;
    struct tool *tool;
    char *text;
    size_t len;
};

struct goplanning {
    struct loop *loop;
    struct goplanning_request request;
    struct goplanning_result result;
    struct timer *timer;
    struct asked env, list, lines;
    struct strs flags, environment;
    bool reading, over;
};

static void finish(struct goplanning *planning)
{
    planning->over = true;
    planning->request.on_done(planning->request.data, &planning->result);
}

static void read_work(void *data)
{
    struct goplanning *planning = data;
    const struct goplanning_request *request = &planning->request;
    struct goplan_texts texts = {planning->list.text, planning->list.len, planning->lines.text,
                                 planning->lines.len, planning->env.text, planning->env.len};
    struct goplan_inputs inputs = {.go = request->go,
                                   .dir = request->dir,
                                   .work = request->work,
                                   .env = &planning->environment,
                                   .made_ns = request->since_ns};
    planning->result.plan = goplan_read(&texts, &inputs, &planning->result.err);
}

static void read_done(void *data)
{
    struct goplanning *planning = data;
    planning->reading = false;
    if (planning->result.cancelled) {
        goplan_free(planning->result.plan);
        planning->result.plan = NULL;
    }
    finish(planning);
}

static void refuse(struct goplanning *planning)
{
    planning->result.refused = true;
    if (planning->list.tool)
        tool_cancel(planning->list.tool);
    if (planning->lines.tool)
        tool_cancel(planning->lines.tool);
}

static void advance(struct goplanning *planning);

static void on_asked(void *data, struct tool_result *result)
{
    struct asked *asked = data;
    struct goplanning *planning = asked->planning;
    /* `go build -n` prints its commands on the error output. */
    struct buf *out = asked == &planning->lines ? &result->error : &result->out;
    bool good = !result->cancelled && !result->status.signalled && result->status.code == 0 &&
                !out->truncated;
    asked->len = out->len;
    asked->text = buf_steal(out);
    tool_free(asked->tool);
    asked->tool = NULL;
    if (!good)
        refuse(planning);
    advance(planning);
}

/* words: what follows "go", NULL-terminated. */
static void ask(struct asked *asked, const char *const *words, bool with_flags)
{
    struct goplanning *planning = asked->planning;
    struct strs argv = {0};
    struct err err = {0};
    strs_push(&argv, planning->request.go);
    strs_push_all(&argv, words);
    if (with_flags) {
        strs_copy(&argv, &planning->flags);
        strs_push(&argv, planning->request.package);
    }
    struct tool_request request = {.argv = &argv,
                                   .env = &planning->environment,
                                   .cwd = planning->request.dir,
                                   .gentle = true,
                                   .on_done = on_asked,
                                   .data = asked};
    asked->tool = tool_start(planning->loop, &request, &err);
    strs_fini(&argv);
    if (!asked->tool)
        refuse(planning);
}

/* GOFLAGS as the go command sees it: from the environment or from its own settings file. */
static bool make_flags(struct goplanning *planning)
{
    const struct goplanning_request *request = &planning->request;
    struct err *err = &planning->result.err;
    char reason[GOFLAGS_REASON_BYTES] = "";
    struct json *env = json_parse(planning->env.text, planning->env.len, err);
    const char *goflags = json_text(json_get(env, "GOFLAGS"));
    const char *modules = json_text(json_get(env, "GO111MODULE"));
    bool good = env != NULL;
    if (good && !goflags_understood(request->flags, goflags, reason)) {
        err_set(err, ERR_APP, "%s", reason);
        good = false;
    } else if (good && modules && strcmp(modules, "off") == 0) {
        err_set(err, ERR_APP, "GO111MODULE=off needs the go command");
        good = false;
    }
    if (good)
        goflags_make(request->flags, goflags, request->debug_info, &planning->flags);
    json_free(env);
    return good;
}

static void ask_for_plan(struct goplanning *planning)
{
    const char *const list[] = {"list", "-deps", "-export", "-json=" GOPLAN_LIST_FIELDS, NULL};
    if (!make_flags(planning))
        return;
    char *out = mem_format("%s/never", planning->request.work);
    const char *const lines[] = {"build", "-n", "-a", "-o", out, NULL};
    ask(&planning->list, list, true);
    if (!planning->result.refused)
        ask(&planning->lines, lines, true);
    free(out);
}

static void advance(struct goplanning *planning)
{
    if (planning->over || planning->reading || planning->env.tool || planning->list.tool ||
        planning->lines.tool)
        return;
    bool failed =
        planning->result.cancelled || planning->result.refused || planning->result.err.code != 0;
    if (!failed && !planning->list.text) {
        ask_for_plan(planning);
        if (!planning->list.tool)
            finish(planning);
        return;
    }
    if (failed) {
        finish(planning);
        return;
    }
    planning->reading = true;
    work_submit(planning->loop, read_work, read_done, planning);
}

/* First for `go env`, which looks at no source, then for the rest. */
static void begin(void *data)
{
    struct goplanning *planning = data;
    const char *const env[] = {"env", "-json", NULL};
    if (!planning->result.cancelled)
        ask(&planning->env, env, false);
    advance(planning);
}

struct goplanning *goplanning_start(struct loop *loop, const struct goplanning_request *request)
{
    struct goplanning *planning = mem_new(1, sizeof *planning);
    planning->loop = loop;
    planning->request = *request;
    planning->env.planning = planning->list.planning = planning->lines.planning = planning;
    go_child_env(&planning->environment, request->env, request->dir);
    planning->timer = timer_new(loop, begin, planning);
    timer_start(planning->timer, 0);
    return planning;
}

void goplanning_cancel(struct goplanning *planning)
{
    struct asked *all[] = {&planning->env, &planning->list, &planning->lines};
    planning->result.cancelled = true;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i]->tool)
            tool_cancel(all[i]->tool);
}

void goplanning_free(struct goplanning *planning)
{
    if (!planning)
        return;
    timer_free(planning->timer);
    free(planning->env.text);
    free(planning->list.text);
    free(planning->lines.text);
    strs_fini(&planning->flags);
    strs_fini(&planning->environment);
    free(planning);
}
