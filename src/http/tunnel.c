/* Two connections as one, after an upgrade. */
#include <stdlib.h>

#include "base/mem.h"
#include "http/conn.h"

struct end {
    struct http_tunnel *tunnel;
    struct http_conn *conn;
    bool ended; /* it sends no more */
};

struct http_tunnel {
    struct end a, b;
    http_tunnel_fn *on_done;
    void *data;
};

static struct end *other_of(struct end *end)
{
    return end == &end->tunnel->a ? &end->tunnel->b : &end->tunnel->a;
}

static void on_input(void *data, struct http_conn *conn)
{
    struct end *end = data;
    struct http_text input = http_conn_input(conn);
    if (!http_conn_write(other_of(end)->conn, input.at, input.len))
        http_conn_pause(conn); /* until on_drained of the other */
    http_conn_consume(conn, input.len);
}

static void on_drained(void *data, struct http_conn *conn)
{
    (void)conn;
    struct end *end = data;
    http_conn_resume(other_of(end)->conn);
}

static void done(struct http_tunnel *tunnel)
{
    http_tunnel_fn *on_done = tunnel->on_done;
    void *data = tunnel->data;
    free(tunnel);
    if (on_done)
        on_done(data);
}

static void on_input_end(void *data, struct http_conn *conn)
{
    (void)conn;
    struct end *end = data;
    struct http_tunnel *tunnel = end->tunnel;
    end->ended = true;
    if (!other_of(end)->ended) {
        http_conn_end_output(other_of(end)->conn);
        return;
    }
    http_conn_finish(tunnel->a.conn);
    http_conn_finish(tunnel->b.conn);
    done(tunnel);
}

static void on_broken(void *data, struct http_conn *conn, enum http_end reason)
{
    (void)conn;
    (void)reason;
    struct end *end = data;
    struct http_tunnel *tunnel = end->tunnel;
    http_conn_close(tunnel->a.conn);
    http_conn_close(tunnel->b.conn);
    done(tunnel);
}

struct http_tunnel *http_tunnel_new(struct http_conn *a, struct http_conn *b,
                                    http_tunnel_fn *on_done, void *data)
{
    static const struct http_conn_handler HANDLER = {on_input, on_input_end, on_drained, on_broken,
                                                     NULL};
    struct http_tunnel *tunnel = mem_new(1, sizeof *tunnel);
    tunnel->a = (struct end){tunnel, a, false};
    tunnel->b = (struct end){tunnel, b, false};
    tunnel->on_done = on_done;
    tunnel->data = data;
    http_conn_hand_over(a, &HANDLER, &tunnel->a);
    http_conn_hand_over(b, &HANDLER, &tunnel->b);
    return tunnel;
}

void http_tunnel_close(struct http_tunnel *tunnel)
{
    if (!tunnel)
        return;
    http_conn_close(tunnel->a.conn);
    http_conn_close(tunnel->b.conn);
    free(tunnel);
}
