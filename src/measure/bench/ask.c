#include "measure/bench/ask.h"

#include <stdio.h>
#include <string.h>

#include "build/golang/child.h"
#include "build/golang/tool.h"
#include "platform/environment.h"
#include "platform/loop.h"
#include "platform/process.h"

struct asking {
    struct loop *loop;
    const struct bench_ask *ask;
    struct tool *tool;
    struct buf *out;
    struct err *err;
    const bool *stopped; /* NULL: nobody does */
    bool ended;
    int result;
};

static void say_aloud(void *data, const char *line)
{
    (void)data;
    (void)fprintf(stderr, "%s\n", line);
}

static const char *last_line(const char *text)
{
    const char *last = text;
    for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
        if (*text != '\n')
            last = text;
    return last;
}

static void complain(struct asking *asking, const struct tool_result *result)
{
    const struct strs *argv = asking->ask->argv;
    struct buf words = BUF_INIT((size_t)512);
    bool both = asking->ask->joined || asking->ask->aloud;
    const char *text = buf_text(both ? &result->out : &result->error);
    if (asking->ask->aloud)
        text = last_line(text); /* the others were seen */
    go_complaint(text, &words);
    if (words.len == 0)
        exit_status_words(result->status, &words);
    asking->result =
        err_set(asking->err, ERR_APP, "%s%s%s failed: %s", argv->at[0], argv->len > 1 ? " " : "",
                argv->len > 1 ? argv->at[1] : "", buf_text(&words));
    buf_fini(&words);
}

static void done(void *data, struct tool_result *result)
{
    struct asking *asking = data;
    (void)buf_append(asking->out, buf_text(&result->out), result->out.len);
    asking->ended = true;
    if (result->cancelled && asking->stopped && *asking->stopped)
        asking->result =
            err_set(asking->err, ERR_SYSTEM, "%s was stopped", asking->ask->argv->at[0]);
    else if (result->cancelled)
        asking->result =
            err_set(asking->err, ERR_SYSTEM, "%s did not end within %u s", asking->ask->argv->at[0],
                    (unsigned)(asking->ask->timeout_ms / 1000));
    else if (result->status.signalled || result->status.code != 0)
        complain(asking, result);
    loop_stop(asking->loop);
}

static void late(void *data)
{
    tool_cancel(((struct asking *)data)->tool);
}

int bench_ask_on(struct loop *loop, const struct bench_ask *ask, const struct strs *env,
                 const bool *stopped, struct buf *out, struct err *err)
{
    struct asking asking = {.loop = loop, .ask = ask, .out = out, .err = err, .stopped = stopped};
    struct tool_request request = {.argv = ask->argv,
                                   .env = env,
                                   .cwd = ask->dir,
                                   .gentle = true,
                                   .joined = ask->aloud || ask->joined,
                                   .on_line = ask->aloud ? say_aloud : NULL,
                                   .on_done = done,
                                   .data = &asking};
    asking.tool = tool_start(loop, &request, err);
    if (!asking.tool) {
        go_explain(ask->argv->at[0], env, err);
        return err->code;
    }
    struct timer *timer = timer_new(loop, late, &asking);
    timer_start(timer, ask->timeout_ms);
    while (!asking.ended) {
        if (stopped && *stopped)
            tool_cancel(asking.tool);
        loop_run(loop);
    }
    timer_free(timer);
    tool_free(asking.tool);
    return asking.result;
}

int bench_ask(const struct bench_ask *ask, struct buf *out, struct err *err)
{
    struct strs own = {0}, env = {0};
    struct loop *loop = loop_new(err);
    if (!loop)
        return err->code;
    environment_read(&own);
    go_child_env(&env, &own, ask->dir);
    if (ask->env)
        strs_env_add(&env, ask->env);
    int result = process_init(loop, err);
    if (result == 0) {
        result = bench_ask_on(loop, ask, &env, NULL, out, err);
        process_fini();
    }
    loop_free(loop);
    strs_fini(&own);
    strs_fini(&env);
    return result;
}
