/* Addresses, and the connections that are kept for the next call. */
#include "http/client.h"

#include <stdlib.h>

#include "base/mem.h"
#include "http/client_parts.h"

#define IDLE_MAX           32
#define IDLE_TIMEOUT_MS    30000
#define CONNECT_TIMEOUT_MS 5000
#define STALL_TIMEOUT_MS   60000

struct http_client *http_client_new(struct http_worker *worker,
                                    const struct http_client_options *options)
{
    struct http_client *client = mem_new(1, sizeof *client);
    struct http_client_options *own = &client->options;
    client->worker = worker;
    *own = *options;
    if (!own->idle_max)
        own->idle_max = IDLE_MAX;
    if (!own->idle_timeout_ms)
        own->idle_timeout_ms = IDLE_TIMEOUT_MS;
    if (!own->connect_timeout_ms)
        own->connect_timeout_ms = CONNECT_TIMEOUT_MS;
    if (!own->stall_timeout_ms)
        own->stall_timeout_ms = STALL_TIMEOUT_MS;
    return client;
}

struct upstream *client_upstream(struct http_client *client, const struct tcp_address *address)
{
    struct upstream *upstream = client->upstreams;
    while (upstream && !tcp_address_equal(&upstream->address, address))
        upstream = upstream->next;
    if (upstream)
        return upstream;
    upstream = mem_new(1, sizeof *upstream);
    upstream->address = *address;
    upstream->next = client->upstreams;
    client->upstreams = upstream;
    return upstream;
}

/* --- kept connections --- */

static void drop(struct idle *idle)
{
    struct idle **slot = &idle->upstream->idle;
    while (*slot != idle)
        slot = &(*slot)->next;
    *slot = idle->next;
    idle->upstream->idle_count--;
    http_conn_close(idle->conn);
    free(idle);
}

static void close_idle(struct idle *idle)
{
    struct http_client *client = idle->client;
    struct upstream *upstream = idle->upstream;
    drop(idle);
    client_forget(upstream, client);
}

/* A server that says something without being asked is not to be understood. */
static void on_idle_input(void *data, struct http_conn *conn)
{
    if (http_conn_input(conn).len)
        close_idle(data);
}

static void on_idle_end(void *data, struct http_conn *conn)
{
    (void)conn;
    close_idle(data);
}

static void on_idle_broken(void *data, struct http_conn *conn, enum http_end end)
{
    (void)conn;
    (void)end;
    close_idle(data);
}

static const struct http_conn_handler IDLE_HANDLER = {
    .on_input = on_idle_input,
    .on_input_end = on_idle_end,
    .on_broken = on_idle_broken,
};

void client_keep(struct http_client *client, struct upstream *upstream, struct http_conn *conn,
                 unsigned epoch)
{
    if (epoch != upstream->epoch || upstream->idle_count >= client->options.idle_max) {
        http_conn_close(conn);
        return;
    }
    struct idle *idle = mem_new(1, sizeof *idle);
    idle->client = client;
    idle->upstream = upstream;
    idle->conn = conn;
    idle->epoch = epoch;
    idle->next = upstream->idle;
    upstream->idle = idle;
    upstream->idle_count++;
    http_conn_hand_over(conn, &IDLE_HANDLER, idle);
    http_conn_deadline(conn, client->options.idle_timeout_ms);
}

struct http_conn *client_reuse(struct upstream *upstream, unsigned *epoch)
{
    for (struct idle *idle = upstream->idle; idle; idle = upstream->idle) {
        struct http_conn *conn = idle->conn;
        *epoch = idle->epoch;
        upstream->idle = idle->next;
        upstream->idle_count--;
        free(idle);
        if (!conn->failed && !conn->input_ended)
            return conn;
        http_conn_close(conn);
    }
    return NULL;
}

/* An address that nobody uses any more, as ports come and go. */
void client_forget(struct upstream *upstream, struct http_client *client)
{
    if (upstream->idle || upstream->call_count)
        return;
    struct upstream **slot = &client->upstreams;
    while (*slot != upstream)
        slot = &(*slot)->next;
    *slot = upstream->next;
    free(upstream);
}

void http_client_drop_idle(struct http_client *client, const struct tcp_address *address)
{
    struct upstream *next;
    for (struct upstream *upstream = client->upstreams; upstream; upstream = next) {
        next = upstream->next;
        if (address && !tcp_address_equal(&upstream->address, address))
            continue;
        upstream->epoch++;
        while (upstream->idle)
            drop(upstream->idle);
        client_forget(upstream, client);
    }
}

void http_client_free(struct http_client *client)
{
    if (!client)
        return;
    while (client->calls)
        http_call_cancel(client->calls);
    http_client_drop_idle(client, NULL);
    free(client);
}
