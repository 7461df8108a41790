#include "measure/bench/floor_trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"

void floor_put_work(const char *text, const char *work, struct buf *out)
{
    static const char NAME[] = "$WORK";
    for (const char *at; (at = strstr(text, NAME)); text = at + sizeof NAME - 1) {
        (void)buf_append(out, text, (size_t)(at - text));
        (void)buf_puts(out, work);
    }
    (void)buf_puts(out, text);
}

static bool is_assignment(const char *word)
{
    size_t len = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
    return len > 0 && word[len] == '=';
}

/* "GOROOT='/usr/lib/go' /usr/lib/go/…/link -o …" */
static bool take_line(struct floor_step *step, const char *line, const char *dir)
{
    struct strs words = {0};
    struct err ignored;
    bool good = words_split(line, &words, &ignored) == 0;
    size_t i = 0;
    for (; good && i < words.len && is_assignment(words.at[i]); i++)
        strs_push(&step->env, words.at[i]);
    for (; good && i < words.len; i++)
        strs_push(&step->argv, words.at[i]);
    strs_fini(&words);
    step->dir = mem_string(dir);
    return good && step->argv.len > 0;
}

static bool runs_tool(const char *line, const char *tool)
{
    const char *at = strstr(line, tool);
    return at && at > line && at[-1] == '/' && at[strlen(tool)] == ' ';
}

/* Is this the compile of the package of this import path? */
static bool compiles(const char *line, const char *package)
{
    char *option = mem_format(" -p %s ", package);
    bool does = runs_tool(line, "compile") && strstr(line, option);
    free(option);
    return does;
}

bool floor_read_trace(char *text, const char *package, const char *dir, struct floor_step *compile,
                      struct floor_step *link)
{
    int compiled = 0, linked = 0;
    char *now = mem_string(dir);
    for (char *line = text, *next; *line; line = next) {
        size_t len = strcspn(line, "\n");
        next = line + len + (line[len] == '\n');
        line[len] = '\0';
        if (strncmp(line, "cd ", 3) == 0)
            mem_replace(&now, line + 3);
        else if (compiles(line, package))
            compiled += take_line(compile, line, now) ? 1 : 2;
        else if (runs_tool(line, "link"))
            linked += take_line(link, line, now) ? 1 : 2;
    }
    free(now);
    return compiled == 1 && linked == 1;
}

void floor_step_fini(struct floor_step *step)
{
    strs_fini(&step->argv);
    strs_fini(&step->env);
    free(step->dir);
    *step = (struct floor_step){0};
}
