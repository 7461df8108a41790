#include "browser/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/path.h"
#include "browser/fault.h"
#include "browser/panic.h"

#define MESSAGE_BYTES_MAX ((size_t)64 << 10)
#define TAIL_BYTES_MAX    ((size_t)32 << 10) /* of the app's output */

/* What the last event of kind EVENTS_STATE said. */
enum state { STATE_NONE, STATE_BUILDING, STATE_ERROR, STATE_OK };

/* The app, or one of several. */
struct live_app {
    char *service;    /* "": there is only one */
    bool crashed;     /* and is not back yet */
    uint64_t serving; /* the generation that is ready; 0: none */
    struct buf tail;  /* the last words of the newest generation */
    uint64_t tail_generation;
};

struct live {
    struct bus *bus;
    const struct config *config;
    struct pages_ask ask;
    struct events *events;

    enum state state;
    struct buf error; /* its event; empty: none holds */
    uint64_t error_reload;
    uint64_t changed_ns; /* monotonic, of the last refresh or swap; 0: none */

    VEC(struct live_app *) apps; /* in the order in which they were heard of */
    struct live_app *app;        /* which the event under way is about */
};

/* Made where it was not heard of; there are as many as services. */
static struct live_app *app_of(struct live *live, const char *service)
{
    const char *name = service ? service : "";
    VEC_EACH (struct live_app *, app, &live->apps)
        if (strcmp((*app)->service, name) == 0)
            return *app;
    struct live_app *app = mem_new(1, sizeof *app);
    app->service = mem_string(name);
    buf_init(&app->tail, TAIL_BYTES_MAX);
    vec_push(&live->apps, app);
    return app;
}

/* A crash is an error that holds until the app is back. */
static bool has_crashed(const struct live *live)
{
    VEC_EACH (struct live_app *, app, &live->apps)
        if ((*app)->crashed)
            return true;
    return false;
}

/* --- what is told --- */

static void tell_state(struct live *live, enum state state, const char *json)
{
    live->state = state;
    events_publish(live->events, EVENTS_STATE, json, strlen(json));
}

static void tell_ok(struct live *live)
{
    buf_reset(&live->error);
    live->error_reload = 0;
    if (live->state != STATE_OK && live->state != STATE_NONE)
        tell_state(live, STATE_OK, "{\"type\":\"ok\",\"payload\":{}}");
}

static void tell_change(struct live *live, const char *type, const char *key,
                        const struct strs *files, const struct reload *reload)
{
    struct buf out = BUF_INIT(MESSAGE_BYTES_MAX);
    struct json_writer json = {.out = &out};
    json_object_begin(&json, NULL);
    json_string(&json, "type", type);
    json_object_begin(&json, "payload");
    json_string(&json, "key", key);
    if (files) {
        json_array_begin(&json, "files");
        STRS_EACH (file, files)
            json_string(&json, NULL, *file);
        json_array_end(&json);
    }
    if (reload)
        json_int(&json, "reload", (int64_t)reload->id);
    json_object_end(&json);
    json_object_end(&json);
    live->changed_ns = clock_mono_ns();
    bool swap = strcmp(type, "refresh") != 0;
    if (out.truncated) /* names too long for anyone */
        events_publish(live->events, EVENTS_REFRESH, live_missed(), strlen(live_missed()));
    else
        events_publish(live->events, swap ? EVENTS_SWAP : EVENTS_REFRESH, out.data, out.len);
    buf_fini(&out);
}

/* --- changes that need no build --- */

static bool is_image(const char *path)
{
    static const char *const EXTENSIONS[] = {"png",  "jpg",  "jpeg", "gif", "svg",
                                             "webp", "avif", "ico",  "bmp"};
    for (size_t i = 0; i < sizeof EXTENSIONS / sizeof *EXTENSIONS; i++)
        if (strcmp(path_ext(path), EXTENSIONS[i]) == 0)
            return true;
    return false;
}

/* Stylesheets and images alone are swapped; anything else among them means a new page. */
static void tell_files(struct live *live, const struct reload *reload)
{
    struct strs css = {0}, images = {0};
    bool swap = reload->changed_len == reload->changed.len && reload->changed.len > 0;
    STRS_EACH (file, &reload->changed) {
        if (strcmp(path_ext(*file), "css") == 0)
            strs_push(&css, *file);
        else if (is_image(*file))
            strs_push(&images, *file);
        else
            swap = false;
    }
    if (!swap)
        tell_change(live, "refresh", reload->changed.len ? *reload->changed.at : "*",
                    &reload->changed, reload);
    if (swap && css.len)
        tell_change(live, "css", *css.at, &css, reload);
    if (swap && images.len)
        tell_change(live, "image", *images.at, &images, reload);
    strs_fini(&css);
    strs_fini(&images);
}

/* --- what is wrong --- */

static void tell_error(struct live *live, const struct fault *fault)
{
    buf_reset(&live->error);
    fault_write(fault, live->config, &live->error);
    live->error_reload = fault->reload;
    tell_state(live, STATE_ERROR, buf_text(&live->error));
}

/* What the app said last, and the places in it, where it was a panic. */
static void tell_end(struct live *live, struct fault *fault)
{
    struct live_app *app = live->app;
    struct diagnostics found = {0};
    (void)panic_find(buf_text(&app->tail), app->tail.len, live->config->root, &found);
    fault->diagnostics = &found;
    fault->output = buf_text(&app->tail);
    fault->output_len = app->tail.len;
    fault->serves = app->serving != 0;
    tell_error(live, fault);
    diagnostics_fini(&found);
}

static void tell_failed(struct live *live, const struct reload *reload)
{
    struct fault fault = {.message = reload->message,
                          .reload = reload->id,
                          .serves = live->app->serving != 0,
                          .diagnostics = &reload->diagnostics};
    live->app->crashed = false;
    if (reload->outcome == RELOAD_START_FAILED) {
        fault.kind = "start";
        tell_end(live, &fault);
    } else {
        fault.kind = "build";
        tell_error(live, &fault);
    }
}

static bool is_failure(const struct reload *reload)
{
    return reload &&
           (reload->outcome == RELOAD_BUILD_FAILED || reload->outcome == RELOAD_START_FAILED);
}

/* A reload has ended: does a failure hold, of this or of an earlier one? */
static void tell_standing(struct live *live)
{
    const struct reload *last = live->ask.last(live->ask.data);
    if (is_failure(last) && last->id != live->error_reload)
        tell_failed(live, last);
    else if (is_failure(last) || has_crashed(live))
        tell_state(live, STATE_ERROR, buf_text(&live->error)); /* it was "building" meanwhile */
    else
        tell_ok(live);
}

static void reload_ended(struct live *live, const struct reload *reload)
{
    switch (reload->outcome) {
    case RELOAD_SERVED:
        live->app->crashed = false;
        tell_standing(live);
        tell_change(live, "refresh", reload->changed.len ? *reload->changed.at : "*",
                    &reload->changed, reload);
        break;
    case RELOAD_UNCHANGED:
    case RELOAD_BUILD_FAILED:
    case RELOAD_START_FAILED:
        tell_standing(live);
        if (reload->refresh)
            tell_files(live, reload);
        break;
    case RELOAD_ENDED:
    case RELOAD_REFRESHED:
        if (live->state == STATE_BUILDING)
            tell_standing(live);
        break;
    case RELOAD_RUNNING:
    case RELOAD_OBSOLETE: /* the newer one begins */
    case RELOAD_STOPPED:
        break;
    }
}

static void app_ended(struct live *live, const struct event *event)
{
    struct fault fault = {.kind = "crash", .message = event->text};
    if ((uint64_t)event->number == live->app->serving)
        live->app->serving = 0;
    /* Of a start that failed the reload's end tells. */
    if (event->flag || event->total == 0 || event->reload)
        return;
    tell_end(live, &fault);
    live->app->crashed = true;
}

static void app_ready(struct live *live, const struct event *event)
{
    live->app->serving = (uint64_t)event->number;
    if (event->reload || !live->app->crashed)
        return; /* the reload's end tells of it */
    live->app->crashed = false;
    tell_standing(live);
    tell_change(live, "refresh", "*", NULL, NULL);
}

static void app_said(struct live *live, const struct event *event)
{
    struct live_app *app = live->app;
    const char *text = event->text;
    size_t len = event->len;
    if ((uint64_t)event->number < app->tail_generation)
        return;
    if (len > TAIL_BYTES_MAX / 2) {
        text += len - TAIL_BYTES_MAX / 2;
        len = TAIL_BYTES_MAX / 2;
    }
    if (app->tail.len + len > TAIL_BYTES_MAX)
        buf_consume(&app->tail, TAIL_BYTES_MAX / 2);
    (void)buf_append(&app->tail, text, len);
}

static void on_event(void *data, const struct event *event)
{
    struct live *live = data;
    live->app = app_of(live, event->service);
    switch (event->kind) {
    case EVENT_RELOAD_BEGIN:
        if (event->reload->action >= ACTION_RESTART || event->reload->action == ACTION_RUN)
            tell_state(live, STATE_BUILDING, "{\"type\":\"building\",\"payload\":{}}");
        break;
    case EVENT_RELOAD_END:
        reload_ended(live, event->reload);
        break;
    case EVENT_REFRESH:
        if (event->reload && event->text)
            tell_files(live, event->reload);
        else
            tell_change(live, "refresh", event->text ? event->text : "*", NULL, event->reload);
        break;
    case EVENT_APP_STARTED:
        buf_reset(&live->app->tail);
        live->app->tail_generation = (uint64_t)event->number;
        break;
    case EVENT_APP_READY:
        app_ready(live, event);
        break;
    case EVENT_APP_EXIT:
        app_ended(live, event);
        break;
    case EVENT_APP_OUTPUT:
        app_said(live, event);
        break;
    default:
        break;
    }
}

/* --- the rest --- */

struct live *live_open(struct bus *bus, const struct config *config, const struct pages_ask *ask)
{
    struct live *live = mem_new(1, sizeof *live);
    live->bus = bus;
    live->config = config;
    live->ask = *ask;
    live->events = events_new();
    buf_init(&live->error, FAULT_BYTES_MAX);
    (void)bus_subscribe(bus, on_event, live);
    return live;
}

void live_config(struct live *live, const struct config *config)
{
    live->config = config;
}

void live_close(struct live *live)
{
    if (!live)
        return;
    bus_unsubscribe(live->bus, on_event, live);
    events_free(live->events);
    buf_fini(&live->error);
    VEC_EACH (struct live_app *, app, &live->apps) {
        buf_fini(&(*app)->tail);
        free((*app)->service);
        free(*app);
    }
    vec_fini(&live->apps);
    free(live);
}

struct events *live_events(struct live *live)
{
    return live->events;
}

bool live_serves(const struct live *live)
{
    VEC_EACH (struct live_app *, app, &live->apps)
        if ((*app)->serving != 0)
            return true;
    return false;
}

void live_write_hello(const struct live *live, struct buf *out)
{
    struct json_writer json = {.out = out};
    json_object_begin(&json, NULL);
    json_string(&json, "type", "hello");
    json_object_begin(&json, "payload");
    if (live->changed_ns)
        json_double(&json, "age_ms",
                    (double)(clock_mono_ns() - live->changed_ns) / (double)CLOCK_NS_PER_MS);
    else
        json_string(&json, "age_ms", NULL);
    json_object_end(&json);
    json_object_end(&json);
}

const char *live_missed(void)
{
    return "{\"type\":\"refresh\",\"payload\":{\"key\":\"*\"}}";
}

void live_write_error(const struct live *live, struct buf *out)
{
    (void)buf_puts(out, live->error.len ? live->error.data : "null");
}
