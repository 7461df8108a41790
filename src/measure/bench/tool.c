#include "measure/bench/tool.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/words.h"
#include "measure/bench/tool_parts.h"
#include "platform/fs.h"

#define LINE_BYTES_MAX ((size_t)64 << 10)

const struct bench_tool *const BENCH_TOOLS[] = {
    &TOOL_ZONDA, &TOOL_AIR,    &TOOL_COMPILE_DAEMON, &TOOL_FRESH,     &TOOL_GIN,    &TOOL_REFRESH,
    &TOOL_WGO,   &TOOL_REFLEX, &TOOL_ENTR,           &TOOL_WATCHEXEC, &TOOL_GO_RUN, NULL,
};

const struct bench_tool *bench_tool_find(const char *name)
{
    for (const struct bench_tool *const *tool = BENCH_TOOLS; *tool; tool++)
        if (strcmp((*tool)->name, name) == 0)
            return *tool;
    return NULL;
}

void bench_plan_fini(struct bench_plan *plan)
{
    strs_fini(&plan->argv);
    strs_fini(&plan->env);
    free(plan->input);
    *plan = (struct bench_plan){0};
}

const char *tool_own_file(const struct bench_place *place, const char *const *names)
{
    for (; *names; names++)
        if (fs_has_file(place->copy, *names))
            return *names;
    return NULL;
}

char *tool_output(const struct bench_place *place, struct err *err)
{
    char *dir = path_dir(place->output);
    const char *below = path_below(place->copy, place->output);
    int failed = fs_mkdirs(dir, 0755, err);
    free(dir);
    if (failed)
        return NULL;
    return below ? mem_format("./%s", below) : mem_string(place->output);
}

void tool_begin(struct bench_plan *plan, const struct bench_place *place, const char *const *words)
{
    strs_push(&plan->argv, place->path);
    strs_push_all(&plan->argv, words);
}

void tool_build_line(struct buf *line, const struct bench_subject *subject, const char *output)
{
    (void)buf_puts(line, "go build -o ");
    words_quote(line, output);
    (void)buf_putc(line, ' ');
    words_quote(line, subject->package);
}

void tool_app_line(struct buf *line, const struct bench_subject *subject, const char *output)
{
    words_quote(line, output);
    STRS_EACH (arg, &subject->args) {
        (void)buf_putc(line, ' ');
        words_quote(line, *arg);
    }
}

/* exec: else a shell stands between the tool and the app, and gets its signals. */
int tool_plan_shell(const struct bench_subject *subject, const struct bench_place *place,
                    const char *const *words, struct bench_plan *plan, struct err *err)
{
    char *output = tool_output(place, err);
    if (!output)
        return err->code;
    struct buf line = BUF_INIT(LINE_BYTES_MAX);
    tool_build_line(&line, subject, output);
    (void)buf_puts(&line, " && exec ");
    tool_app_line(&line, subject, output);
    tool_begin(plan, place, words);
    strs_push(&plan->argv, "sh");
    strs_push(&plan->argv, "-c");
    strs_push(&plan->argv, buf_text(&line));
    buf_fini(&line);
    free(output);
    return 0;
}
