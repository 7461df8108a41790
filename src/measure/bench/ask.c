#include "measure/bench/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "build/golang/child.h"
#include "build/golang/tool.h"
#include "platform/environment.h"
#include "platform/loop.h"
#include "platform/process.h"

#define WORDS_LINES_MAX 3
#define WORDS_BYTES_MAX 200 /* of a line */

struct asking {
    struct loop *loop;
    const struct bench_ask *ask;
    struct tool *tool;
    struct buf *out;
    struct err *err;
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

/* Its first lines, but for the go command's news of downloads. */
static void complain(struct asking *asking, const struct tool_result *result)
{
    const struct strs *argv = asking->ask->argv;
    struct buf words = BUF_INIT((size_t)512);
    bool both = asking->ask->joined || asking->ask->aloud;
    const char *text = buf_text(both ? &result->out : &result->error);
    if (asking->ask->aloud)
        text = last_line(text); /* the others were seen */
    for (int lines = 0; *text && lines < WORDS_LINES_MAX;) {
        size_t len = strcspn(text, "\n");
        if (len > 0 && strncmp(text, "go: downloading ", 16) != 0) {
            (void)buf_printf(&words, "%s%.*s", lines ? " " : "",
                             len < WORDS_BYTES_MAX ? (int)len : WORDS_BYTES_MAX,
                             text + strspn(text, "\t"));
            lines++;
        }
        text += len + (text[len] == '\n');
    }
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
    if (result->cancelled)
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

static int ask_on(struct asking *asking, const struct strs *env)
{
    const struct bench_ask *ask = asking->ask;
    struct tool_request request = {.argv = ask->argv,
                                   .env = env,
                                   .cwd = ask->dir,
                                   .gentle = true,
                                   .joined = ask->aloud || ask->joined,
                                   .on_line = ask->aloud ? say_aloud : NULL,
                                   .on_done = done,
                                   .data = asking};
    asking->tool = tool_start(asking->loop, &request, asking->err);
    if (!asking->tool) {
        go_explain(ask->argv->at[0], env, asking->err);
        return asking->err->code;
    }
    struct timer *timer = timer_new(asking->loop, late, asking);
    timer_start(timer, ask->timeout_ms);
    loop_run(asking->loop);
    timer_free(timer);
    tool_free(asking->tool);
    return asking->result;
}

int bench_ask(const struct bench_ask *ask, struct buf *out, struct err *err)
{
    struct strs own = {0}, env = {0};
    struct asking asking = {.loop = loop_new(err), .ask = ask, .out = out, .err = err};
    if (!asking.loop)
        return err->code;
    environment_read(&own);
    go_child_env(&env, &own, ask->dir);
    if (ask->env)
        strs_env_add(&env, ask->env);
    int result = process_init(asking.loop, err);
    if (result == 0) {
        result = ask_on(&asking, &env);
        process_fini();
    }
    loop_free(asking.loop);
    strs_fini(&own);
    strs_fini(&env);
    return result;
}
