/* A generation begins: its command, its environment, its descriptors, its process. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "platform/random.h"
#include "run/command.h"
#include "run/parts.h"

#define MARK_NAME "ZONDA_GENERATION_ID"

void request_fini(struct request *request)
{
    strs_fini(&request->env);
    free(request->artifact);
    *request = (struct request){0};
}

static void process_ended(void *data, struct exit_status status)
{
    struct service *service = data;
    service->status = status;
    run_dispatch(service, RUN_EXIT);
}

/* Sets what the generation is known by, in env and here. */
static void make_mark(struct service *service, uint64_t generation, struct strs *env)
{
    char number[24], id[17], value[48];
    random_hex(id, 16);
    (void)snprintf(number, sizeof number, "%" PRIu64, generation);
    (void)snprintf(value, sizeof value, "%s-%s", id, number);
    (void)snprintf(service->mark, sizeof service->mark, MARK_NAME "=%s", value);
    strs_env_set(env, "ZONDA_GENERATION", number);
    strs_env_set(env, MARK_NAME, value);
}

static void take_rules(struct service *service)
{
    const struct config_run *run = &service->current.config->run;
    service->rules = (struct policy_rules){.restart = run->restart,
                                           .restart_delay_ms = run->restart_delay_ms,
                                           .max_retries = run->max_retries,
                                           .max_restarts = run->max_restarts};
    service->stop_signal = run->stop_signal;
    service->stop_timeout_ms = run->stop_timeout_ms;
    service->ready_timeout_ms = run->ready_timeout_ms;
}

static int spawn_app(struct service *service, const struct strs *env, struct err *err)
{
    const struct request *request = &service->current;
    const char *cwd = request->config->run.cwd;
    struct strs argv = {0};
    struct spawn spawn = SPAWN_INIT;
    int theirs[3] = {-1, -1, -1};
    int failed = run_command(request->config, request->artifact, &argv, err);
    if (!failed)
        failed = run_open_streams(service, &spawn, theirs, err);
    if (!failed) {
        spawn.argv = (const char *const *)argv.at;
        spawn.env = (const char *const *)env->at;
        spawn.cwd = cwd && *cwd ? cwd : NULL;
        service->process = process_spawn(service->loop, &spawn, process_ended, service, err);
        failed = service->process ? 0 : err->code;
    }
    run_close_theirs(theirs);
    if (failed)
        run_close_streams(service, false);
    strs_fini(&argv);
    return failed;
}

void run_launch(struct service *service)
{
    struct err err = {0};
    struct strs env = {0};
    uint64_t generation = service->generation + 1;
    strs_copy(&env, &service->current.env);
    make_mark(service, generation, &env);
    take_rules(service);
    service->listeners = (struct listeners){0};
    int failed = spawn_app(service, &env, &err);
    strs_fini(&env);
    if (failed) {
        service->state = RUN_DOWN;
        service->events.on_failed(service->events.data, &err);
        return;
    }
    service->generation = generation;
    service->state = RUN_STARTING;
    service->next = NEXT_POLICY;
    service->expected = service->killing = false;
    service->started_ns = clock_mono_ns();
    service->ready_ns = 0;
    policy_started(&service->policy, &service->rules, service->started_ns);
    run_read_streams(service);
    run_look_first(service);
    service->events.on_started(service->events.data, generation, process_pid(service->process));
}

void run_launch_waiting(struct service *service)
{
    request_fini(&service->current);
    service->current = service->waiting;
    service->waiting = (struct request){0};
    if (service->current.reset)
        policy_reset(&service->policy);
    run_launch(service);
}
