/* air's build: cmd with what runs before it, and the file that it leaves for failed builds. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"
#include "compat/air_parts.h"
#include "config/value.h"

/* The default of air, whose binary lies in tmp_dir. Heap. */
static char *default_line(const struct air *air)
{
    struct buf line = BUF_INIT((size_t)16 << 10);
    char *binary = mem_format("%s%s/main", *air->tmp_dir == '/' ? "" : "./", air->tmp_dir);
    (void)buf_puts(&line, "go build -o ");
    words_quote(&line, binary);
    (void)buf_puts(&line, " .");
    char *text = buf_steal(&line);
    free(binary);
    buf_fini(&line);
    return text;
}

static void read_command(struct air *air)
{
    const struct node *cmd = air_build(air, "cmd");
    struct command *command = &air->config->build.command;
    struct err err;
    if (air_has_text(cmd) && value_check_command(cmd->key, cmd->text, &err) == 0) {
        mem_replace(&command->line, cmd->text);
        reading_came(air->reading, "build", "command", cmd);
        return;
    }
    char *line = default_line(air);
    if (air_has_text(cmd)) {
        reading_err(air->reading, place_of_value(cmd), &err);
    } else if (cmd) {
        char *hint = mem_format("as with air, this is run: %s", line);
        reading_warning(air->reading, place_of_value(cmd), hint,
                        "cmd is empty, which air takes for its default");
        free(hint);
    }
    free(command->line);
    command->line = line;
}

/* A command of pre_cmd that fails does not keep air from building, unless stop_on_error is set. */
static void push_tolerant(struct strs *out, const char *line)
{
    static const char told[] = "echo 'pre_cmd failed; the build goes on, as with air' >&2";
    struct strs words = {0};
    struct err err;
    if (words_need_shell(line))
        strs_pushf(out, "{ %s\n} || %s", line, told);
    else if (words_split(line, &words, &err) == 0)
        strs_pushf(out, "%s || %s", line, told);
    else
        strs_push(out, line); /* a quote is open: the shell would say so as well */
    strs_fini(&words);
}

static void read_before(struct air *air)
{
    const struct node *pre_cmd = air_build(air, "pre_cmd");
    if (!pre_cmd)
        return;
    NODES_EACH(line, pre_cmd)
    {
        if (!*line->text)
            continue;
        if (air->config->build.stop_on_error)
            strs_push(&air->config->build.before, line->text);
        else
            push_tolerant(&air->config->build.before, line->text);
    }
    reading_came(air->reading, "build", "before", pre_cmd);
}

void air_read_build(struct air *air)
{
    const struct node *log = air_get(air, "build", "log");
    const struct node *stop_on_error = air_get(air, "build", "stop_on_error");
    if (stop_on_error)
        air_set_bool(air, "build", "stop_on_error", air_is_true(stop_on_error), stop_on_error);
    read_command(air);
    read_before(air);
    mem_replace(&air->config->build.error_log, log ? log->text : "build-errors.log");
    if (log)
        reading_came(air->reading, "build", "error_log", log);
}
