#include "browser/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "browser/dashboard.h"
#include "browser/livereload.h"
#include "browser/own.h"
#include "browser/reply.h"

struct pages {
    struct bus *bus;
    const struct config *config;
    struct pages_ask ask;
    char *service;
    struct http_worker *worker;
    struct live *live;
    struct streams *signals;
    struct dashboard *dashboard;   /* NULL: off */
    struct livereload *livereload; /* NULL: off */
};

/* --- live events --- */

/* Somebody comes whose last event is not known. One who knew one must load its page anew, but not
   before there is an app to load it from: then it is told when that is ready. */
static void begin_signals(void *data, bool returns, struct buf *out)
{
    struct pages *pages = data;
    if (returns && live_serves(pages->live))
        (void)buf_puts(out, live_missed());
    else
        live_write_hello(pages->live, out);
}

void pages_own(void *data, struct http_exchange *exchange)
{
    struct pages *pages = data;
    struct access access = {.origins = &pages->config->dashboard.origins,
                            .token = "",
                            .beyond =
                                !http_host_is_loopback(http_text_of(pages->config->proxy.host))};
    if (!own_answer(pages->signals, &access, exchange))
        reply_error(exchange, 404, "there is nothing here", NULL);
}

/* --- the ports --- */

static struct dashboard *open_dashboard(struct pages *pages, const struct config *config,
                                        struct err *err)
{
    const struct dashboard_parts parts = {.worker = pages->worker,
                                          .live = pages->live,
                                          .signals = pages->signals,
                                          .ask = pages->ask,
                                          .bus = pages->bus};
    return dashboard_open(&parts, config, err);
}

static void tell_where(struct pages *pages)
{
    char text[512];
    (void)snprintf(text, sizeof text, "dashboard: %s", dashboard_url(pages->dashboard));
    struct event event = {.kind = EVENT_NOTICE, .level = LOG_INFO, .text = text};
    bus_publish(pages->bus, &event);
}

static bool same_place(uint32_t port, const char *host, uint32_t new_port, const char *new_host)
{
    return port == new_port && strcmp(host, new_host) == 0;
}

/* The new one first; where it wants the same port as the old one, that has to go before. */
static int dashboard_again(struct pages *pages, const struct config *config, struct err *err)
{
    const struct config_dashboard *old = &pages->config->dashboard, *new = &config->dashboard;
    bool same = same_place(old->port, old->host, new->port, new->host);
    if (pages->dashboard && same && strcmp(old->token, new->token) == 0 &&
        strs_equal(&old->origins, &new->origins))
        return 0;
    if (same || !new->port) {
        dashboard_close(pages->dashboard);
        pages->dashboard = NULL;
    }
    if (!new->port)
        return 0;
    struct dashboard *dashboard = open_dashboard(pages, config, err);
    if (!dashboard)
        return err->code;
    dashboard_close(pages->dashboard);
    pages->dashboard = dashboard;
    tell_where(pages);
    return 0;
}

static int livereload_again(struct pages *pages, const struct config *config, struct err *err)
{
    const struct config_livereload *old = &pages->config->livereload, *new = &config->livereload;
    if (pages->livereload && same_place(old->port, old->host, new->port, new->host) &&
        strs_equal(&pages->config->dashboard.origins, &config->dashboard.origins))
        return 0;
    livereload_close(pages->livereload);
    pages->livereload = NULL;
    if (new->port)
        pages->livereload = livereload_open(pages->worker, live_events(pages->live), config, err);
    return new->port && !pages->livereload ? err->code : 0;
}

int pages_config(struct pages *pages, const struct config *config, struct err *err)
{
    int dashboard = dashboard_again(pages, config, err);
    int livereload = dashboard == 0 ? livereload_again(pages, config, err) : 0;
    pages->config = config;
    live_config(pages->live, config);
    return dashboard ? dashboard : livereload;
}

/* --- life-cycle --- */

struct pages *pages_open(struct http_worker *worker, struct bus *bus, const struct config *config,
                         const struct pages_ask *ask)
{
    struct pages *pages = mem_new(1, sizeof *pages);
    *pages = (struct pages){.worker = worker, .bus = bus, .config = config, .ask = *ask};
    pages->ask.service = pages->service = mem_string(ask->service);
    pages->live = live_open(bus, config, &pages->ask);
    pages->signals =
        streams_new(http_worker_loop(worker), live_events(pages->live), begin_signals, pages);
    return pages;
}

void pages_close(struct pages *pages)
{
    if (!pages)
        return;
    livereload_close(pages->livereload);
    dashboard_close(pages->dashboard);
    streams_free(pages->signals);
    live_close(pages->live);
    free(pages->service);
    free(pages);
}
