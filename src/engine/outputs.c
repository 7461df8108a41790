#include "engine/state.h"

#include <string.h>

#define OUT_FD 1

static void open_file(struct engine *engine)
{
    const struct config_log *log = &engine->config->log;
    struct err err;
    if (!log->file || !*log->file)
        return;
    engine->log_file =
        sink_to_file(engine->loop, log->file, log->max_size_bytes, log->max_files, &err);
    if (engine->log_file)
        engine->json_file = json_log_new(engine->loop, engine->bus, engine->log_file,
                                         engine->config, engine->target.name);
    else
        notice_err(engine, LOG_WARN, &err);
}

static void close_file(struct engine *engine)
{
    if (engine->json_file)
        json_log_free(engine->json_file);
    if (engine->log_file)
        sink_free(engine->log_file);
    engine->json_file = NULL;
    engine->log_file = NULL;
}

static void open_out(struct engine *engine)
{
    if (engine->config->log.format == LOG_JSON)
        engine->json_out = json_log_new(engine->loop, engine->bus, engine->out, engine->config,
                                        engine->target.name);
    else
        engine->view =
            terminal_view_new(engine->loop, engine->bus, engine->out, engine->config, engine->tty);
}

static void close_out(struct engine *engine)
{
    if (engine->json_out)
        json_log_free(engine->json_out);
    if (engine->view)
        terminal_view_free(engine->view);
    engine->json_out = NULL;
    engine->view = NULL;
}

/* Whoever reads what the app says has gone: what SIGPIPE does to others, with the app's time to
   stop. A person who ends a whole pipeline with ^C must not make it an end at once. */
static void unread(void *data)
{
    struct engine *engine = data;
    if (!engine->quitting)
        quit(engine, "nobody reads standard output any more");
}

void outputs_open(struct engine *engine)
{
    engine->bus = bus_new();
    engine->out = sink_to_fd(engine->loop, OUT_FD);
    sink_on_unread(engine->out, unread, engine);
    open_out(engine);
    open_file(engine);
}

void outputs_config(struct engine *engine, const struct config *old)
{
    const struct config_log *log = &engine->config->log;
    if (old->log.format != log->format) {
        close_out(engine);
        open_out(engine);
    }
    if (strcmp(old->log.file ? old->log.file : "", log->file ? log->file : "") != 0 ||
        old->log.max_size_bytes != log->max_size_bytes || old->log.max_files != log->max_files) {
        close_file(engine);
        open_file(engine);
    }
    if (engine->view)
        terminal_view_config(engine->view, engine->config);
    if (engine->json_out)
        json_log_config(engine->json_out, engine->config);
    if (engine->json_file)
        json_log_config(engine->json_file, engine->config);
}

void outputs_fini(struct engine *engine)
{
    close_out(engine);
    close_file(engine);
    if (engine->out)
        sink_free(engine->out);
    bus_free(engine->bus);
}
