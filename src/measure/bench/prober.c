/* Requests to the app, one after the other, and which process answered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "measure/bench/parts.h"
#include "platform/loopback.h"
#include "platform/tree.h"

#define BODY_MAX      ((size_t)4 << 20)
#define TIMEOUT_MS    5000
#define REFUSED_MS    2 /* until the next one where nobody listened */
#define ASK_MS        8000
#define SERVER_ERRORS 500

static void tell(struct prober *prober)
{
    struct answer *answer = &prober->answer;
    prober->call = NULL;
    answer->end_ns = clock_mono_ns();
    answer->body = buf_text(&prober->body);
    answer->len = prober->body.len;
    if (answer->owner)
        prober->likely = answer->owner;
    if (!prober->kept)
        http_client_drop_idle(prober->client, NULL); /* each has a connection of its own */
    if (!prober->single)
        timer_start(prober->timer, answer->status ? prober->pause_ms : REFUSED_MS);
    prober->fn(prober->data, answer); /* may stop it */
}

/* The connection is there until the answer has been read; then it may be closed. */
static void on_head(void *data, struct http_call *call, const struct http_head *head)
{
    struct prober *prober = data;
    prober->answer.status = head->status;
    if (!prober->root)
        return;
    uint64_t inode = loopback_peer_inode(http_call_fd(call));
    if (inode)
        prober->answer.owner = tree_socket_owner(prober->root, prober->likely, inode);
}

static void on_body(void *data, struct http_call *call, const char *bytes, size_t len)
{
    (void)call;
    (void)buf_append(&((struct prober *)data)->body, bytes,
                     len); /* the rest of a large one is let go */
}

static void on_end(void *data, struct http_call *call, const struct http_field *trailers,
                   size_t count)
{
    struct prober *prober = data;
    (void)call;
    (void)trailers;
    (void)count;
    prober->answer.good = prober->answer.status < SERVER_ERRORS;
    tell(prober);
}

static void on_failed(void *data, struct http_call *call, const struct http_failure *failure)
{
    struct prober *prober = data;
    (void)call;
    if (failure->end == HTTP_END_REFUSED)
        prober->answer.status = 0;
    tell(prober);
}

static const struct http_call_handler HANDLER = {
    .on_head = on_head,
    .on_body = on_body,
    .on_end = on_end,
    .on_failed = on_failed,
};

static void ask(void *data)
{
    struct prober *prober = data;
    const struct http_field fields[] = {
        {HTTP_TEXT("Host"), {prober->host, strlen(prober->host)}},
        {HTTP_TEXT("User-Agent"), HTTP_TEXT("zonda-bench")},
        {HTTP_TEXT("Accept"), HTTP_TEXT("text/html, */*")},
    };
    const struct http_call_request request = {
        .method = HTTP_TEXT("GET"),
        .target = {prober->path, strlen(prober->path)},
        .fields = fields,
        .field_count = sizeof fields / sizeof *fields,
        .fresh = !prober->kept,
    };
    buf_reset(&prober->body);
    prober->answer = (struct answer){.begin_ns = clock_mono_ns()};
    prober->call = http_call_new(prober->client, &prober->address, &request, &HANDLER, prober);
    http_call_end(prober->call, NULL, 0);
}

void prober_init(struct prober *prober, struct bench *bench, uint16_t port, int root, answer_fn *fn,
                 void *data)
{
    static const struct http_client_options OPTIONS = {
        .idle_max = 1,
        .idle_timeout_ms = TIMEOUT_MS,
        .connect_timeout_ms = TIMEOUT_MS,
        .head_timeout_ms = TIMEOUT_MS,
        .body_timeout_ms = TIMEOUT_MS,
    };
    *prober = (struct prober){.bench = bench,
                              .address = bench->address,
                              .root = root,
                              .fn = fn,
                              .data = data,
                              .client = http_client_new(bench->http, &OPTIONS)};
    prober->address.port = port;
    (void)snprintf(prober->host, sizeof prober->host, "localhost:%u", (unsigned)port);
    prober->timer = timer_new(bench->loop, ask, prober);
    buf_init(&prober->body, BODY_MAX);
}

void prober_stop(struct prober *prober)
{
    timer_stop(prober->timer);
    if (prober->call)
        http_call_cancel(prober->call);
    prober->call = NULL;
}

void prober_start(struct prober *prober, const char *path, uint32_t pause_ms)
{
    prober_stop(prober);
    prober->path = path;
    prober->pause_ms = pause_ms;
    prober->single = false;
    ask(prober);
}

void prober_fini(struct prober *prober)
{
    prober_stop(prober);
    timer_free(prober->timer);
    http_client_free(prober->client);
    buf_fini(&prober->body);
}

/* --- one request --- */

struct asked {
    struct prober *prober;
    struct answer *answer;
    bool done;
};

static void take_answer(void *data, const struct answer *answer)
{
    struct asked *asked = data;
    *asked->answer = *answer;
    asked->done = true;
    bench_wake(asked->prober->bench);
}

static bool is_done(void *data)
{
    return ((struct asked *)data)->done;
}

bool prober_ask(struct prober *prober, const char *path, struct answer *answer)
{
    struct asked asked = {.prober = prober, .answer = answer};
    answer_fn *fn = prober->fn;
    void *data = prober->data;
    prober_stop(prober);
    *answer = (struct answer){0};
    prober->path = path;
    prober->single = true;
    prober->fn = take_answer;
    prober->data = &asked;
    ask(prober);
    (void)bench_wait(prober->bench, is_done, &asked, ASK_MS);
    prober_stop(prober);
    prober->fn = fn;
    prober->data = data;
    return answer->good;
}
