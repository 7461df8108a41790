#include "engine/state.h"

#include <string.h>

#define OUT_FD 1

static void open_file(struct supervisor *supervisor)
{
    const struct config_log *log = &supervisor->config->log;
    struct err err;
    if (!log->file || !*log->file)
        return;
    supervisor->log_file =
        sink_to_file(supervisor->loop, log->file, log->max_size_bytes, log->max_files, &err);
    if (supervisor->log_file)
        supervisor->json_file =
            json_log_new(supervisor->loop, supervisor->bus, supervisor->log_file,
                         supervisor->config, supervisor->name);
    else
        announce_err(supervisor, LOG_WARN, &err);
}

static void close_file(struct supervisor *supervisor)
{
    if (supervisor->json_file)
        json_log_free(supervisor->json_file);
    if (supervisor->log_file)
        sink_free(supervisor->log_file);
    supervisor->json_file = NULL;
    supervisor->log_file = NULL;
}

static void open_out(struct supervisor *supervisor)
{
    if (supervisor->config->log.format == LOG_JSON)
        supervisor->json_out = json_log_new(supervisor->loop, supervisor->bus, supervisor->out,
                                            supervisor->config, supervisor->name);
    else
        supervisor->view = terminal_view_new(supervisor->loop, supervisor->bus, supervisor->out,
                                             supervisor->config, supervisor->tty);
}

static void close_out(struct supervisor *supervisor)
{
    if (supervisor->json_out)
        json_log_free(supervisor->json_out);
    if (supervisor->view)
        terminal_view_free(supervisor->view);
    supervisor->json_out = NULL;
    supervisor->view = NULL;
}

/* Whoever reads what the app says has gone: what SIGPIPE does to others, with the app's time to
   stop. A person who ends a whole pipeline with ^C must not make it an end at once. */
static void unread(void *data)
{
    struct supervisor *supervisor = data;
    if (!supervisor->quitting)
        quit(supervisor, "nobody reads standard output any more");
}

static void room(void *data)
{
    struct supervisor *supervisor = data;
    ENGINES_EACH (engine, supervisor)
        app_room(*engine);
}

void outputs_open(struct supervisor *supervisor)
{
    supervisor->bus = bus_new();
    supervisor->out = sink_to_fd(supervisor->loop, OUT_FD);
    sink_on_unread(supervisor->out, unread, supervisor);
    sink_on_room(supervisor->out, room, supervisor);
    open_out(supervisor);
    open_file(supervisor);
}

void outputs_config(struct supervisor *supervisor, const struct config *old)
{
    const struct config_log *log = &supervisor->config->log;
    if (old->log.format != log->format) {
        close_out(supervisor);
        open_out(supervisor);
    }
    if (strcmp(old->log.file ? old->log.file : "", log->file ? log->file : "") != 0 ||
        old->log.max_size_bytes != log->max_size_bytes || old->log.max_files != log->max_files) {
        close_file(supervisor);
        open_file(supervisor);
    }
    if (supervisor->view)
        terminal_view_config(supervisor->view, supervisor->config);
    if (supervisor->json_out)
        json_log_config(supervisor->json_out, supervisor->config, supervisor->name);
    if (supervisor->json_file)
        json_log_config(supervisor->json_file, supervisor->config, supervisor->name);
}

void outputs_fini(struct supervisor *supervisor)
{
    close_out(supervisor);
    close_file(supervisor);
    if (supervisor->out)
        sink_free(supervisor->out);
    bus_free(supervisor->bus);
}
