/*
 * The app is built and run once before anything is measured: on which port it listens, what of it
 * answers, and which templates and static files it shows.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "measure/bench/parts.h"
#include "platform/loopback.h"
#include "platform/sysinfo.h"

#define LOOK_MS      20    /* between looks for ports, and between requests */
#define MORE_MS      10000 /* after the first port: another one may be the right one */
#define FOUND_STATUS 400   /* below it something was found */

static const char *const PAGES[] = {"/",       "/index.html", "/health",  "/healthz", "/ping",
                                    "/api",    "/status",     "/version", "/login",   "/home",
                                    "/api/v1", "/metrics",    NULL};

struct trial {
    struct bench *bench;
    struct running running;
    struct prober prober;
    char *copy, *program;
};

typedef bool port_fn(struct trial *trial, const struct listeners *listeners);

/* --- building and starting --- */

static int build(struct trial *trial, struct err *err)
{
    struct bench *bench = trial->bench;
    struct strs argv = {0};
    struct buf out = BUF_INIT((size_t)1 << 20);
    const char *const words[] = {"go", "build", "-o", trial->program, bench->subject->package,
                                 NULL};
    strs_push_all(&argv, words);
    int result = bench_command(bench, &argv, NULL, trial->copy, &out, err);
    if (result == ERR_APP)
        err_hint(err, "a bench needs a project that builds; `go build %.100s` in it says more",
                 bench->subject->package);
    buf_fini(&out);
    strs_fini(&argv);
    return result;
}

static int start(struct trial *trial, struct err *err)
{
    struct strs argv = {0};
    strs_push(&argv, trial->program);
    strs_copy(&argv, &trial->bench->subject->args);
    struct run_plan plan = {.argv = &argv, .dir = trial->copy};
    int result = running_start(trial->bench, &trial->running, &plan, err);
    strs_fini(&argv);
    return result;
}

static int app_failed(const struct trial *trial, const char *what, struct err *err)
{
    struct buf words = BUF_INIT((size_t)2000);
    running_last_words(&trial->running, &words);
    int code = err_set(err, ERR_APP, "the app %s%s%.400s", what,
                       words.len ? "; its last words: " : "", buf_text(&words));
    err_hint(err, "run as it is it must serve: what it needs in its environment is taken from "
                  "zonda's own");
    buf_fini(&words);
    return code;
}

static int interrupted(struct err *err)
{
    return err_set(err, ERR_APP, "interrupted before anything was measured");
}

/* --- its port --- */

/* Asks page at both addresses of loopback, and keeps the one that answers. */
static bool answers_at(struct trial *trial, uint16_t port, const char *page, struct answer *answer)
{
    static const char *const HOSTS[] = {"127.0.0.1", "::1"};
    struct err ignored;
    for (size_t i = 0; i < 2; i++) {
        struct tcp_address address;
        if (tcp_address_parse(&address, HOSTS[i], port, &ignored) != 0)
            continue;
        trial->prober.address = address;
        (void)prober_ask(&trial->prober, page, answer);
        if (answer->status)
            return true;
    }
    return false;
}

/* The first port of the app that answers in HTTP. */
static bool find_port(struct trial *trial, const struct listeners *listeners)
{
    struct bench *bench = trial->bench;
    const char *page = bench->page ? bench->page : "/";
    struct answer answer;
    for (size_t i = 0; i < listeners->tcp_len; i++) {
        uint16_t port = listeners->tcp_ports[i];
        if (bench->options->port && port != bench->options->port)
            continue;
        if (answers_at(trial, port, page, &answer)) {
            bench->address = trial->prober.address;
            return true;
        }
    }
    return false;
}

static int no_port(const struct trial *trial, const struct listeners *listeners, struct err *err)
{
    uint16_t port = trial->bench->options->port;
    if (!port)
        return app_failed(trial,
                          listeners->tcp_len ? "listens, but does not answer in HTTP"
                                             : "listens on no TCP port",
                          err);
    int code = err_set(err, ERR_APP, "the app does not answer on port %u", (unsigned)port);
    if (listeners->tcp_len)
        err_hint(err, "it listens on %u: leave --port out, and it is found",
                 (unsigned)listeners->tcp_ports[0]);
    return code;
}

/* What ended the wait, where it was not time. */
static int came_to_an_end(const struct trial *trial, struct err *err)
{
    if (trial->bench->interrupted)
        return interrupted(err);
    if (!trial->running.ended)
        return 0;
    struct buf how = BUF_INIT((size_t)200);
    (void)buf_puts(&how, "ended with ");
    exit_status_words(trial->running.status, &how);
    int code = app_failed(trial, buf_text(&how), err);
    buf_fini(&how);
    return code;
}

/* Looks for ports of the app until one is right. False: it came to an end, or none was. */
static bool await_port(struct trial *trial, port_fn *is_right, struct listeners *listeners)
{
    struct bench *bench = trial->bench;
    uint64_t now_ns = clock_mono_ns(), first_ns = 0;
    uint64_t end_ns = now_ns + bench->options->timeout_ms * CLOCK_NS_PER_MS;
    *listeners = (struct listeners){0};
    for (; now_ns < end_ns; now_ns = clock_mono_ns()) {
        if (bench->interrupted || trial->running.ended)
            return false;
        process_listeners_all(trial->running.process, listeners);
        if (is_right(trial, listeners))
            return true;
        if (listeners->tcp_len && !first_ns)
            first_ns = now_ns;
        if (first_ns && !bench->options->port && now_ns - first_ns > MORE_MS * CLOCK_NS_PER_MS)
            break;
        (void)bench_wait(bench, NULL, NULL, LOOK_MS);
    }
    return false;
}

/* --- and whether it stays --- */

static bool is_the_same(struct trial *trial, const struct listeners *listeners)
{
    for (size_t i = 0; i < listeners->tcp_len; i++)
        if (listeners->tcp_ports[i] == trial->bench->address.port)
            return true;
    return false;
}

static int another_port(const struct trial *trial, const struct listeners *listeners,
                        struct err *err)
{
    unsigned port = trial->bench->address.port;
    if (listeners->tcp_len == 0)
        return app_failed(trial, "listens on no TCP port when it is started again", err);
    int code =
        err_set(err, ERR_APP, "the app listens on another port with each start: on %u, then on %u",
                port, (unsigned)listeners->tcp_ports[0]);
    err_hint(err, "give it a fixed one, where it takes its port from: its configuration, or a "
                  "variable such as PORT=8080 before zonda bench");
    return code;
}

/* All tools are asked on the port of the first start: a second one must have it, too. */
static int check_fixed(struct trial *trial, struct err *err)
{
    struct listeners listeners;
    running_stop(&trial->running, false);
    int result = start(trial, err);
    if (result != 0 || await_port(trial, is_the_same, &listeners))
        return result;
    result = came_to_an_end(trial, err);
    return result ? result : another_port(trial, &listeners, err);
}

/* --- what it shows --- */

/* The candidate of kind whose mark stands in the answer, or -1. */
static int shown(const struct bench *bench, enum bench_kind kind, const struct answer *answer)
{
    char mark[BENCH_MARK_BYTES];
    for (size_t i = 0; answer->good && i < bench->subject->candidates[kind].len; i++) {
        bench_candidate_mark(mark, kind, i);
        if (memmem(answer->body, answer->len, mark, strlen(mark)))
            return (int)i;
    }
    return -1;
}

static void choose(struct bench *bench, enum bench_kind kind, int index, const char *why)
{
    char *file = mem_string(bench->subject->candidates[kind].at[index]);
    bench_subject_choose(bench->subject, kind, file, why);
    free(file);
}

/* The page that is asked: one that shows a template, else the first that is there. */
static void find_page(struct trial *trial)
{
    struct bench *bench = trial->bench;
    const char *first = NULL, *any = NULL;
    struct answer answer;
    int template = -1;
    trial->prober.address = bench->address;
    for (const char *const *page = PAGES; !bench->page && template <0 && *page; page++) {
        if (!prober_ask(&trial->prober, *page, &answer))
            continue;
        any = any ? any : *page;
        if (answer.status < FOUND_STATUS)
            first = first ? first : *page;
        template = shown(bench, KIND_TEMPLATE, &answer);
        if (template >= 0)
            first = *page;
    }
    if (!bench->page)
        bench->page = mem_string(first ? first : any);
    else if (prober_ask(&trial->prober, bench->page, &answer))
        template = shown(bench, KIND_TEMPLATE, &answer);
    if (!bench->subject->candidates[KIND_TEMPLATE].len)
        return; /* why, the subject says */
    char *why = template >= 0 ? mem_format("shown by %s", bench->page)
                              : mem_format("no template is shown by %s, which is asked; --path "
                                           "names another page",
                                           bench->page ? bench->page : "/");
    if (template >= 0)
        choose(bench, KIND_TEMPLATE, template, why);
    else
        bench_subject_choose(bench->subject, KIND_TEMPLATE, NULL, why);
    free(why);
}

/* Where a static file may be found: as it stands, and below the usual directories of the web. */
static void static_pages(const char *file, struct strs *pages)
{
    static const char *const PREFIXES[] = {"/static", "/assets", "/public", ""};
    strs_pushf(pages, "/%s", file);
    for (const char *rest = strchr(file, '/'); rest; rest = strchr(rest + 1, '/'))
        for (size_t i = 0; i < sizeof PREFIXES / sizeof *PREFIXES; i++)
            if (pages->len < STATIC_PATHS_MAX)
                strs_pushf(pages, "%s%s", PREFIXES[i], rest);
}

static bool find_static(struct trial *trial, size_t index)
{
    struct bench *bench = trial->bench;
    struct strs pages = {0};
    struct answer answer;
    static_pages(bench->subject->candidates[KIND_STATIC].at[index], &pages);
    for (size_t i = 0; !bench->static_page && i < pages.len && !bench->interrupted; i++)
        if (prober_ask(&trial->prober, pages.at[i], &answer) &&
            shown(bench, KIND_STATIC, &answer) == (int)index)
            bench->static_page = mem_string(pages.at[i]);
    strs_fini(&pages);
    if (!bench->static_page)
        return false;
    char *why = mem_format("found at %s", bench->static_page);
    choose(bench, KIND_STATIC, (int)index, why);
    free(why);
    return true;
}

static void find_static_page(struct trial *trial)
{
    const struct strs *candidates = &trial->bench->subject->candidates[KIND_STATIC];
    if (candidates->len == 0)
        return;
    for (size_t i = 0; i < candidates->len; i++)
        if (find_static(trial, i))
            return;
    bench_subject_choose(trial->bench->subject, KIND_STATIC, NULL,
                         "found below none of /, /static, /assets, /public");
}

/* --- the whole --- */

static int look_at_app(struct trial *trial, struct err *err)
{
    struct bench *bench = trial->bench;
    struct listeners listeners;
    int result = 0;
    if (!await_port(trial, find_port, &listeners))
        result = came_to_an_end(trial, err);
    if (result == 0 && !bench->address.port)
        result = no_port(trial, &listeners, err);
    if (result == 0)
        find_page(trial);
    if (result == 0 && !bench->page && !bench->interrupted)
        result =
            app_failed(trial, "answers every page with an error; --path names one that works", err);
    if (result == 0 && !bench->interrupted)
        find_static_page(trial);
    if (result == 0 && bench->interrupted)
        result = interrupted(err);
    return result;
}

/* --port says where nobody may be yet. */
static int check_port(uint16_t port, struct err *err)
{
    char command[64];
    int pid;
    if (!port || loopback_port_is_free(port))
        return 0;
    err_set(err, ERR_APP, "port %u is in use", (unsigned)port);
    if (sysinfo_port_owner(port, &pid, command, sizeof command) && pid)
        err_hint(err, "process %d (%s) listens on it; each tool's app needs it", pid, command);
    return ERR_APP;
}

int trial_run(struct bench *bench, struct err *err)
{
    struct trial trial = {.bench = bench,
                          .running = {.bench = bench},
                          .copy = path_join(bench->scratch, "trial"),
                          .program = path_join(bench->scratch, "trial-app")};
    bench_step(bench, "the app", "first build");
    bench->page = mem_string(bench->options->path);
    prober_init(&trial.prober, bench, 0, 0, NULL, NULL);
    int result = check_port(bench->options->port, err);
    if (result == 0)
        result = bench_subject_copy(bench->subject, trial.copy, err);
    if (result == 0)
        result = build(&trial, err);
    if (result == 0)
        result = start(&trial, err);
    if (result == 0)
        result = look_at_app(&trial, err);
    if (result == 0 && !bench->options->port)
        result = check_fixed(&trial, err);
    prober_fini(&trial.prober);
    running_stop(&trial.running, result != 0);
    free(trial.copy);
    free(trial.program);
    return result;
}
