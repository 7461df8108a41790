#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "build/tmp_dir.h"
#include "engine/state.h"
#include "platform/environment.h"
#include "platform/fs.h"
#include "platform/terminal.h"

#define NAMES_SHOWN 6

/* "shop", or "api, web, worker". */
static void names_of(const struct supervisor *supervisor, struct buf *out)
{
    const struct config *config = supervisor->config;
    size_t len = config->services.len;
    if (!len)
        (void)buf_puts(out, supervisor->name);
    else if (len > NAMES_SHOWN)
        (void)buf_printf(out, "%zu services", len);
    for (size_t i = 0; i < len && len <= NAMES_SHOWN; i++)
        (void)buf_printf(out, "%s%s", i ? ", " : "", config->services.at[i]->service);
}

static void tell_start(struct supervisor *supervisor, const struct problems *warnings)
{
    const struct config *config = supervisor->config;
    struct buf text = BUF_INIT(512);
    names_of(supervisor, &text);
    (void)buf_printf(&text, " · %s",
                     config->file ? path_show(config->root, config->file)
                                  : "no configuration file");
    struct event event = {.kind = EVENT_ZONDA_STARTED, .level = LOG_INFO, .text = buf_text(&text)};
    bus_publish(supervisor->bus, &event);
    buf_fini(&text);
    VEC_EACH (const struct problem, problem, &warnings->list) {
        char place[PROBLEM_PLACE_BYTES];
        announce(supervisor, LOG_WARN, problem->hint, "%s: %s",
                 problem_place(problem, place, sizeof place), problem->message);
    }
}

/* Moves targets, one for each engine. */
static int open_engines(struct supervisor *supervisor, struct target *targets, struct err *err)
{
    struct config *whole = supervisor->config;
    for (size_t i = 0; i < (whole->services.len ? whole->services.len : 1); i++) {
        struct config *config = whole->services.len ? whole->services.at[i] : whole;
        struct engine *engine = engine_open(supervisor, config, &targets[i], err);
        if (!engine)
            return err->code;
        vec_push(&supervisor->engines, engine);
    }
    return 0;
}

static int open_all(struct supervisor *supervisor, struct target *targets,
                    const struct problems *warnings, struct err *err)
{
    supervisor->loop = loop_new(err);
    if (!supervisor->loop || process_init(supervisor->loop, err) != 0 ||
        input_signals(supervisor, err) != 0)
        return err->code;
    if (tmp_dir_make(supervisor->config->tmp_dir, err) != 0)
        return err->code;
    environment_read(&supervisor->environment);
    supervisor->tty = terminal_is_tty(1);
    supervisor->sweep = timer_new(supervisor->loop, services_sweep, supervisor);
    outputs_open(supervisor);
    tell_start(supervisor, warnings);
    browser_open(supervisor);
    requests_open(supervisor);
    input_open(supervisor);
    return open_engines(supervisor, targets, err);
}

static void clean(struct supervisor *supervisor)
{
    struct err err;
    if (supervisor->config->clean_on_exit && fs_remove_tree(supervisor->config->tmp_dir, &err) != 0)
        announce_err(supervisor, LOG_WARN, &err);
}

static void close_all(struct supervisor *supervisor)
{
    if (supervisor->control)
        control_close(supervisor->control);
    waiters_fini(supervisor);
    ENGINES_EACH (engine, supervisor)
        engine_close(*engine);
    if (supervisor->signals)
        input_fini(supervisor);
    browser_fini(supervisor);
    if (supervisor->bus)
        outputs_fini(supervisor);
    timer_free(supervisor->patience);
    timer_free(supervisor->sweep);
    process_fini();
    loop_free(supervisor->loop);
    ENGINES_EACH (engine, supervisor)
        engine_drop(*engine);
    vec_fini(&supervisor->engines);
    gostore_drop(supervisor->store);
    config_free(supervisor->config);
    strs_fini(&supervisor->environment);
    free(supervisor->name);
}

/* What each service builds and runs. */
static int find_targets(const struct config *whole, struct target *targets, struct err *err)
{
    if (!whole->services.len)
        return target_find(whole, &targets[0], err);
    for (size_t i = 0; i < whole->services.len; i++) {
        const struct config *config = whole->services.at[i];
        if (target_find(config, &targets[i], err) != 0) {
            char *message = mem_string(err->message), *hint = mem_string(err->hint);
            err_set(err, ERR_CONFIG, "service %s: %s", config->service, message);
            err_hint(err, "%s", hint);
            free(message);
            free(hint);
            return ERR_CONFIG;
        }
    }
    return 0;
}

int engine_run(const struct config_request *request, struct config *config,
               const struct problems *warnings, struct err *err)
{
    struct supervisor *supervisor = mem_new(1, sizeof *supervisor);
    size_t len = config->services.len ? config->services.len : 1;
    struct target *targets = mem_new(len, sizeof *targets);
    supervisor->request = request;
    supervisor->config = config;
    int result = find_targets(config, targets, err);
    if (result == 0) {
        supervisor->name = mem_string(config->services.len ? WHOLE_NAME : targets[0].name);
        result = open_all(supervisor, targets, warnings, err);
    }
    if (result == 0) {
        loop_run(supervisor->loop);
        clean(supervisor);
    }
    for (size_t i = 0; i < len; i++)
        target_fini(&targets[i]); /* those that no engine has taken */
    free(targets);
    close_all(supervisor);
    free(supervisor);
    return result;
}
