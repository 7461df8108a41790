#include "measure/bench/floor_trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
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

/* "." is where the go command ran. */
static char *directory(const char *dir, const char *name)
{
    char *joined = path_join(dir, name), *clean = path_clean(joined);
    free(joined);
    return clean;
}

/* "GOROOT='/usr/lib/go' /usr/lib/go/…/link -o …"; what is no command line is an empty step. */
static struct floor_step read_line(const char *line, const char *dir)
{
    struct floor_step step = {0};
    struct strs words = {0};
    struct err ignored; /* the text of a file, written by `cat` */
    size_t i = 0;
    if (words_split(line, &words, &ignored) != 0)
        strs_clear(&words);
    for (; i < words.len && is_assignment(words.at[i]); i++)
        strs_push(&step.env, words.at[i]);
    for (; i < words.len; i++)
        strs_push(&step.argv, words.at[i]);
    strs_fini(&words);
    step.dir = mem_string(dir);
    return step;
}

static bool runs(const struct floor_step *step, const char *tool)
{
    return step->argv.len > 1 && path_is_absolute(step->argv.at[0]) &&
           strcmp(path_base(step->argv.at[0]), tool) == 0;
}

/* Is this the compile of the package of this import path? */
static bool compiles(const struct floor_step *step, const char *package)
{
    for (size_t i = 1; runs(step, "compile") && i + 1 < step->argv.len; i++)
        if (strcmp(step->argv.at[i], "-p") == 0)
            return strcmp(step->argv.at[i + 1], package) == 0;
    return false;
}

/* Counts it, and keeps the last one. */
static int keep(struct floor_step *kept, struct floor_step *step)
{
    floor_step_fini(kept);
    *kept = *step;
    *step = (struct floor_step){0};
    return 1;
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
        struct floor_step step = read_line(line, now);
        if (strncmp(line, "cd ", 3) == 0) {
            free(now);
            now = directory(dir, line + 3);
        } else if (compiles(&step, package)) {
            compiled += keep(compile, &step);
        } else if (runs(&step, "link")) {
            linked += keep(link, &step);
        }
        floor_step_fini(&step);
    }
    free(now);
    bool found = compiled == 1 && linked == 1;
    if (!found) {
        floor_step_fini(compile);
        floor_step_fini(link);
    }
    return found;
}

void floor_step_fini(struct floor_step *step)
{
    strs_fini(&step->argv);
    strs_fini(&step->env);
    free(step->dir);
    *step = (struct floor_step){0};
}
