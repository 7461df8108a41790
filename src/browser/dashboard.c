#include "browser/dashboard.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "browser/own.h"
#include "browser/reply.h"
#include "platform/random.h"

#define CONNECTIONS_MAX  4096
#define TOKEN_DIGITS     32
#define REQUEST_MAX      ((size_t)4096)
#define ANSWER_BYTES_MAX ((size_t)3 << 20) /* below what a connection holds back */
#define PATH_MAX_BYTES   ((size_t)4096)

struct dashboard {
    struct dashboard_parts parts;
    struct http_server *server;
    struct journal *journal;
    struct streams *events; /* of the journal's */
    struct access access;
    struct strs origins; /* a copy of the configuration's */
    char *token, *url;
};

/* --- the API: one object each, as the control socket has it --- */

static void put_status(struct dashboard *dashboard, struct buf *out)
{
    dashboard->parts.ask.status(dashboard->parts.ask.data, out);
}

static void put_reloads(struct dashboard *dashboard, struct buf *out)
{
    (void)buf_puts(out, "{\"v\":1,\"ok\":true,\"reloads\":");
    dashboard->parts.ask.reloads(dashboard->parts.ask.data, out);
    (void)buf_putc(out, '}');
}

static void begin_object(struct json_writer *json)
{
    json_object_begin(json, NULL);
    json_int(json, "v", 1);
    json_bool(json, "ok", true);
}

static void put_log(struct dashboard *dashboard, struct buf *out)
{
    struct json_writer json = {.out = out};
    begin_object(&json);
    json_array_begin(&json, "lines");
    journal_write_lines(dashboard->journal, &json);
    json_array_end(&json);
    json_object_end(&json);
}

static void put_samples(struct dashboard *dashboard, struct buf *out)
{
    struct json_writer json = {.out = out};
    begin_object(&json);
    json_array_begin(&json, "samples");
    journal_write_samples(dashboard->journal, &json);
    json_array_end(&json);
    json_object_end(&json);
}

static void put_browsers(struct dashboard *dashboard, struct buf *out)
{
    struct json_writer json = {.out = out};
    begin_object(&json);
    json_int(&json, "connections", (int64_t)streams_count(dashboard->parts.signals));
    json_object_end(&json);
}

static void put_error(struct dashboard *dashboard, struct buf *out)
{
    (void)buf_puts(out, "{\"v\":1,\"ok\":true,\"error\":");
    live_write_error(dashboard->parts.live, out);
    (void)buf_putc(out, '}');
}

/* Everything at once, and the number of the last event it has: what comes after it is news. */
static void put_overview(struct dashboard *dashboard, struct buf *out)
{
    static const struct {
        const char *name;
        void (*put)(struct dashboard *dashboard, struct buf *out);
    } PARTS[] = {{"status", put_status},     {"reloads", put_reloads}, {"error", put_error},
                 {"browsers", put_browsers}, {"log", put_log},         {"samples", put_samples}};
    struct json_writer json = {.out = out};
    begin_object(&json);
    json_string(&json, "service", dashboard->parts.ask.service);
    json_int(&json, "event", (int64_t)events_last(journal_events(dashboard->journal)));
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        (void)buf_printf(out, ",\"%s\":", PARTS[i].name);
        PARTS[i].put(dashboard, out);
    }
    (void)buf_putc(out, '}');
}

/* "path=main.go" with its percent-encoding undone; false where it is none. */
static bool path_of(struct http_text query, struct buf *path)
{
    static const char NAME[] = "path=";
    size_t at = sizeof NAME - 1;
    if (query.len < at || memcmp(query.at, NAME, at) != 0)
        return false;
    for (; at < query.len; at++) {
        char hex[3] = "";
        char *end = hex;
        long value = (unsigned char)query.at[at];
        if (query.at[at] == '%') {
            if (at + 2 >= query.len)
                return false;
            memcpy(hex, query.at + at + 1, 2);
            value = strtol(hex, &end, 16);
            at += 2;
            if (*end || value == 0)
                return false;
        } else if (query.at[at] == '+') {
            value = ' ';
        }
        (void)buf_putc(path, (char)value);
    }
    return !path->truncated && path->len > 0;
}

static void put_watched(struct dashboard *dashboard, struct http_exchange *exchange,
                        struct buf *out)
{
    struct buf path = BUF_INIT(PATH_MAX_BYTES);
    const char *wanted = path_of(http_exchange_head(exchange)->query, &path) ? path.data : NULL;
    dashboard->parts.ask.watched(dashboard->parts.ask.data, wanted, out);
    buf_fini(&path);
}

/* --- requests with a body --- */

struct body {
    struct dashboard *dashboard;
    struct buf text;
    bool refresh; /* else trigger */
};

static void body_free(struct body *body)
{
    buf_fini(&body->text);
    free(body);
}

static void body_piece(void *data, struct http_exchange *exchange, const char *bytes, size_t len)
{
    struct body *body = data;
    (void)exchange;
    (void)buf_append(&body->text, bytes, len); /* too much is refused at the end */
}

static void answer_ok(struct http_exchange *exchange)
{
    struct buf out = BUF_INIT(64);
    (void)buf_puts(&out, "{\"v\":1,\"ok\":true}");
    reply_json(exchange, 200, &out);
    buf_fini(&out);
}

static void body_end(void *data, struct http_exchange *exchange)
{
    struct body *body = data;
    const struct pages_ask *ask = &body->dashboard->parts.ask;
    struct err err;
    struct json *json = NULL;
    if (body->text.truncated) {
        reply_error(exchange, 413, "a request has at most 4096 bytes", NULL);
    } else if (!body->refresh) {
        ask->trigger(ask->data, NULL);
        answer_ok(exchange);
    } else if ((json = json_parse(buf_text(&body->text), body->text.len, &err)) == NULL ||
               !json_text(json_get(json, "key"))) {
        reply_error(exchange, 400, "the body is not like this: {\"key\":\"index.html\"}", NULL);
    } else {
        ask->trigger(ask->data, json_text(json_get(json, "key")));
        answer_ok(exchange);
    }
    json_free(json);
    body_free(body);
}

static void body_gone(void *data, struct http_exchange *exchange)
{
    (void)exchange;
    body_free(data);
}

static void take_body(struct dashboard *dashboard, struct http_exchange *exchange, bool refresh)
{
    static const struct http_handler HANDLER = {
        .on_body = body_piece, .on_body_end = body_end, .on_gone = body_gone};
    struct body *body = mem_new(1, sizeof *body);
    *body =
        (struct body){.dashboard = dashboard, .refresh = refresh, .text = BUF_INIT(REQUEST_MAX)};
    http_exchange_handle(exchange, &HANDLER, body);
}

/* --- the paths --- */

static const struct page {
    const char *path, *asset;
} PAGES[] = {
    {"/", "dashboard.html"},           {"/dashboard.css", "dashboard.css"},
    {"/dashboard.js", "dashboard.js"}, {"/chart.js", "chart.js"},
    {"/icon.svg", "icon.svg"},
};

static const struct part {
    const char *path;
    void (*put)(struct dashboard *dashboard, struct buf *out);
} API[] = {
    {"/api/v1/overview", put_overview}, {"/api/v1/status", put_status},
    {"/api/v1/reloads", put_reloads},   {"/api/v1/error", put_error},
    {"/api/v1/log", put_log},           {"/api/v1/samples", put_samples},
    {"/api/v1/browsers", put_browsers},
};

static bool is_path(struct http_exchange *exchange, const char *path)
{
    return http_text_equal(http_exchange_head(exchange)->path, path);
}

static void answer_part(struct dashboard *dashboard, struct http_exchange *exchange,
                        const struct part *part)
{
    struct buf out = BUF_INIT(ANSWER_BYTES_MAX);
    if (part)
        part->put(dashboard, &out);
    else
        put_watched(dashboard, exchange, &out);
    reply_json(exchange, 200, &out);
    buf_fini(&out);
}

static void answer_get(struct dashboard *dashboard, struct http_exchange *exchange)
{
    for (size_t i = 0; i < sizeof PAGES / sizeof *PAGES; i++)
        if (is_path(exchange, PAGES[i].path)) {
            reply_asset(exchange, PAGES[i].asset, false);
            return;
        }
    for (size_t i = 0; i < sizeof API / sizeof *API; i++)
        if (is_path(exchange, API[i].path)) {
            answer_part(dashboard, exchange, &API[i]);
            return;
        }
    if (is_path(exchange, "/api/v1/watched"))
        answer_part(dashboard, exchange, NULL);
    else if (is_path(exchange, "/api/v1/events"))
        streams_take(dashboard->events, exchange, NULL, 0);
    else if (is_path(exchange, "/refresh") || is_path(exchange, "/api/v1/trigger"))
        reply_error(exchange, 405, "this is asked for by POST", "POST");
    else
        reply_error(exchange, 404, "there is nothing here", NULL);
}

static void request(void *data, struct http_exchange *exchange)
{
    struct dashboard *dashboard = data;
    if (own_answer(dashboard->parts.signals, &dashboard->access, exchange))
        return;
    if (access_takes_token(&dashboard->access, exchange) ||
        !access_allows(&dashboard->access, ACCESS_OWN, exchange))
        return;
    if (reply_is_get(exchange))
        answer_get(dashboard, exchange);
    else if (reply_is_post(exchange) && is_path(exchange, "/refresh"))
        take_body(dashboard, exchange, true);
    else if (reply_is_post(exchange) && is_path(exchange, "/api/v1/trigger"))
        take_body(dashboard, exchange, false);
    else
        reply_error(exchange, 405, "there is no such method here", "GET, HEAD");
}

/* --- life-cycle --- */

static void begin_events(void *data, bool returns, struct buf *out)
{
    (void)data; /* who comes has asked, or will ask, for the whole */
    (void)returns;
    (void)out;
}

static void set_access(struct dashboard *dashboard, const struct config_dashboard *config,
                       bool beyond)
{
    char random[TOKEN_DIGITS + 1] = "";
    if (beyond && !*config->token)
        random_hex(random, TOKEN_DIGITS);
    dashboard->token = mem_string(*config->token ? config->token : random);
    strs_copy(&dashboard->origins, &config->origins);
    dashboard->access = (struct access){
        .origins = &dashboard->origins, .token = dashboard->token, .beyond = beyond};
}

struct dashboard *dashboard_open(const struct dashboard_parts *parts, const struct config *config,
                                 struct err *err)
{
    struct tcp_address address, bound;
    if (tcp_address_parse(&address, config->dashboard.host, (uint16_t)config->dashboard.port,
                          err) != 0)
        return NULL;
    struct dashboard *dashboard = mem_new(1, sizeof *dashboard);
    dashboard->parts = *parts;
    set_access(dashboard, &config->dashboard, !tcp_address_is_loopback(&address));
    dashboard->server = http_server_new(
        parts->worker, &(struct http_server_options){.on_request = request,
                                                     .data = dashboard,
                                                     .connections_max = CONNECTIONS_MAX});
    if (http_server_listen(dashboard->server, &address, &bound, err) != 0) {
        err_hint(err, "another port: [dashboard] port");
        dashboard_close(dashboard);
        return NULL;
    }
    char text[TCP_TEXT_BYTES];
    dashboard->url = mem_format("http://%s/%s%s", tcp_address_text(&bound, text),
                                *dashboard->token ? "?token=" : "", dashboard->token);
    dashboard->journal = journal_open(http_worker_loop(parts->worker), parts->bus, &parts->ask);
    dashboard->events = streams_new(http_worker_loop(parts->worker),
                                    journal_events(dashboard->journal), begin_events, NULL);
    return dashboard;
}

void dashboard_close(struct dashboard *dashboard)
{
    if (!dashboard)
        return;
    streams_free(dashboard->events);
    http_server_close(dashboard->server, 0, NULL, NULL);
    journal_close(dashboard->journal);
    strs_fini(&dashboard->origins);
    free(dashboard->token);
    free(dashboard->url);
    free(dashboard);
}

const char *dashboard_url(const struct dashboard *dashboard)
{
    return dashboard->url;
}
