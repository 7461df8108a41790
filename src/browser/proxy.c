#include "browser/proxy.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "browser/own.h"
#include "browser/proxy_parts.h"
#include "http/fields.h"
#include "platform/random.h"

#define PORT_USUAL 8090 /* where a browser is to be opened and no port is given */

bool proxy_wanted(const struct config *config)
{
    return config->proxy.port || config->proxy.open;
}

const char *proxy_url(const struct proxy *proxy)
{
    return proxy->url;
}

/* --- requests --- */

static bool is_own(struct http_text path)
{
    return (path.len >= strlen(OWN_PREFIX) &&
            memcmp(path.at, OWN_PREFIX, strlen(OWN_PREFIX)) == 0) ||
           http_text_equal(path, OWN_EVENTS);
}

static void requested(void *data, struct http_exchange *exchange)
{
    struct proxy *proxy = data;
    const struct http_head *head = http_exchange_head(exchange);
    static const char REFUSED[] = "This is a proxy for one app: CONNECT leads nowhere.\n";
    if (head->method == HTTP_CONNECT)
        http_respond(exchange, 501, "text/plain; charset=utf-8", NULL, 0, REFUSED,
                     sizeof REFUSED - 1);
    else if (is_own(head->path))
        proxy->own(proxy->own_data, exchange);
    else
        passing_begin(proxy, exchange);
}

/* --- the app --- */

static void told(void *data, const struct event *event)
{
    struct proxy *proxy = data;
    enum upstream_news news = upstream_event(&proxy->upstream, &proxy->config->proxy, event);
    if (news == UPSTREAM_OTHER || news == UPSTREAM_GONE || news == UPSTREAM_MOVES)
        http_client_drop_idle(proxy->client, NULL);
    if (news == UPSTREAM_OTHER)
        hold_release(proxy);
    else if (news == UPSTREAM_GIVEN_UP)
        hold_give_up(proxy);
}

void proxy_app_ready(struct proxy *proxy, const char *service, uint64_t generation,
                     const struct listeners *listeners)
{
    struct event event = {.kind = EVENT_APP_READY,
                          .service = service,
                          .number = (int64_t)generation,
                          .listeners = listeners};
    told(proxy, &event);
}

bool proxy_has_asked(const struct proxy *proxy, const char *service)
{
    if (!proxy || !upstream_is(&proxy->upstream, service))
        return false;
    for (const struct passing *at = proxy->under_way.first; at; at = at->next)
        if (at->state == PASSING_SENT && at->body_kept)
            return true;
    return false;
}

/* --- listening --- */

static struct tls_context *open_tls(const struct config *config, struct err *err)
{
    const struct config_proxy *proxy = &config->proxy;
    char *cert = mem_string(proxy->cert), *key = mem_string(proxy->key);
    struct tls_context *tls = NULL;
    if (!*cert != !*key) {
        err_set(err, ERR_CONFIG, "[proxy] has %s, but no %s", *cert ? "cert" : "key",
                *cert ? "key" : "cert");
        err_hint(err, "give both, or none for a self-made certificate");
        goto out;
    }
    if (!*cert) {
        free(cert);
        free(key);
        cert = key = NULL;
        char *dir = path_join(config->tmp_dir, "tls");
        int failed = tls_self_made(dir, &cert, &key, err);
        free(dir);
        if (failed)
            goto out;
    }
    tls = tls_server_new(cert, key, err);
out:
    free(cert);
    free(key);
    return tls;
}

/* The configured port; where only a browser is to be opened, the usual one or a free one. */
static int listen_on(struct http_server *server, const struct config_proxy *config,
                     struct tcp_address *bound, struct err *err)
{
    struct tcp_address address;
    uint16_t port = (uint16_t)(config->port ? config->port : PORT_USUAL);
    if (tcp_address_parse(&address, config->host, port, err) != 0) {
        err->code = ERR_CONFIG;
        return ERR_CONFIG;
    }
    int failed = http_server_listen(server, &address, bound, err);
    if (failed && !config->port) {
        address.port = 0;
        failed = http_server_listen(server, &address, bound, err);
    }
    return failed;
}

/* Loopback and "all addresses" have a name that browsers trust. */
static char *make_url(const struct tcp_address *bound, bool is_tls)
{
    static const uint8_t all[16] = {0};
    char text[TCP_TEXT_BYTES];
    bool local = tcp_address_is_loopback(bound) || memcmp(bound->ip, all, sizeof all) == 0;
    if (local)
        return mem_format("http%s://localhost:%u/", is_tls ? "s" : "", bound->port);
    return mem_format("http%s://%s/", is_tls ? "s" : "", tcp_address_text(bound, text));
}

/* Tunnels first: their connections are the server's no longer, but it would cut them. */
static void close_server(struct proxy *proxy)
{
    for (struct passing *next, *at = proxy->under_way.first; at; at = next) {
        next = at->next;
        if (at->state == PASSING_TUNNEL)
            passing_free(at);
    }
    if (proxy->server)
        http_server_close(proxy->server, 0, NULL, NULL); /* the others end by on_gone */
    proxy->server = NULL;
}

/* Makes and fills server, tls and url; nothing is changed where it fails. */
static int proxy_listen(struct proxy *proxy, const struct config *config, struct err *err)
{
    struct tcp_address bound;
    struct tls_context *tls = NULL;
    if (config->proxy.https) {
        tls = open_tls(config, err);
        if (!tls)
            return err->code;
    }
    struct http_server_options options = {.on_request = requested, .data = proxy, .tls = tls};
    struct http_server *server = http_server_new(proxy->worker, &options);
    if (listen_on(server, &config->proxy, &bound, err) != 0) {
        http_server_close(server, 0, NULL, NULL);
        tls_context_free(tls);
        return err->code;
    }
    close_server(proxy);
    tls_context_free(proxy->tls);
    free(proxy->url);
    proxy->server = server;
    proxy->tls = tls;
    proxy->url = make_url(&bound, tls != NULL);
    return 0;
}

static bool same_place(const struct config_proxy *a, const struct config_proxy *b)
{
    return a->port == b->port && a->https == b->https && strcmp(a->host, b->host) == 0 &&
           strcmp(a->cert, b->cert) == 0 && strcmp(a->key, b->key) == 0;
}

struct proxy *proxy_open(struct http_worker *worker, struct bus *bus, const struct config *config,
                         http_request_fn *own, void *data, struct err *err)
{
    struct proxy *proxy = mem_new(1, sizeof *proxy);
    proxy->worker = worker;
    proxy->bus = bus;
    proxy->config = config;
    proxy->own = own;
    proxy->own_data = data;
    proxy->client = http_client_new(worker, &(struct http_client_options){0});
    proxy->pause = timer_new(http_worker_loop(worker), hold_tick, proxy);
    upstream_init(&proxy->upstream);
    random_hex(proxy->run, PAGE_RUN_BYTES - 1);
    if (proxy_listen(proxy, config, err) != 0) {
        proxy_close(proxy);
        return NULL;
    }
    (void)bus_subscribe(bus, told, proxy);
    return proxy;
}

int proxy_config(struct proxy *proxy, const struct config *config, struct err *err)
{
    bool same = same_place(&proxy->config->proxy, &config->proxy);
    bool other_app = proxy->config->proxy.app_port != config->proxy.app_port ||
                     strcmp(proxy->config->proxy.app_socket, config->proxy.app_socket) != 0;
    proxy->config = config;
    if (other_app)
        upstream_address(&proxy->upstream, &config->proxy);
    return same ? 0 : proxy_listen(proxy, config, err);
}

void proxy_close(struct proxy *proxy)
{
    if (!proxy)
        return;
    bus_unsubscribe(proxy->bus, told, proxy);
    close_server(proxy);
    http_client_free(proxy->client);
    tls_context_free(proxy->tls);
    timer_free(proxy->pause);
    upstream_fini(&proxy->upstream);
    free(proxy->url);
    free(proxy);
}
