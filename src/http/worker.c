/* What the connections of one loop share: memory to read into, the queue of what is to be told, and
   coarse deadlines. */
#include <stdlib.h>

#include "base/mem.h"
#include "http/conn_parts.h"

/* --- telling --- */

void worker_note(struct http_conn *conn)
{
    struct http_worker *worker = conn->worker;
    if (conn->noted)
        return;
    conn->noted = true;
    conn->busy++;
    conn->todo_next = NULL;
    *worker->todo_end = conn;
    worker->todo_end = &conn->todo_next;
    if (!worker->depth)
        timer_start(worker->soon, 0);
}

static void settle_all(struct http_worker *worker)
{
    while (worker->todo) {
        struct http_conn *conn = worker->todo;
        worker->todo = conn->todo_next;
        if (!worker->todo)
            worker->todo_end = &worker->todo;
        conn->noted = false;
        if (!conn->closed)
            conn_settle(conn);
        if (--conn->busy == 0 && conn->closed)
            free(conn);
    }
}

void worker_enter(struct http_worker *worker)
{
    worker->depth++;
}

void worker_leave(struct http_worker *worker)
{
    if (worker->depth == 1)
        settle_all(worker);
    worker->depth--;
}

static void on_soon(void *data)
{
    struct http_worker *worker = data;
    worker_enter(worker);
    worker_leave(worker);
}

/* --- deadlines --- */

static void on_tick(void *data)
{
    struct http_worker *worker = data;
    bool any = false;
    worker->now++;
    worker_enter(worker);
    for (struct http_conn *conn = worker->conns; conn; conn = conn->next) {
        uint32_t now = worker->now;
        if ((conn->deadline && (int32_t)(now - conn->deadline) >= 0) ||
            (conn->stall && (int32_t)(now - conn->stall) >= 0)) {
            conn->deadline = conn->stall = 0;
            conn_fail(conn, HTTP_END_TIMEOUT);
        }
        any |= conn->deadline || conn->stall;
    }
    worker->ticking = any;
    if (any)
        timer_start(worker->tick, HTTP_TICK_MS);
    worker_leave(worker);
}

uint32_t worker_deadline(struct http_worker *worker, uint32_t timeout_ms)
{
    if (!timeout_ms)
        return 0;
    if (!worker->ticking) {
        worker->ticking = true;
        timer_start(worker->tick, HTTP_TICK_MS);
    }
    /* The tick under way is nobody's: late rather than early. */
    uint32_t deadline = worker->now + timeout_ms / HTTP_TICK_MS + 2;
    return deadline ? deadline : 1;
}

/* --- life --- */

struct http_worker *http_worker_new(struct loop *loop)
{
    struct http_worker *worker = mem_new(1, sizeof *worker);
    worker->loop = loop;
    worker->todo_end = &worker->todo;
    worker->soon = timer_new(loop, on_soon, worker);
    worker->tick = timer_new(loop, on_tick, worker);
    return worker;
}

void http_worker_free(struct http_worker *worker)
{
    if (!worker)
        return;
    while (worker->conns) /* those that say goodbye; nobody's any more */
        http_conn_close(worker->conns);
    settle_all(worker);
    timer_free(worker->soon);
    timer_free(worker->tick);
    free(worker->scratch);
    free(worker);
}

struct loop *http_worker_loop(struct http_worker *worker)
{
    return worker->loop;
}
