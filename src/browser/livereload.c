#include "browser/livereload.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/version.h"
#include "browser/reply.h"
#include "http/ws.h"

#define COMMAND_BYTES_MAX ((size_t)64 << 10)
#define LOOK_MS           1000 /* how often it is looked for clients that say nothing */

struct client {
    struct livereload *livereload;
    struct ws *ws;
    uint64_t since_ns;
    bool greeted;
};

struct livereload {
    struct http_server *server;
    struct events *events;
    struct access access;
    struct strs origins;
    uint64_t told; /* the last event that clients know */
    VEC(struct client *) clients;
    struct timer *timer; /* runs while somebody has not greeted */
};

/* --- what clients are told --- */

static void put_hello(struct buf *out)
{
    struct json_writer json = {.out = out};
    json_object_begin(&json, NULL);
    json_string(&json, "command", "hello");
    json_array_begin(&json, "protocols");
    json_string(&json, NULL, LIVERELOAD_OFFICIAL_7);
    json_array_end(&json);
    json_string(&json, "serverName", "zonda " ZONDA_VERSION);
    json_object_end(&json);
}

static void tell_reload(struct livereload *livereload, const char *path)
{
    struct buf out = BUF_INIT(COMMAND_BYTES_MAX);
    struct json_writer json = {.out = &out};
    json_object_begin(&json, NULL);
    json_string(&json, "command", "reload");
    json_string(&json, "path", path);
    json_bool(&json, "liveCSS", true);
    json_bool(&json, "liveImg", true);
    json_object_end(&json);
    for (size_t i = livereload->clients.len; i-- > 0;)
        if (livereload->clients.at[i]->greeted)
            (void)ws_send_text(livereload->clients.at[i]->ws, out.data, out.len);
    buf_fini(&out);
}

/* Swaps name each file; a refresh is one reload, of a page where the key looks like a stylesheet.
 */
static void take_event(void *data, const struct events_message *message)
{
    struct livereload *livereload = data;
    struct err err;
    if (message->kind != EVENTS_REFRESH && message->kind != EVENTS_SWAP)
        return;
    struct json *json = json_parse(message->data, message->len, &err);
    const struct json *payload = json_get(json, "payload"), *files = json_get(payload, "files");
    if (message->kind == EVENTS_SWAP) {
        for (size_t i = 0; i < json_len(files); i++)
            tell_reload(livereload, json_text(json_at(files, i)));
    } else {
        tell_reload(livereload, "/");
    }
    json_free(json);
}

static void told(void *data)
{
    struct livereload *livereload = data;
    uint64_t last = livereload->told;
    livereload->told = events_last(livereload->events);
    (void)events_after(livereload->events, last, take_event, livereload);
}

/* --- clients --- */

static void forget(struct client *client)
{
    struct livereload *livereload = client->livereload;
    for (size_t i = 0; i < livereload->clients.len; i++) {
        if (livereload->clients.at[i] != client)
            continue;
        vec_remove(&livereload->clients, i);
        break;
    }
    free(client);
}

static void closed(void *data, struct ws *ws, unsigned code)
{
    (void)ws;
    (void)code;
    forget(data);
}

static bool offers_7(const struct json *hello)
{
    const struct json *protocols = json_get(hello, "protocols");
    for (size_t i = 0; i < json_len(protocols); i++) {
        const char *text = json_text(json_at(protocols, i));
        if (text && strcmp(text, LIVERELOAD_OFFICIAL_7) == 0)
            return true;
    }
    return false;
}

/* The first message is a hello; what comes later (info, url) is heard and needs no answer. */
static void message(void *data, struct ws *ws, bool text, const char *bytes, size_t len)
{
    struct client *client = data;
    struct err err;
    struct json *json = text ? json_parse(bytes, len, &err) : NULL;
    const char *command = json_text(json_get(json, "command"));
    if (!command) {
        ws_close(ws, WS_CODE_PROTOCOL, "a message is a JSON object with a command");
    } else if (!client->greeted && (strcmp(command, "hello") != 0 || !offers_7(json))) {
        ws_close(ws, WS_CODE_POLICY, "no hello with protocol official-7");
    } else if (!client->greeted) {
        client->greeted = true;
        struct buf hello = BUF_INIT(COMMAND_BYTES_MAX);
        put_hello(&hello);
        (void)ws_send_text(ws, hello.data, hello.len);
        buf_fini(&hello);
    }
    json_free(json);
}

static void look(void *data)
{
    struct livereload *livereload = data;
    uint64_t now_ns = clock_mono_ns();
    bool waiting = false;
    for (size_t i = livereload->clients.len; i-- > 0;) {
        struct client *client = livereload->clients.at[i];
        if (client->greeted)
            continue;
        waiting = true;
        if (now_ns - client->since_ns > LIVERELOAD_HANDSHAKE_MS * CLOCK_NS_PER_MS)
            ws_close(client->ws, WS_CODE_POLICY, "no hello came");
    }
    if (waiting)
        timer_start(livereload->timer, LOOK_MS);
}

static void accept_client(struct livereload *livereload, struct http_exchange *exchange)
{
    static const struct ws_handler HANDLER = {.on_message = message, .on_closed = closed};
    if (livereload->clients.len >= LIVERELOAD_CLIENTS_MAX) {
        reply_error(exchange, 503, "too many pages listen already", NULL);
        return;
    }
    struct client *client = mem_new(1, sizeof *client);
    *client = (struct client){.livereload = livereload, .since_ns = clock_mono_ns()};
    client->ws = ws_accept(exchange, NULL, LIVERELOAD_MESSAGE_MAX, &HANDLER, client);
    if (!client->ws) {
        free(client);
        return;
    }
    vec_push(&livereload->clients, client);
    timer_start(livereload->timer, LOOK_MS);
}

static void request(void *data, struct http_exchange *exchange)
{
    struct livereload *livereload = data;
    struct http_text path = http_exchange_head(exchange)->path;
    if (!access_allows(&livereload->access, ACCESS_EVENTS, exchange))
        return;
    if (!reply_is_get(exchange))
        reply_error(exchange, 405, "there is no such method here", "GET, HEAD");
    else if (http_text_equal(path, "/livereload.js"))
        reply_asset(exchange, "livereload.js", true);
    else if (http_text_equal(path, "/livereload"))
        accept_client(livereload, exchange);
    else
        reply_error(exchange, 404, "there is nothing here but /livereload and /livereload.js",
                    NULL);
}

/* --- life-cycle --- */

struct livereload *livereload_open(struct http_worker *worker, struct events *events,
                                   const struct config *config, struct err *err)
{
    struct tcp_address address;
    if (tcp_address_parse(&address, config->livereload.host, (uint16_t)config->livereload.port,
                          err) != 0)
        return NULL;
    struct livereload *livereload = mem_new(1, sizeof *livereload);
    livereload->events = events;
    livereload->told = events_last(events);
    strs_copy(&livereload->origins, &config->dashboard.origins);
    livereload->access = (struct access){
        .origins = &livereload->origins, .token = "", .beyond = !tcp_address_is_loopback(&address)};
    livereload->timer = timer_new(http_worker_loop(worker), look, livereload);
    livereload->server = http_server_new(
        worker, &(struct http_server_options){.on_request = request, .data = livereload});
    events_on_told(events, told, livereload);
    if (http_server_listen(livereload->server, &address, NULL, err) != 0) {
        err_hint(err, "another port: [livereload] port");
        livereload_close(livereload);
        return NULL;
    }
    return livereload;
}

void livereload_close(struct livereload *livereload)
{
    if (!livereload)
        return;
    events_off_told(livereload->events, told, livereload);
    while (livereload->clients.len) {
        struct client *client = livereload->clients.at[--livereload->clients.len];
        ws_abort(client->ws);
        free(client);
    }
    http_server_close(livereload->server, 0, NULL, NULL);
    vec_fini(&livereload->clients);
    timer_free(livereload->timer);
    strs_fini(&livereload->origins);
    free(livereload);
}
