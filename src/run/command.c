#include "run/command.h"

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
