/* What air runs and how: full_bin, entrypoint, bin, args_bin; stopping; running again. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/words.h"
#include "compat/air_parts.h"
#include "config/value.h"

#define LINE_BYTES_MAX   ((size_t)1 << 20)
#define RERUN_DELAY_MS   500
#define RETRIES_FOR_EVER 1000000
#define NS_PER_MS        1000000

/* --- what is run --- */

static bool same_path(const char *a, const char *b)
{
    char *clean_a = path_clean(a), *clean_b = path_clean(b);
    bool same = strcmp(clean_a, clean_b) == 0;
    free(clean_a);
    free(clean_b);
    return same;
}

/* Is this file what the build makes: does it lie in tmp_dir, or does the build command name it? */
static bool is_made(const struct air *air, const char *path)
{
    struct strs words = {0};
    struct err err;
    char *clean = path_clean(path);
    bool is = path_below(air->tmp_dir, clean) != NULL;
    free(clean);
    if (!is && words_split(air->config->build.command.line, &words, &err) == 0)
        STRS_EACH (word, &words)
            is = is || same_path(*word, path);
    strs_fini(&words);
    return is;
}

/* [program, argument, …]; a program without '/' is looked for in PATH. */
static void take_entrypoint(struct air *air, const struct node *node)
{
    struct config_run *run = &air->config->run;
    struct strs words = {0};
    if (node->kind == NODE_STRING)
        strs_push(&words, node->text);
    NODES_EACH(word, node)
    strs_push(&words, word->text);
    if (!*words.at[0]) {
        reading_error(air->reading, place_of_value(node), "name the program: [\"./tmp/main\"]",
                      "entrypoint begins with an empty word");
    } else if (strchr(words.at[0], '/') && is_made(air, words.at[0])) {
        air_set_text(air, "build", "output", words.at[0], node);
        for (size_t i = 1; i < words.len; i++)
            strs_push(&run->args, words.at[i]);
    } else {
        strs_copy(&run->command.words, &words);
        reading_came(air->reading, "run", "command", node);
    }
    strs_fini(&words);
}

static void take_line(struct air *air, const struct node *node)
{
    struct err err;
    if (value_check_command(node->key, node->text, &err) != 0) {
        reading_err(air->reading, place_of_value(node), &err);
        return;
    }
    mem_replace(&air->config->run.command.line, node->text);
    reading_came(air->reading, "run", "command", node);
}

static void take_bin(struct air *air, const struct node *bin)
{
    if (!air_has_text(bin)) {
        free(air->config->build.output);
        air->config->build.output = mem_format("%s/main", air->tmp_dir);
        return;
    }
    if (strpbrk(bin->text, " \t")) {
        reading_warning(air->reading, place_of_value(bin), "call the key full_bin",
                        "bin holds a command line, but it is the name of a file");
        take_line(air, bin);
        return;
    }
    air_set_text(air, "build", "output", bin->text, bin);
}

static void read_program(struct air *air)
{
    const struct node *full_bin = air_build(air, "full_bin");
    const struct node *entrypoint = air_build(air, "entrypoint");
    bool has_entrypoint = air_has_text(entrypoint) || (entrypoint && entrypoint->len);
    if (air_has_text(full_bin))
        take_line(air, full_bin);
    else if (has_entrypoint)
        take_entrypoint(air, entrypoint);
    else
        take_bin(air, air_build(air, "bin"));
}

/* The command so far as a line for the shell, without run.args. */
static void write_line(const struct air *air, struct buf *line)
{
    const struct config_run *run = &air->config->run;
    if (run->command.line && *run->command.line) {
        (void)buf_puts(line, run->command.line);
    } else if (run->command.words.len) {
        STRS_EACH (word, &run->command.words) {
            (void)buf_puts(line, word == run->command.words.at ? "" : " ");
            words_quote(line, *word);
        }
    } else {
        /* "tmp/main" is a path for air, not a name to be looked for. */
        const char *output = air->config->build.output;
        char *path = strchr(output, '/') ? mem_string(output) : mem_format("./%s", output);
        words_quote(line, path);
        free(path);
    }
    STRS_EACH (arg, &run->args) {
        (void)buf_putc(line, ' ');
        words_quote(line, *arg);
    }
}

/* air joins the arguments by blanks and gives the line to a shell: "-p 80" are two words, and $NAME
   is expanded. What needs no shell is split here. */
static void read_arguments(struct air *air)
{
    const struct node *args_bin = air_build(air, "args_bin");
    struct config_run *run = &air->config->run;
    bool needs_shell = false;
    struct err err;
    if (!args_bin || args_bin->len == 0)
        return;
    NODES_EACH(arg, args_bin)
    {
        /* As an argument: no word of the shell's stands first. */
        char *line = mem_format("- %s", arg->text);
        struct strs words = {0};
        bool shell = words_need_shell(line);
        if (!shell && words_split(arg->text, &words, &err) != 0)
            reading_err(air->reading, place_of_value(arg), &err);
        needs_shell = needs_shell || shell;
        strs_fini(&words);
        free(line);
    }
    struct buf line = BUF_INIT(LINE_BYTES_MAX);
    if (needs_shell)
        write_line(air, &line);
    NODES_EACH(arg, args_bin)
    {
        if (needs_shell)
            (void)buf_printf(&line, " %s", arg->text);
        else
            (void)words_split(arg->text, &run->args, &err);
    }
    if (needs_shell) {
        strs_clear(&run->command.words);
        strs_clear(&run->args);
        mem_replace(&run->command.line, buf_text(&line));
    }
    reading_came(air->reading, "run", "args", args_bin);
    buf_fini(&line);
}

/* --- how it stops --- */

/* Go's durations: zonda's, and units below a millisecond, which are rounded up. False: no duration.
 */
static bool read_delay(const struct node *node, uint64_t *ms, struct err *err)
{
    static const char *const small[] = {"ns", "us", "µs", "μs"};
    if (node->kind == NODE_INT) {
        /* air reads what is below 1 ms as milliseconds: 500 is "500ms". */
        uint64_t number = (uint64_t)node->number;
        *ms = number < NS_PER_MS ? number : number / NS_PER_MS;
        return true;
    }
    size_t digits = strspn(node->text, "0123456789.");
    for (size_t i = 0; digits && i < sizeof small / sizeof *small; i++)
        if (strcmp(node->text + digits, small[i]) == 0) {
            double factor = i == 0 ? 1e-6 : 1e-3;
            double exact = strtod(node->text, NULL) * factor;
            *ms = exact < 1e9 ? (uint64_t)exact : (uint64_t)1000000000;
            *ms += (double)*ms < exact;
            return true;
        }
    return value_duration(node->text, ms, err) == 0;
}

static void read_stop(struct air *air)
{
    const struct node *interrupt = air_get(air, "build", "send_interrupt");
    const struct node *delay = air_get(air, "build", "kill_delay");
    struct config_run *run = &air->config->run;
    uint64_t delay_ms = 0;
    struct err err;
    bool graceful = air_is_true(interrupt);
    (void)value_set_string(schema_find("run", "stop_signal"), air->config,
                           graceful ? "SIGINT" : "SIGKILL", &err);
    if (interrupt)
        reading_came(air->reading, "run", "stop_signal", interrupt);
    run->stop_timeout_ms = 0;
    if (!delay)
        return;
    if (!read_delay(delay, &delay_ms, &err)) {
        reading_error(air->reading, place_of_value(delay), err.hint, "kill_delay is %s",
                      err.message);
        return;
    }
    air_set_number(air, "run", "stop_timeout", delay_ms, delay);
    if (delay_ms && !graceful)
        reading_warning(air->reading, place_of_value(delay),
                        "set send_interrupt = true: then it gets SIGINT first",
                        "kill_delay does nothing without send_interrupt: the app gets SIGKILL at "
                        "once, as with air");
}

/* --- when it ends by itself --- */

static void read_again(struct air *air)
{
    const struct node *rerun = air_get(air, "build", "rerun");
    const struct node *delay = air_get(air, "build", "rerun_delay");
    const struct node *restarts = air_get(air, "build", "max_restarts");
    struct config_run *run = &air->config->run;
    if (!restarts)
        restarts = air_get(air, "", "max_restarts");
    run->restart = air_is_true(rerun) ? RESTART_ALWAYS : RESTART_NEVER;
    run->restart_delay_ms = RERUN_DELAY_MS;
    if (air_is_true(rerun))
        run->max_retries = RETRIES_FOR_EVER;
    if (rerun)
        reading_came(air->reading, "run", "restart", rerun);
    if (delay)
        air_set_number(air, "run", "restart_delay", (uint64_t)delay->number, delay);
    if (!restarts)
        return;
    /* Whoever gives a number of restarts wants them, unless rerun says the contrary. */
    if (!rerun && restarts->number > 0)
        run->restart = RESTART_ON_FAILURE;
    air_set_number(air, "run", "max_retries", (uint64_t)restarts->number, restarts);
}

void air_read_run(struct air *air)
{
    const struct node *post_cmd = air_build(air, "post_cmd");
    read_program(air);
    read_arguments(air);
    read_stop(air);
    read_again(air);
    if (!post_cmd)
        return;
    NODES_EACH(line, post_cmd)
    if (*line->text)
        strs_push(&air->config->run.on_quit, line->text);
    reading_came(air->reading, "run", "on_quit", post_cmd);
}
