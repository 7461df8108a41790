/*
 * The direct Go builder on a leash, for tests and measurements: builds on request, one JSON line
 * each.
 *
 * usage: gobuild_driver GO DIR PACKAGE CACHE_DIR ARTIFACT [--debug-info] [--exact]
 *                       [--second PACKAGE ARTIFACT] [FLAG…]
 * With a second main package the two builders share what they compile; each build has a line of
 * each then, as they end.
 * stdin: "build" (looks at everything), "build PATH…", "exact" (waits for importers), "settle"
 * (waits for the background step), "explain", "cancel-after MS" (for the next build), end of file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/words.h"
#include "build/golang/direct.h"
#include "build/golang/store.h"
#include "platform/environment.h"
#include "platform/fs.h"
#include "platform/process.h"

#define BUILDERS_MAX 2

struct driver;

/* Of one main package. */
struct builder {
    struct driver *driver;
    const char *package;
    struct direct *direct;
    struct strs lines; /* output of this build */
    struct buf answer; /* held back until the plan is there */
    bool quick;
};

struct driver {
    struct loop *loop;
    struct builder builders[BUILDERS_MAX];
    int len, busy, closing;
    struct io *io;
    struct buf input;
    struct timer *cancel;
    uint64_t cancel_ms, since_ns;
    int settling, settled;
    bool ended;
};

static void next(struct driver *driver);

static void print(struct buf *text)
{
    (void)printf("%s\n", buf_text(text));
    (void)fflush(stdout);
    buf_fini(text);
}

static void on_line(void *data, const char *line, bool error)
{
    struct builder *builder = data;
    (void)error;
    strs_push(&builder->lines, line);
}

static void on_progress(void *data, int done, int total, const char *package)
{
    (void)data, (void)done, (void)total, (void)package;
}

static void answer(struct builder *builder)
{
    struct driver *driver = builder->driver;
    if (--driver->busy == 0)
        timer_stop(driver->cancel);
    print(&builder->answer);
    next(driver);
}

static void on_done(void *data, const struct direct_result *result)
{
    static const char *const OUTCOMES[] = {"done", "failed", "cancelled"};
    struct builder *builder = data;
    struct driver *driver = builder->driver;
    struct json_writer out = {.out = &builder->answer};
    builder->answer = (struct buf)BUF_INIT((size_t)1 << 26);
    builder->quick = result->quick;
    json_object_begin(&out, NULL);
    json_string(&out, "package", builder->package);
    json_string(&out, "outcome", OUTCOMES[result->outcome]);
    json_bool(&out, "unchanged", result->unchanged);
    json_bool(&out, "quick", result->quick);
    json_bool(&out, "fell_back", result->fell_back);
    json_bool(&out, "by_go_build", result->by_go_build);
    json_string(&out, "reason", result->reason);
    json_int(&out, "packages", result->packages);
    json_int(&out, "status", exit_status_code(result->status));
    json_string(&out, "error", result->err.message);
    json_double(&out, "look_ms", (double)result->look_ns / 1e6);
    json_double(&out, "compile_ms", (double)result->compile_ns / 1e6);
    json_double(&out, "link_ms", (double)result->link_ns / 1e6);
    json_double(&out, "total_ms", (double)(clock_mono_ns() - driver->since_ns) / 1e6);
    json_array_begin(&out, "lines");
    STRS_EACH (line, &builder->lines)
        json_string(&out, NULL, *line);
    json_array_end(&out);
    json_object_end(&out);
    if (result->outcome != DIRECT_DONE || !result->by_go_build || direct_never(builder->direct))
        answer(builder);
}

/* An edit that comes before it would be left to the go command. */
static void on_planned(void *data, int packages)
{
    (void)packages;
    answer(data);
}

static void on_exact(void *data, int packages)
{
    struct builder *builder = data;
    struct driver *driver = builder->driver;
    builder->quick = false;
    driver->settled += packages;
    if (!driver->settling || --driver->settling > 0)
        return;
    struct buf text = BUF_INIT(4096);
    (void)buf_printf(&text, "{\"settled\":%d}", driver->settled);
    print(&text);
    next(driver);
}

static void closed(void *data)
{
    struct driver *driver = data;
    if (--driver->closing == 0)
        loop_stop(driver->loop);
}

static void cancel_now(void *data)
{
    struct driver *driver = data;
    for (int i = 0; i < driver->len; i++)
        direct_cancel(driver->builders[i].direct);
}

static void build(struct driver *driver, const struct strs *words, bool exact)
{
    struct strs changed = {0};
    for (size_t i = 1; i < words->len; i++)
        strs_push(&changed, words->at[i]);
    driver->since_ns = clock_mono_ns();
    driver->settled = 0;
    for (int i = 0; i < driver->len; i++) {
        struct builder *builder = &driver->builders[i];
        struct direct_events events = {on_line, on_progress, on_done, builder};
        strs_clear(&builder->lines);
        driver->busy++;
        direct_build(builder->direct, changed.len ? &changed : NULL, exact, &events);
    }
    strs_fini(&changed);
    if (driver->cancel_ms)
        timer_start(driver->cancel, driver->cancel_ms);
    driver->cancel_ms = 0;
}

static void explain(struct driver *driver)
{
    struct buf said = BUF_INIT((size_t)1 << 20), text = BUF_INIT((size_t)1 << 20);
    struct strs dirs = {0}, files = {0};
    struct json_writer out = {.out = &text};
    const struct direct *first = driver->builders[0].direct;
    bool direct = direct_explain(first, &said);
    direct_watched(first, &dirs, &files);
    json_object_begin(&out, NULL);
    json_bool(&out, "direct", direct);
    json_string(&out, "text", buf_text(&said));
    json_array_begin(&out, "dirs");
    STRS_EACH (dir, &dirs)
        json_string(&out, NULL, *dir);
    json_array_end(&out);
    json_array_begin(&out, "files");
    STRS_EACH (file, &files)
        json_string(&out, NULL, *file);
    json_array_end(&out);
    json_object_end(&out);
    print(&text);
    buf_fini(&said);
    strs_fini(&dirs);
    strs_fini(&files);
}

/* One command. True where the next one may follow at once. */
static bool command(struct driver *driver, const struct strs *words)
{
    const char *name = words->len ? words->at[0] : "";
    if (strcmp(name, "build") == 0 || strcmp(name, "exact") == 0) {
        build(driver, words, name[0] == 'e');
        return false;
    }
    if (strcmp(name, "settle") == 0) {
        for (int i = 0; i < driver->len; i++)
            driver->settling += driver->builders[i].quick;
        if (!driver->settling)
            (void)printf("{\"settled\":%d}\n", driver->settled), (void)fflush(stdout);
        return !driver->settling;
    }
    if (strcmp(name, "cancel-after") == 0 && words->len > 1)
        driver->cancel_ms = strtoul(words->at[1], NULL, 10);
    else if (strcmp(name, "explain") == 0)
        explain(driver);
    return true;
}

static void next(struct driver *driver)
{
    bool more = !driver->busy && !driver->settling;
    while (more) {
        char *end = driver->input.len ? memchr(driver->input.data, '\n', driver->input.len) : NULL;
        if (!end)
            break;
        struct strs words = {0};
        struct err err = {0};
        *end = '\0';
        (void)words_split(driver->input.data, &words, &err);
        buf_consume(&driver->input, (size_t)(end - driver->input.data) + 1);
        more = command(driver, &words);
        strs_fini(&words);
    }
    if (!driver->ended || !more || driver->closing)
        return;
    for (int i = 0; i < driver->len; i++) {
        driver->closing++;
        direct_close(driver->builders[i].direct, closed, driver);
    }
}

static void on_input(void *data, int events)
{
    struct driver *driver = data;
    char bytes[4096];
    (void)events;
    long len = fs_fd_read(0, bytes, sizeof bytes);
    if (len > 0)
        (void)buf_append(&driver->input, bytes, (size_t)len);
    else
        driver->ended = true;
    if (driver->ended)
        io_want(driver->io, 0);
    next(driver);
}

static int open_builder(struct driver *driver, struct direct_request *request)
{
    struct builder *builder = &driver->builders[driver->len];
    struct err err = {0};
    *builder = (struct builder){.driver = driver, .package = request->package};
    request->data = builder;
    builder->direct = direct_open(driver->loop, request, &err);
    driver->len += builder->direct != NULL;
    if (!builder->direct)
        (void)fprintf(stderr, "%s\n", err.message);
    return builder->direct ? 0 : 1;
}

static int run(struct driver *driver, int argc, char **argv)
{
    struct err err = {0};
    struct strs env = {0}, flags = {0};
    char *const *second = NULL; /* its package and artifact */
    int status = 0;
    struct direct_request request = {.go = argv[1],
                                     .dir = argv[2],
                                     .package = argv[3],
                                     .flags = &flags,
                                     .env = &env,
                                     .cache_dir = argv[4],
                                     .artifact = argv[5],
                                     .on_planned = on_planned,
                                     .on_exact = on_exact,
                                     .store = gostore_open(argv[4], &err)};
    for (int i = 6; i < argc; i++) {
        if (strcmp(argv[i], "--debug-info") == 0)
            request.debug_info = true;
        else if (strcmp(argv[i], "--exact") == 0)
            request.exact = true;
        else if (strcmp(argv[i], "--second") == 0 && i + 2 < argc)
            second = &argv[i + 1], i += 2;
        else
            strs_push(&flags, argv[i]);
    }
    environment_read(&env);
    status = request.store ? open_builder(driver, &request) : 1;
    if (status == 0 && second) {
        request.package = second[0];
        request.artifact = second[1];
        status = open_builder(driver, &request);
    }
    gostore_drop(request.store);
    strs_fini(&env);
    strs_fini(&flags);
    if (status != 0)
        return status;
    io_want(driver->io, IO_READ);
    loop_run(driver->loop);
    return 0;
}

int main(int argc, char **argv)
{
    struct err err = {0};
    struct driver driver = {.input = BUF_INIT((size_t)1 << 20)};
    if (argc < 6) {
        (void)fprintf(stderr, "usage: gobuild_driver GO DIR PACKAGE CACHE ARTIFACT [FLAG…]\n");
        return 2;
    }
    driver.loop = loop_new(&err);
    if (!driver.loop || process_init(driver.loop, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    driver.io = io_new(driver.loop, 0, on_input, &driver);
    driver.cancel = timer_new(driver.loop, cancel_now, &driver);
    int status = run(&driver, argc, argv);
    io_free(driver.io);
    timer_free(driver.cancel);
    process_fini();
    loop_free(driver.loop);
    buf_fini(&driver.input);
    for (int i = 0; i < driver.len; i++)
        strs_fini(&driver.builders[i].lines);
    return status;
}
