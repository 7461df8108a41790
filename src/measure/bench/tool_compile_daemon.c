/* CompileDaemon, as of v1.4.0. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "measure/bench/tool_parts.h"

/* It splits commands at single blanks and knows no quotes. */
static int push_words(struct strs *argv, const char *option, const struct strs *words,
                      struct err *err)
{
    struct buf line = BUF_INIT((size_t)64 << 10);
    int result = 0;
    (void)buf_puts(&line, option);
    STRS_EACH (word, words) {
        if (!**word || strchr(*word, ' '))
            result = err_set(err, ERR_CONFIG,
                             "CompileDaemon splits its commands at blanks, and there is one in "
                             "\"%.200s\"",
                             *word);
        (void)buf_printf(&line, "%s%s", word == words->at ? "" : " ", *word);
    }
    strs_push(argv, buf_text(&line));
    buf_fini(&line);
    return result;
}

static int plan(const struct bench_subject *subject, const struct bench_place *place,
                struct bench_plan *plan, struct err *err)
{
    static const char *const WORDS[] = {NULL};
    char *output = tool_output(place, err);
    struct strs build = {0}, app = {0};
    if (!output)
        return err->code;
    tool_begin(plan, place, WORDS);
    strs_push(&build, "go");
    strs_push(&build, "build");
    strs_push(&build, "-o");
    strs_push(&build, output);
    strs_push(&build, subject->package);
    strs_push(&app, output);
    strs_copy(&app, &subject->args);
    int result = push_words(&plan->argv, "-build=", &build, err);
    if (result == 0)
        result = push_words(&plan->argv, "-command=", &app, err);
    strs_fini(&build);
    strs_fini(&app);
    free(output);
    return result;
}

const struct bench_tool TOOL_COMPILE_DAEMON = {
    .name = "CompileDaemon",
    .program = "CompileDaemon",
    .module = "github.com/githubnemo/CompileDaemon",
    .plan = plan,
};
