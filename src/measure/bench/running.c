/* A tool, or an app, that runs in its copy: its processes and what it writes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/words.h"
#include "measure/bench/parts.h"
#include "platform/fs.h"
#include "platform/loopback.h"

#define OUTPUT_MAX   ((size_t)64 << 10)
#define READ_BYTES   8192
#define STOP_MS      5000
#define KILL_MS      10000
#define PORT_FREE_MS 5000
#define PORT_LOOK_MS 20
#define LAST_LINES   3
#define LAST_BYTES   160 /* of a line */

/* --- what it writes --- */

static void close_output(struct running *running)
{
    io_free(running->io);
    running->io = NULL;
    fs_fd_close(&running->fd);
}

static void read_output(void *data, int events)
{
    struct running *running = data;
    char bytes[READ_BYTES];
    (void)events;
    long len = fs_fd_read(running->fd, bytes, sizeof bytes);
    if (len < 0 && errno == EAGAIN)
        return;
    if (len <= 0) {
        close_output(running);
        return;
    }
    if (running->output.len + (size_t)len > OUTPUT_MAX)
        buf_consume(&running->output, running->output.len / 2);
    (void)buf_append(&running->output, bytes, (size_t)len);
    if (running->ready && !running->is_ready &&
        memmem(running->output.data, running->output.len, running->ready, strlen(running->ready))) {
        running->is_ready = true;
        bench_wake(running->bench);
    }
}

void running_last_words(const struct running *running, struct buf *out)
{
    const char *text = buf_text(&running->output), *from = text + running->output.len;
    for (int lines = 0; from > text; from--) {
        if (from[-1] == '\n' && *from && ++lines == LAST_LINES)
            break;
    }
    for (const char *line = from; *line;) {
        size_t len = strcspn(line, "\r\n");
        if (len)
            (void)buf_printf(out, "%s%.*s", out->len ? " | " : "",
                             len < LAST_BYTES ? (int)len : LAST_BYTES, line);
        line += len + (line[len] != '\0');
    }
}

bool running_ports(const struct running *running, struct buf *out)
{
    struct listeners listeners = {0};
    if (running->process)
        process_listeners_all(running->process, &listeners);
    for (size_t i = 0; i < listeners.tcp_len; i++)
        (void)buf_printf(out, "%s%u", i ? ", " : "", (unsigned)listeners.tcp_ports[i]);
    return listeners.tcp_len > 0;
}

/* --- its processes --- */

static void on_exit_of(void *data, struct exit_status status)
{
    struct running *running = data;
    running->ended = true;
    running->status = status;
    bench_wake(running->bench);
}

static void on_gone(void *data)
{
    struct running *running = data;
    running->gone = true;
    bench_wake(running->bench);
}

static bool is_gone(void *data)
{
    return ((struct running *)data)->gone;
}

static int open_input(const struct run_plan *plan, FILE **file, struct err *err)
{
    *file = NULL;
    if (!plan->input)
        return 0;
    if (fs_write(plan->input_file, plan->input, strlen(plan->input), 0600, err) != 0)
        return err->code;
    *file = fopen(plan->input_file, "re");
    return *file ? 0 : err_system(err, errno, "%s", plan->input_file);
}

static void join_env(struct strs *env, const struct bench *bench, const struct run_plan *plan)
{
    strs_copy(env, &bench->env);
    if (plan->env)
        strs_env_add(env, plan->env);
    strs_env_set(env, "PWD", plan->dir);
}

static int spawn(struct running *running, const struct run_plan *plan, int input, int output,
                 struct err *err)
{
    struct strs env = {0};
    join_env(&env, running->bench, plan);
    struct spawn spawn = SPAWN_INIT;
    spawn.argv = (const char *const *)plan->argv->at;
    spawn.env = (const char *const *)env.at;
    spawn.cwd = plan->dir;
    spawn.stdin_fd = input;
    spawn.stdout_fd = spawn.stderr_fd = output;
    running->begun_ns = clock_mono_ns();
    running->process = process_spawn(running->bench->loop, &spawn, on_exit_of, running, err);
    strs_fini(&env);
    if (!running->process)
        return err->code;
    process_when_gone(running->process, on_gone);
    return 0;
}

int running_start(struct bench *bench, struct running *running, const struct run_plan *plan,
                  struct err *err)
{
    FILE *input;
    int fds[2];
    *running = (struct running){.bench = bench, .fd = -1};
    buf_init(&running->output, OUTPUT_MAX);
    if (open_input(plan, &input, err) != 0)
        return err->code;
    int result = fs_pipe(fds, err);
    if (result == 0) {
        running->fd = fds[0];
        running->io = io_new(bench->loop, running->fd, read_output, running);
        io_want(running->io, IO_READ);
        result = spawn(running, plan, input ? fileno(input) : -1, fds[1], err);
        fs_fd_close(&fds[1]);
    }
    if (input)
        (void)fclose(input);
    if (result != 0) {
        close_output(running);
        buf_fini(&running->output);
    }
    return result;
}

static bool is_port_free(void *data)
{
    const struct bench *bench = data;
    return loopback_port_is_free(bench->address.port);
}

/* Nobody tells when a port gets free: it is looked for. */
static void wait_for_port(struct bench *bench)
{
    for (int i = 0; bench->address.port && !is_port_free(bench) && i < PORT_FREE_MS / PORT_LOOK_MS;
         i++)
        (void)bench_wait_anyway(bench, NULL, NULL, PORT_LOOK_MS);
}

void running_stop(struct running *running, bool at_once)
{
    struct bench *bench = running->bench;
    if (!running->process)
        return;
    if (!at_once)
        process_signal(running->process, signal_number("INT"));
    if (at_once || !bench_wait_anyway(bench, is_gone, running, STOP_MS)) {
        process_kill(running->process);
        (void)bench_wait_anyway(bench, is_gone, running, KILL_MS);
    }
    process_free(running->process);
    running->process = NULL;
    close_output(running);
    buf_fini(&running->output);
    wait_for_port(bench);
}

/* --- contenders --- */

static int start_tool(struct bench *bench, struct contender *contender, struct running *running,
                      struct err *err)
{
    char *output = path_join(contender->copy, "tmp/bench-app");
    struct bench_plan plan = {0};
    struct bench_place place = {.path = contender->path,
                                .copy = contender->copy,
                                .output = output,
                                .app_port = bench->address.port};
    struct tcp_address any = bench->address, bound;
    any.port = 0;
    int free_port = tcp_listen(&any, &bound, err), result = free_port < 0 ? err->code : 0;
    if (result == 0) {
        place.own_port = bound.port;
        fs_fd_close(&free_port);
        result = contender->tool->plan(bench->subject, &place, &plan, err);
    }
    if (result == 0) {
        char *input = mem_format("%s/input-%s", bench->scratch, contender->tool->name);
        struct run_plan run = {.argv = &plan.argv,
                               .env = &plan.env,
                               .dir = contender->copy,
                               .input = plan.input,
                               .input_file = input};
        result = running_start(bench, running, &run, err);
        free(input);
    }
    running->ask_port = plan.ask_port ? plan.ask_port : bench->address.port;
    running->ready = contender->tool->ready;
    struct bench_tool_result *tool = &bench->result->tools.at[contender->number];
    if (!tool->command && plan.argv.len) {
        struct buf line = BUF_INIT((size_t)16 << 10);
        for (size_t i = 0; i < plan.argv.len; i++) {
            (void)buf_puts(&line, i ? " " : "");
            words_quote(&line, i ? plan.argv.at[i] : path_base(plan.argv.at[0]));
        }
        tool->command = buf_steal(&line);
    }
    bench_plan_fini(&plan);
    free(output);
    return result;
}

static int start_floor(struct bench *bench, const struct contender *contender,
                       struct running *running, struct err *err)
{
    struct strs argv = {0};
    strs_push(&argv, floor_program(bench->floor));
    strs_copy(&argv, &bench->subject->args);
    struct run_plan run = {.argv = &argv, .dir = contender->copy};
    int result = running_start(bench, running, &run, err);
    running->ask_port = bench->address.port;
    strs_fini(&argv);
    return result;
}

int contender_start(struct bench *bench, struct contender *contender, struct running *running,
                    struct err *err)
{
    if (contender->tool)
        return start_tool(bench, contender, running, err);
    return start_floor(bench, contender, running, err);
}
