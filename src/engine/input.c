#include "engine/state.h"

#include <string.h>

#include "platform/fs.h"
#include "platform/terminal.h"

#define IN_FD 0

static const char KEYS_HELP[] = "r  restart the app          b  build and restart\n"
                                "c  clear the screen         q  quit (^C too; twice: at once)\n"
                                "?  this help\n";

/* Of all services. */
static void force(struct supervisor *supervisor, enum reload_cause cause, enum action action)
{
    ENGINES_EACH (engine, supervisor)
        line_force(*engine, cause, action);
}

static void key(struct supervisor *supervisor, char character)
{
    switch (character) {
    case 'r':
        force(supervisor, CAUSE_KEY, ACTION_RESTART);
        break;
    case 'b':
        force(supervisor, CAUSE_KEY, ACTION_BUILD);
        break;
    case 'c':
        if (supervisor->view)
            terminal_view_clear(supervisor->view);
        break;
    case 'q':
        quit(supervisor, "q was pressed");
        break;
    case '?':
    case 'h':
        if (supervisor->view)
            terminal_view_print(supervisor->view, KEYS_HELP);
        break;
    default: /* a stray key is no news */
        break;
    }
}

static void readable(void *data, int events)
{
    struct supervisor *supervisor = data;
    char bytes[4096];
    (void)events;
    long got = fs_fd_read(IN_FD, bytes, supervisor->keys ? 16 : sizeof bytes);
    if (got <= 0) { /* the terminal has gone, or the pipe has ended */
        io_free(supervisor->input);
        supervisor->input = NULL;
        return;
    }
    if (!supervisor->keys) {
        ENGINES_EACH (engine, supervisor)
            if ((*engine)->config->run.stdin_to_app)
                service_input((*engine)->service, bytes, (size_t)got);
        return;
    }
    for (long i = 0; i < got; i++)
        key(supervisor, bytes[i]);
}

static void signalled(void *data, int signal)
{
    struct supervisor *supervisor = data;
    const char *name = signal_name(signal);
    struct err err;
    if (strcmp(name, "SIGWINCH") == 0) {
        ENGINES_EACH (engine, supervisor)
            service_resize((*engine)->service);
    } else if (strcmp(name, "SIGCONT") == 0) {
        if (supervisor->keys)
            (void)terminal_keys_on(IN_FD, &err); /* the shell may have changed the terminal */
    } else if (strcmp(name, "SIGUSR1") == 0) {
        force(supervisor, CAUSE_SIGNAL, ACTION_BUILD);
    } else {
        quit(supervisor, name);
    }
}

int input_signals(struct supervisor *supervisor, struct err *err)
{
    supervisor->signals = signals_open(supervisor->loop, signalled, supervisor, err);
    return supervisor->signals ? 0 : err->code;
}

/* Does an app read what is typed? */
static bool is_for_app(const struct config *config)
{
    bool is = !config->services.len && config->run.stdin_to_app;
    for (size_t i = 0; i < config->services.len; i++)
        is = is || config->services.at[i]->run.stdin_to_app;
    return is;
}

void input_open(struct supervisor *supervisor)
{
    const struct config *config = supervisor->config;
    bool for_app = is_for_app(config);
    struct err err;
    /* In `zonda | less` the keys are the pager's. */
    supervisor->keys =
        config->terminal.keys && !for_app && supervisor->tty && terminal_is_tty(IN_FD);
    if (supervisor->keys && terminal_keys_on(IN_FD, &err) != 0) {
        announce_err(supervisor, LOG_WARN, &err);
        supervisor->keys = false;
    }
    if (supervisor->keys || (for_app && fs_fd_can_wait(IN_FD))) {
        supervisor->input = io_new(supervisor->loop, IN_FD, readable, supervisor);
        io_want(supervisor->input, IO_READ);
    }
}

void input_fini(struct supervisor *supervisor)
{
    io_free(supervisor->input);
    terminal_keys_off();
    signals_close(supervisor->signals);
}
