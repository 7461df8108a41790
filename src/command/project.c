#include "command/project.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/path.h"
#include "compat/dialects.h"
#include "control/control.h"
#include "platform/environment.h"
#include "platform/fs.h"

struct config *project_config(const struct arguments *arguments, const char *file,
                              struct problems *problems)
{
    struct strs env = {0};
    environment_read(&env);
    char *dir = fs_cwd();
    struct config_request request = {
        .file = file ? file : arguments->config_file,
        .dir = dir,
        .flags = &arguments->flags,
        .env = &env,
        .app_args = &arguments->app_args,
        .dialects = COMPAT_DIALECTS,
    };
    struct config *config = config_load(&request, problems);
    free(dir);
    strs_fini(&env);
    return config;
}

void project_problems(const struct problems *problems)
{
    struct buf text = BUF_INIT((size_t)1 << 20);
    problems_print(problems, &text);
    (void)fputs(buf_text(&text), stderr);
    buf_fini(&text);
}

void project_request(const struct arguments *arguments, const char *command,
                     struct json_writer *writer)
{
    json_object_begin(writer, NULL);
    json_int(writer, "v", CONTROL_VERSION);
    json_string(writer, "command", command);
    if (arguments->words.len)
        json_string(writer, "service", arguments->words.at[0]);
}

int project_ask(const char *request, uint32_t timeout_ms, struct json **answer, struct buf *raw,
                struct err *err)
{
    struct buf own = BUF_INIT(CONTROL_ANSWER_MAX);
    struct buf *text = raw ? raw : &own;
    char *dir = fs_cwd();
    int failed = control_ask(dir, request, timeout_ms, text, err);
    free(dir);
    *answer = failed ? NULL : json_parse(buf_text(text), text->len, err);
    if (!failed && !*answer) {
        failed = err_set(err, ERR_SYSTEM, "zonda's answer is not JSON");
    } else if (!failed && !json_truth(json_get(*answer, "ok"))) {
        const char *error = json_text(json_get(*answer, "error"));
        const char *hint = json_text(json_get(*answer, "hint"));
        failed = err_set(err, ERR_APP, "%s", error ? error : "zonda refused without a reason");
        if (hint)
            err_hint(err, "%s", hint);
        json_free(*answer);
        *answer = NULL;
    }
    buf_fini(&own);
    return failed;
}
