/*
 * An app that runs under Delve: docs/debugging.md.
 *
 * Enter: where there are breakpoints Delve starts the app stopped, they are set, and it goes on.
 * Where one cannot be set, since its line is gone, that is said, and it is tried again in the next
 * version.
 *
 *   CreateBreakpoint, ToggleBreakpoint … → continue
 *
 * Leave: Delve would kill the app, and has it answer no question while the app runs. So the app is
 * halted, the breakpoints are taken over and removed, so that none holds up its end, and it goes
 * on; then it gets the stop signal, as an app without debugger does. When it has ended Delve is
 * ended. Where Delve refuses to talk it is asked to stop, and kills the app; where it does not
 * answer, stop_timeout ends both.
 *
 * Its clients are hung up on first. An editor's session in Delve (service/dap of its sources) has
 * the app go on whenever somebody else has halted it, until the editor's connection ends; then it
 * leaves everything as it is. One that connects again at once may do the same: where no answer
 * comes the halt was in vain, and all of it begins anew.
 *
 *   State → halt → ListBreakpoints → ClearBreakpoint … → continue, signal → SIGINT
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "run/delve.h"
#include "run/parts.h"

#define ENTER_MS     20000
#define HALT_MS      250 /* for the first halt; twice as long for each that follows */
#define CONTINUE_MAX 20  /* times that something else stops the app while it ends */

struct debugger {
    struct generation *generation;
    struct delve *delve;
    struct timer *halting; /* while it leaves, until the app stands; or NULL */
    uint32_t halt_ms;
    size_t next; /* breakpoint */
    size_t missing;
    char problem[256]; /* of the first that is missing */
    int app;           /* the leader of the app's group; 0: unknown */
    bool setting;      /* entering, and not all breakpoints are set yet */
    bool partial;      /* leaving one that was */
    bool asked;
    int continued;
};

/* --- the command --- */

int debugger_command(const struct generation *generation, struct strs *argv, struct err *err)
{
    const struct service *service = generation->service;
    struct strs app = *argv;
    *argv = (struct strs){0};
    strs_push(argv, service->current.config->debug.command);
    strs_push(argv, "exec");
    strs_push(argv, "--headless");
    strs_push(argv, "--accept-multiclient");
    strs_push(argv, "--api-version=2");
    strs_pushf(argv, "--listen=127.0.0.1:%u", generation->debug_port);
    if (!service->breakpoints.list.len)
        strs_push(argv, "--continue");
    strs_push(argv, app.at[0]);
    if (app.len > 1)
        strs_push(argv, "--");
    for (size_t i = 1; i < app.len; i++)
        strs_push(argv, app.at[i]);
    bool shell = app.len == 3 && strcmp(app.at[0], "/bin/sh") == 0;
    strs_fini(&app);
    if (!shell)
        return 0;
    err_set(err, ERR_CONFIG, "[debug] runs a Go program, and [run] command is a shell line");
    err_hint(err, "write [run] command without a shell: its environment belongs into [run] env");
    return err->code;
}

/* --- both ways --- */

static void say(struct debugger *debugger, const char *text)
{
    const struct service_events *events = &debugger->generation->service->events;
    events->on_notice(events->data, text);
}

static void call(struct debugger *debugger, const char *method, const char *params,
                 delve_answer_fn *answer)
{
    delve_call(debugger->delve, method, params, answer);
}

static void call_for(struct debugger *debugger, const char *method, int64_t id,
                     delve_answer_fn *answer)
{
    char params[48];
    (void)snprintf(params, sizeof params, "{\"Id\":%" PRId64 "}", id);
    call(debugger, method, params, answer);
}

void debugger_free(struct generation *generation)
{
    struct debugger *debugger = generation->debugger;
    if (!debugger)
        return;
    generation->debugger = NULL;
    delve_close(debugger->delve);
    timer_free(debugger->halting);
    free(debugger);
}

/* --- enter --- */

static void went_on(void *data, const struct json *result, const char *error)
{
    struct debugger *debugger = data;
    (void)result;
    (void)error;
    debugger_free(debugger->generation); /* it stopped somewhere, or ended: a client's matter */
}

static void go_on(struct debugger *debugger)
{
    char text[512];
    if (debugger->missing) {
        (void)snprintf(text, sizeof text, "%zu breakpoint%s could not be set again: %s",
                       debugger->missing, debugger->missing == 1 ? "" : "s", debugger->problem);
        say(debugger, text);
    }
    debugger->setting = false;
    delve_have_patience(debugger->delve);
    call(debugger, "Command", "{\"name\":\"continue\"}", went_on);
}

static void set_next(struct debugger *debugger);

static void toggled(void *data, const struct json *result, const char *error)
{
    (void)result;
    (void)error; /* enabled is better than lost */
    set_next(data);
}

static void set(void *data, const struct json *result, const char *error)
{
    struct debugger *debugger = data;
    struct breakpoint *one = &debugger->generation->service->breakpoints.list.at[debugger->next++];
    one->unset = error != NULL;
    one->id = json_number(json_get(json_get(result, "Breakpoint"), "id"), 0);
    if (error && debugger->missing++ == 0)
        (void)snprintf(debugger->problem, sizeof debugger->problem, "%s", error);
    if (!error && one->disabled)
        call_for(debugger, "ToggleBreakpoint", one->id, toggled);
    else
        set_next(debugger);
}

static void set_next(struct debugger *debugger)
{
    const struct breakpoints *breakpoints = &debugger->generation->service->breakpoints;
    if (debugger->next < breakpoints->list.len)
        call(debugger, "CreateBreakpoint", breakpoints->list.at[debugger->next].params, set);
    else
        go_on(debugger);
}

static void enter(void *data)
{
    set_next(data);
}

static void entering_failed(void *data, const char *why)
{
    struct debugger *debugger = data;
    char text[320];
    if (process_running(debugger->generation->process)) {
        (void)snprintf(
            text, sizeof text,
            "the breakpoints could not be set again in Delve: %s; the app may wait at its "
            "start for dlv connect 127.0.0.1:%u",
            why, debugger->generation->debug_port);
        say(debugger, text);
    }
    debugger_free(debugger->generation);
}

void debugger_enter(struct generation *generation)
{
    if (!generation->debug_ours || !generation->service->breakpoints.list.len)
        return;
    struct debugger *debugger = mem_new(1, sizeof *debugger);
    const struct delve_events events = {
        .on_open = enter, .on_failed = entering_failed, .data = debugger};
    debugger_free(generation);
    debugger->generation = generation;
    debugger->setting = true;
    generation->debugger = debugger;
    debugger->delve =
        delve_open(generation->service->loop, generation->debug_port, ENTER_MS, &events);
}

/* --- leave --- */

/* Delve lets the app go; it has no signal of its own for that. */
static void end_delve(struct debugger *debugger)
{
    struct generation *generation = debugger->generation;
    process_signal(generation->process, signal_number("INT"));
    debugger_free(generation);
}

static void ask_app(struct debugger *debugger)
{
    if (debugger->asked)
        return;
    debugger->asked = true;
    process_signal_group(debugger->app, debugger->generation->stop_signal);
}

static bool has_ended(const struct json *result, const char *error)
{
    return error || json_truth(json_get(json_get(result, "State"), "exited"));
}

static void resume(struct debugger *debugger);

static void ran(void *data, const struct json *result, const char *error)
{
    struct debugger *debugger = data;
    if (has_ended(result, error) || ++debugger->continued >= CONTINUE_MAX)
        end_delve(debugger);
    else
        resume(debugger);
}

static void resume(struct debugger *debugger)
{
    delve_have_patience(debugger->delve); /* stop_timeout bounds it */
    call(debugger, "Command", "{\"name\":\"continue\"}", ran);
    ask_app(debugger);
}

static void clear_next(struct debugger *debugger);

static void cleared(void *data, const struct json *result, const char *error)
{
    (void)result;
    (void)error; /* then it may stop there, and is continued */
    clear_next(data);
}

static void clear_next(struct debugger *debugger)
{
    const struct breakpoints *breakpoints = &debugger->generation->service->breakpoints;
    if (debugger->next < breakpoints->ids.len)
        call_for(debugger, "ClearBreakpoint", breakpoints->ids.at[debugger->next++], cleared);
    else
        resume(debugger);
}

static void listed(void *data, const struct json *result, const char *error)
{
    struct debugger *debugger = data;
    if (!error && !debugger->partial)
        breakpoints_read(&debugger->generation->service->breakpoints, result);
    clear_next(debugger);
}

/* The app stands still. One that has ended has breakpoints all the same. */
static void halted(void *data, const struct json *result, const char *error)
{
    struct debugger *debugger = data;
    timer_stop(debugger->halting);
    if (!error)
        debugger->app = (int)json_number(json_get(json_get(result, "State"), "Pid"), 0);
    call(debugger, "ListBreakpoints", "{\"All\":false}", listed);
}

static void got_state(void *data, const struct json *result, const char *error)
{
    if (!error && json_truth(json_get(json_get(result, "State"), "Running")))
        call(data, "Command", "{\"name\":\"halt\"}", halted);
    else
        halted(data, result, error);
}

static void leave(void *data)
{
    call(data, "State", "{\"NonBlocking\":true}", got_state);
}

static void leaving_failed(void *data, const char *why)
{
    struct debugger *debugger = data;
    struct generation *generation = debugger->generation;
    (void)why;
    if (process_running(generation->process))
        process_signal(generation->process, generation->stop_signal);
    debugger_free(generation);
}

void debugger_hang_up(const struct generation *generation)
{
    if (generation->debug_port)
        process_hang_up(process_root(generation->process), generation->debug_port);
}

static void try_to_leave(void *data)
{
    struct debugger *debugger = data;
    struct generation *generation = debugger->generation;
    const struct delve_events events = {
        .on_open = leave, .on_failed = leaving_failed, .data = debugger};
    delve_close(debugger->delve);
    debugger_hang_up(generation);
    debugger->delve = delve_open(generation->service->loop, generation->debug_port,
                                 generation->stop_timeout_ms, &events);
    timer_start(debugger->halting, debugger->halt_ms);
    debugger->halt_ms *= 2;
}

void debugger_leave(struct generation *generation)
{
    bool partial = generation->debugger && generation->debugger->setting;
    if (!process_running(generation->process))
        return;
    debugger_free(generation);
    generation->debugger = mem_new(1, sizeof *generation->debugger);
    *generation->debugger =
        (struct debugger){.generation = generation, .partial = partial, .halt_ms = HALT_MS};
    generation->debugger->halting =
        timer_new(generation->service->loop, try_to_leave, generation->debugger);
    try_to_leave(generation->debugger);
}
