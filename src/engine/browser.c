/*
 * The browser's side: zonda's own pages, the proxy, and the browser that is opened on it.
 *
 * What happens reaches them by the bus. Where one of them cannot have its port, that is said and
 * the rest of zonda goes on.
 */
#include "engine/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "http/conn.h"
#include "http/server.h"
#include "platform/detach.h"

/* --- a browser --- */

/* The first of $BROWSER's commands (they are separated by colons), with the URL in the place of %s
   or at the end; xdg-open where there is none. No shell. */
static void browser_words(const struct supervisor *supervisor, const char *url, struct strs *words)
{
    const char *given = strs_env_get(&supervisor->environment, "BROWSER");
    char *first = mem_string_n(given ? given : "", given ? strcspn(given, ":") : 0);
    struct strs parts = {0};
    struct err err;
    bool named = false;
    if (words_split(first, &parts, &err) != 0)
        strs_clear(&parts);
    STRS_EACH (part, &parts) {
        bool is = strcmp(*part, "%s") == 0;
        strs_push(words, is ? url : *part);
        named |= is;
    }
    if (!words->len)
        strs_push(words, "xdg-open");
    if (!named)
        strs_push(words, url);
    strs_fini(&parts);
    free(first);
}

static void open_browser(struct supervisor *supervisor)
{
    struct strs words = {0};
    struct err err;
    browser_words(supervisor, proxy_url(supervisor->proxy), &words);
    if (detach((const char *const *)words.at, (const char *const *)supervisor->environment.at,
               &err) != 0) {
        err_hint(&err, "set BROWSER to the command of a browser");
        announce_err(supervisor, LOG_WARN, &err);
    }
    strs_fini(&words);
}

static void on_event(void *data, const struct event *event)
{
    struct supervisor *supervisor = data;
    if (event->kind != EVENT_APP_READY || !supervisor->proxy || !supervisor->config->proxy.open ||
        supervisor->opened)
        return;
    supervisor->opened = true;
    open_browser(supervisor);
}

/* --- the proxy --- */

static void open_proxy(struct supervisor *supervisor)
{
    struct err err;
    if (!proxy_wanted(supervisor->config))
        return;
    supervisor->proxy = proxy_open(supervisor->worker, supervisor->bus, supervisor->config,
                                   pages_own, supervisor->pages, &err);
    if (!supervisor->proxy) {
        announce_err(supervisor, LOG_ERROR, &err);
        return;
    }
    announce(supervisor, LOG_INFO, NULL, "proxy: %s", proxy_url(supervisor->proxy));
    ENGINES_EACH (engine, supervisor)
        if (service_state((*engine)->service) == SERVICE_READY)
            proxy_app_ready(supervisor->proxy, (*engine)->name,
                            service_generation((*engine)->service),
                            service_listeners((*engine)->service));
}

void browser_open(struct supervisor *supervisor)
{
    struct pages_ask ask = asks_of(supervisor);
    struct err err;
    supervisor->worker = http_worker_new(supervisor->loop);
    supervisor->pages = pages_open(supervisor->worker, supervisor->bus, supervisor->config, &ask);
    if (pages_config(supervisor->pages, supervisor->config, &err) != 0)
        announce_err(supervisor, LOG_ERROR, &err);
    open_proxy(supervisor);
    (void)bus_subscribe(supervisor->bus, on_event, supervisor);
}

void browser_config(struct supervisor *supervisor)
{
    struct err err;
    if (pages_config(supervisor->pages, supervisor->config, &err) != 0)
        announce_err(supervisor, LOG_ERROR, &err);
    if (!supervisor->proxy) {
        open_proxy(supervisor);
    } else if (!proxy_wanted(supervisor->config)) {
        proxy_close(supervisor->proxy);
        supervisor->proxy = NULL;
    } else {
        char *before = mem_string(proxy_url(supervisor->proxy));
        if (proxy_config(supervisor->proxy, supervisor->config, &err) != 0)
            announce_err(supervisor, LOG_ERROR, &err);
        else if (strcmp(before, proxy_url(supervisor->proxy)) != 0)
            announce(supervisor, LOG_INFO, NULL, "proxy: %s", proxy_url(supervisor->proxy));
        free(before);
    }
}

void browser_fini(struct supervisor *supervisor)
{
    if (!supervisor->worker)
        return;
    bus_unsubscribe(supervisor->bus, on_event, supervisor);
    proxy_close(supervisor->proxy);
    pages_close(supervisor->pages);
    http_worker_free(supervisor->worker);
}
