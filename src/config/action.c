#include "config/action.h"

#include <string.h>

#include "platform/process.h"

static const char *const names[] = {
    [ACTION_IGNORE] = "ignore", [ACTION_REFRESH] = "refresh", [ACTION_RUN] = "run",
    [ACTION_SIGNAL] = "signal", [ACTION_RESTART] = "restart", [ACTION_BUILD] = "build",
};

const char *action_name(enum action action)
{
    return (size_t)action < sizeof names / sizeof *names ? names[action] : "unknown";
}

int action_parse(const char *text, enum action *action, int *signal, struct err *err)
{
    if (strncmp(text, "signal:", 7) == 0) {
        *action = ACTION_SIGNAL;
        *signal = signal_number(text + 7);
        if (*signal > 0)
            return 0;
        err_set(err, ERR_CONFIG, "action names the signal '%.64s', which is not known", text + 7);
        err_hint(err, "write a name such as signal:HUP, signal:USR1 or signal:TERM");
        return ERR_CONFIG;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (i != ACTION_SIGNAL && strcmp(text, names[i]) == 0) {
            *action = (enum action)i;
            return 0;
        }
    err_set(err, ERR_CONFIG, "action is '%.64s', which is not known", text);
    if (strcmp(text, "signal") == 0)
        err_hint(err, "name the signal, too: signal:HUP");
    else
        err_hint(err, "one of build, restart, signal:NAME, refresh, run, ignore");
    return ERR_CONFIG;
}
