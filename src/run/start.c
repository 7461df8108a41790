/* A generation begins: its command, its environment, its descriptors, its process. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "run/command.h"
#include "run/parts.h"

#define GODEBUG_BYTES_MAX 4096

void request_fini(struct request *request)
{
    strs_fini(&request->env);
    free(request->artifact);
    *request = (struct request){0};
}

static void process_ended(void *data, struct exit_status status)
{
    struct generation *generation = data;
    generation->status = status;
    life_dispatch(generation, LIFE_EXIT);
}

static void process_left(void *data)
{
    life_dispatch(data, LIFE_GONE);
}

static void timer_fired(void *data)
{
    life_dispatch(data, LIFE_TIMER);
}

static void set_number(const struct generation *generation, struct strs *env)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%" PRIu64, generation->number);
    strs_env_set(env, "ZONDA_GENERATION", number);
}

/* Go 1.24 and later listen by MPTCP, whose sockets take no SO_ATTACH_REUSEPORT_CBPF (socket(7)): no
   program could say which of two versions gets a connection. https://go.dev/doc/godebug */
static void set_plain_tcp(const struct generation *generation, struct strs *env)
{
    const char *given = strs_env_get(env, "GODEBUG");
    struct buf value = BUF_INIT(GODEBUG_BYTES_MAX);
    if (!generation->service->current.config->run.handoff ||
        (given && strstr(given, "multipathtcp=")))
        return;
    if (buf_printf(&value, "%s%smultipathtcp=0", given ? given : "", given && *given ? "," : "") ==
        0)
        strs_env_set(env, "GODEBUG", buf_text(&value));
    buf_fini(&value);
}

static void take_rules(struct generation *generation)
{
    const struct config_run *run = &generation->service->current.config->run;
    generation->rules = (struct policy_rules){.restart = run->restart,
                                              .restart_delay_ms = run->restart_delay_ms,
                                              .max_retries = run->max_retries,
                                              .max_restarts = run->max_restarts};
    generation->stop_signal = run->stop_signal;
    generation->stop_timeout_ms = run->stop_timeout_ms;
    generation->ready_timeout_ms = run->ready_timeout_ms;
    generation->debug_port = (uint16_t)generation->service->current.config->debug.port;
    generation->debug_ours = generation->debug_port != 0;
}

static struct generation *generation_new(struct service *service)
{
    struct generation *generation = mem_new(1, sizeof *generation);
    generation->service = service;
    generation->number = service->started + 1;
    generation->timer = timer_new(service->loop, timer_fired, generation);
    generation->out.fd = generation->err_out.fd = generation->in.fd = -1;
    buf_init(&generation->input, SERVICE_INPUT_MAX);
    take_rules(generation);
    return generation;
}

void generation_free(struct generation *generation)
{
    timer_free(generation->timer);
    handoff_child_free(generation->handoff);
    threads_free(generation->threads);
    late_file_free(generation->state_in);
    debugger_free(generation);
    buf_fini(&generation->input);
    sign_fini(generation);
    free(generation);
}

static int spawn_app(struct generation *generation, const struct strs *env, struct err *err)
{
    struct service *service = generation->service;
    const struct request *request = &service->current;
    const char *cwd = request->config->run.cwd;
    struct strs argv = {0};
    struct spawn spawn = SPAWN_INIT;
    int theirs[3] = {-1, -1, -1};
    int failed = run_command(request->config, request->artifact, &argv, err);
    if (!failed && generation->debug_ours)
        failed = debugger_command(generation, &argv, err);
    else if (!failed)
        generation->debug_port = run_debugger_port(&argv);
    if (!failed)
        failed = run_open_streams(generation, &spawn, theirs, err);
    if (!failed) {
        spawn.argv = (const char *const *)argv.at;
        spawn.env = (const char *const *)env->at;
        spawn.cwd = cwd && *cwd ? cwd : NULL;
        spawn.handoff = generation->handoff = run_handoff_child(generation);
        generation->process = process_spawn(service->loop, &spawn, process_ended, generation, err);
        failed = generation->process ? 0 : err->code;
        if (failed && generation->debug_ours)
            err_hint(err,
                     "install Delve with `go install github.com/go-delve/delve/cmd/dlv@latest`, "
                     "or name it by [debug] command");
        if (!failed)
            process_when_gone(generation->process, process_left);
    }
    run_close_theirs(theirs);
    if (failed)
        run_close_streams(generation, false);
    strs_fini(&argv);
    return failed;
}

struct generation *generation_start(struct service *service, bool beside)
{
    struct err err = {0};
    struct strs env = {0};
    struct generation *generation = generation_new(service);
    strs_copy(&env, &service->current.env);
    set_number(generation, &env);
    set_plain_tcp(generation, &env);
    pass_begin(generation, &env);
    int failed = sign_init(generation, &service->current.config->run, &err);
    if (!failed)
        failed = spawn_app(generation, &env, &err);
    strs_fini(&env);
    if (failed) {
        generation_free(generation);
        run_enter(service, beside ? RUN_READY : RUN_DOWN);
        service->events.on_failed(service->events.data, &err);
        return NULL;
    }
    if (!handoff_child_works(generation->handoff))
        handoff_drop_unused(service->handoff); /* it will not be given them */
    service->started = generation->number;
    generation->started_ns = clock_mono_ns();
    policy_started(&service->policy, &generation->rules, generation->started_ns);
    *(beside ? &service->next : &service->main) = generation;
    if (!beside) {
        service->shown = generation->number;
        service->listeners = (struct listeners){0};
    }
    run_enter(service, beside ? RUN_BESIDE : RUN_STARTING);
    service->after = AFTER_POLICY;
    run_read_streams(generation);
    debugger_enter(generation);
    generation_look_first(generation);
    service->events.on_started(service->events.data, generation->number,
                               process_pid(generation->process));
    return generation;
}
