#include "run/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/words.h"

#define SHELL_LINE_MAX ((size_t)1 << 20)

static int with_shell(const struct config *config, struct strs *argv, struct err *err)
{
    struct buf line = BUF_INIT(SHELL_LINE_MAX);
    const struct strs *lists[] = {&config->run.args, &config->app_args};
    (void)buf_puts(&line, config->run.command.line);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        STRS_EACH (arg, lists[i]) {
            (void)buf_putc(&line, ' ');
            words_quote(&line, *arg);
        }
    bool whole = !line.truncated;
    strs_push(argv, "/bin/sh");
    strs_push(argv, "-c");
    strs_push(argv, buf_text(&line));
    buf_fini(&line);
    return whole ? 0 : err_set(err, ERR_CONFIG, "the command of the app is longer than 1 MiB");
}

int run_command(const struct config *config, const char *artifact, struct strs *argv,
                struct err *err)
{
    const struct command *command = &config->run.command;
    if (command->words.len > 0) {
        strs_copy(argv, &command->words);
    } else if (command->line && *command->line) {
        if (words_need_shell(command->line))
            return with_shell(config, argv, err);
        int failed = words_split(command->line, argv, err);
        if (failed)
            return failed;
    } else if (artifact) {
        strs_push(argv, artifact);
    }
    if (argv->len == 0) {
        err_set(err, ERR_CONFIG,
                "there is no app to run: no command is set, and no build made one");
        err_hint(err, "set [run] command");
        return err->code;
    }
    strs_copy(argv, &config->run.args);
    strs_copy(argv, &config->app_args);
    return 0;
}

/* What stands behind --listen= or -l=, or in the word after --listen or -l; or NULL. */
static const char *listen_at(const struct strs *argv, size_t i)
{
    static const char *const NAMES[] = {"--listen", "-l"};
    for (size_t n = 0; n < sizeof NAMES / sizeof *NAMES; n++) {
        size_t len = strlen(NAMES[n]);
        if (strncmp(argv->at[i], NAMES[n], len) != 0)
            continue;
        if (argv->at[i][len] == '=')
            return argv->at[i] + len + 1;
        if (argv->at[i][len] == '\0' && i + 1 < argv->len)
            return argv->at[i + 1];
    }
    return NULL;
}

uint16_t run_debugger_port(const struct strs *argv)
{
    const char *listen = NULL;
    if (argv->len == 0 || strcmp(path_base(argv->at[0]), "dlv") != 0)
        return 0;
    for (size_t i = 1; i < argv->len && strcmp(argv->at[i], "--") != 0 && !listen; i++)
        listen = listen_at(argv, i);
    const char *colon = listen ? strrchr(listen, ':') : NULL;
    unsigned long port = colon ? strtoul(colon + 1, NULL, 10) : 0;
    return port <= UINT16_MAX ? (uint16_t)port : 0;
}
