#include "engine/state.h"

#include <string.h>

#include "platform/fs.h"
#include "platform/terminal.h"

#define IN_FD 0

static const char KEYS_HELP[] = "r  restart the app          b  build and restart\n"
                                "c  clear the screen         q  quit (^C too; twice: at once)\n"
                                "?  this help\n";

static void key(struct engine *engine, char character)
{
    switch (character) {
    case 'r':
        line_force(engine, CAUSE_KEY, ACTION_RESTART);
        break;
    case 'b':
        line_force(engine, CAUSE_KEY, ACTION_BUILD);
        break;
    case 'c':
        if (engine->view)
            terminal_view_clear(engine->view);
        break;
    case 'q':
        quit(engine, "q was pressed");
        break;
    case '?':
    case 'h':
        if (engine->view)
            terminal_view_print(engine->view, KEYS_HELP);
        break;
    default: /* a stray key is no news */
        break;
    }
}

static void readable(void *data, int events)
{
    struct engine *engine = data;
    char bytes[4096];
    (void)events;
    long got = fs_fd_read(IN_FD, bytes, engine->keys ? 16 : sizeof bytes);
    if (got <= 0) { /* the terminal has gone, or the pipe has ended */
        io_free(engine->input);
        engine->input = NULL;
        return;
    }
    if (!engine->keys) {
        service_input(engine->service, bytes, (size_t)got);
        return;
    }
    for (long i = 0; i < got; i++)
        key(engine, bytes[i]);
}

static void signalled(void *data, int signal)
{
    struct engine *engine = data;
    const char *name = signal_name(signal);
    struct err err;
    if (strcmp(name, "SIGWINCH") == 0) {
        service_resize(engine->service);
    } else if (strcmp(name, "SIGCONT") == 0) {
        if (engine->keys)
            (void)terminal_keys_on(IN_FD, &err); /* the shell may have changed the terminal */
    } else if (strcmp(name, "SIGUSR1") == 0) {
        line_force(engine, CAUSE_SIGNAL, ACTION_BUILD);
    } else {
        quit(engine, name);
    }
}

int input_signals(struct engine *engine, struct err *err)
{
    engine->signals = signals_open(engine->loop, signalled, engine, err);
    return engine->signals ? 0 : err->code;
}

void input_open(struct engine *engine)
{
    const struct config *config = engine->config;
    struct err err;
    /* In `zonda | less` the keys are the pager's. */
    engine->keys =
        config->terminal.keys && !config->run.stdin_to_app && engine->tty && terminal_is_tty(IN_FD);
    if (engine->keys && terminal_keys_on(IN_FD, &err) != 0) {
        notice_err(engine, LOG_WARN, &err);
        engine->keys = false;
    }
    if (engine->keys || (config->run.stdin_to_app && fs_fd_can_wait(IN_FD))) {
        engine->input = io_new(engine->loop, IN_FD, readable, engine);
        io_want(engine->input, IO_READ);
    }
}

void input_fini(struct engine *engine)
{
    io_free(engine->input);
    terminal_keys_off();
    signals_close(engine->signals);
}
