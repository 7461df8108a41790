/* 2,000 open event streams at once: each gets every event, none holds a buffer, and the memory of
   each is printed. */
#include "world.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/vec.h"
#include "http/server.h"
#include "http/sse.h"

#define STREAMS      2000
#define STREAM_BYTES ((size_t)4096) /* more than one may cost here, without the kernel's socket */
#define DESCRIPTORS  (2 * STREAMS + 100)

struct site {
    struct world world;
    struct http_server *server;
    struct tcp_address address;
    VEC(struct http_exchange *) streams;
    size_t gone;
};

static void on_gone(void *data, struct http_exchange *exchange)
{
    struct site *site = data;
    site->gone++;
    for (size_t i = 0; i < site->streams.len; i++)
        if (site->streams.at[i] == exchange) {
            vec_remove(&site->streams, i);
            return;
        }
    fail_msg("an exchange that is not known is gone");
}

static void on_request(void *data, struct http_exchange *exchange)
{
    static const struct http_handler STREAM = {.on_gone = on_gone};
    static const struct http_field FIELDS[] = {
        {HTTP_TEXT("Content-Type"), HTTP_TEXT("text/event-stream")},
        {HTTP_TEXT("Cache-Control"), HTTP_TEXT("no-cache")},
    };
    struct site *site = data;
    http_exchange_handle(exchange, &STREAM, site);
    http_respond_begin(exchange, 200, (struct http_text){0}, FIELDS, 2, HTTP_LENGTH_UNKNOWN);
    http_exchange_forget_head(exchange);
    vec_push(&site->streams, exchange);
}

static void send_all(struct site *site, const char *id)
{
    struct buf event = BUF_INIT(1000);
    assert_int_equal(sse_event(&event, id, "reload", "now"), 0);
    for (size_t i = 0; i < site->streams.len; i++)
        assert_true(http_respond_write(site->streams.at[i], event.data, event.len));
    buf_fini(&event);
}

static size_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long size = 0, resident = 0;
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu %lu", &size, &resident), 2);
    (void)fclose(file);
    return resident * (size_t)sysconf(_SC_PAGESIZE);
}

static void many_streams_are_cheap(void **state)
{
    (void)state;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_max < DESCRIPTORS) {
        print_message("# only %lu descriptors are allowed here\n", (unsigned long)limit.rlim_max);
        skip();
    }
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);

    struct site site = {0};
    struct err err = {0};
    static struct raw raws[STREAMS];
    world_open(&site.world);
    struct http_server_options options = {.on_request = on_request, .data = &site};
    site.server = http_server_new(site.world.worker, &options);
    assert_int_equal(tcp_address_parse(&site.address, "127.0.0.1", 0, &err), 0);
    assert_int_equal(http_server_listen(site.server, &site.address, &site.address, &err), 0);

    size_t resident = resident_bytes(), allocated = mallinfo2().uordblks;
    for (size_t i = 0; i < STREAMS; i++) {
        raws[i] = raw_connect(&site.address);
        raw_send(
            &site.world, &raws[i],
            "GET /refresh-signal HTTP/1.1\r\nHost: localhost:3000\r\n"
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
            "Accept: text/event-stream\r\nAccept-Language: en-US,en;q=0.5\r\n"
            "Cache-Control: no-cache\r\nConnection: keep-alive\r\n\r\n");
        if (i % 100 == 99)
            await_count(&site.world, &site.streams.len, i + 1);
    }
    await_count(&site.world, &site.streams.len, STREAMS);
    send_all(&site, "1");
    turns(&site.world);
    size_t each_resident = (resident_bytes() - resident) / STREAMS;
    size_t each = (mallinfo2().uordblks - allocated) / STREAMS;
    print_message("# %d event streams: %zu bytes of the heap each, %zu resident\n", STREAMS, each,
                  each_resident);
    /* Sanitizers have a heap of their own, of which mallinfo2 tells nothing; then it is 0. */
    assert_true(each < STREAM_BYTES);
    for (size_t i = 0; i < STREAMS; i++) {
        raw_await(&site.world, &raws[i], "Transfer-Encoding: chunked\r\n\r\n");
        raw_await(&site.world, &raws[i], "id: 1\nevent: reload\ndata: now\n\n");
    }
    send_all(&site, "2");
    for (size_t i = 0; i < STREAMS; i++) {
        raw_await(&site.world, &raws[i], "id: 2\nevent: reload\ndata: now\n\n");
        raw_close(&raws[i]);
    }
    await_count(&site.world, &site.gone, STREAMS);
    assert_int_equal(http_server_connections(site.server), 0);
    http_server_close(site.server, 0, NULL, NULL);
    vec_fini(&site.streams);
    world_close(&site.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_streams_are_cheap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
