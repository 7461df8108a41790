#include "browser/streams.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/vec.h"
#include "http/fields.h"
#include "http/sse.h"

#define TEXT_BYTES_MAX ((size_t)2 << 20) /* of what is missed at once: the hub keeps less */
#define FIELDS_MAX     12
#define TURN_MAX       200 /* clients written to in one turn of the loop */

struct stream {
    struct streams *streams;
    struct http_exchange *exchange;
    size_t place;  /* in the list */
    uint64_t sent; /* the last event it has */
    bool full;     /* on_drained will come */
};

struct streams {
    struct events *events;
    streams_begin_fn *begin;
    void *data;
    VEC(struct stream *) list;
    struct timer *more, *beat;
    size_t next;      /* of those that may lack an event; list.len: none */
    size_t next_beat; /* of those that wait for this round's beat */
    struct buf text;  /* what is being written */
};

static void remove_stream(struct stream *stream)
{
    struct streams *streams = stream->streams;
    struct stream *last = streams->list.at[streams->list.len - 1];
    streams->list.at[stream->place] = last;
    last->place = stream->place;
    streams->list.len--;
    /* The last one may have moved to where the rounds have been. */
    streams->next = streams->next_beat = 0;
    free(stream);
    if (streams->list.len)
        timer_start(streams->more, 0);
}

static void put_event(struct streams *streams, uint64_t number, const char *json)
{
    char id[EVENTS_ID_BYTES];
    events_id(streams->events, number, id);
    (void)sse_event(&streams->text, id, NULL, json);
}

static void put_message(void *data, const struct events_message *message)
{
    put_event(data, message->number, message->data);
}

/* How things stand: whoever has heard it has all up to the last event. */
static void put_state(void *data, const struct events_message *message)
{
    struct streams *streams = data;
    put_event(streams, events_last(streams->events), message->data);
}

/* What somebody is told whose last event is not known. */
static void put_begin(struct streams *streams, bool returns)
{
    struct buf first = BUF_INIT(EVENTS_BYTES_MAX);
    streams->begin(streams->data, returns, &first);
    if (first.len)
        put_event(streams, events_last(streams->events), first.data);
    buf_fini(&first);
    events_state(streams->events, put_state, streams);
}

/* Writes what is in text; nothing after it may touch the stream's exchange. */
static void send_text(struct stream *stream)
{
    struct buf *text = &stream->streams->text;
    stream->sent = events_last(stream->streams->events);
    if (text->len)
        stream->full = !http_respond_write(stream->exchange, text->data, text->len);
}

/* True where something was written. */
static bool catch_up(struct stream *stream)
{
    struct streams *streams = stream->streams;
    if (stream->full || stream->sent == events_last(streams->events))
        return false;
    buf_reset(&streams->text);
    if (!events_after(streams->events, stream->sent, put_message, streams))
        put_begin(streams, true);
    send_text(stream);
    return true;
}

static void serve(void *data)
{
    struct streams *streams = data;
    for (int left = TURN_MAX; streams->next < streams->list.len && left > 0;)
        left -= catch_up(streams->list.at[streams->next++]);
    if (streams->next < streams->list.len)
        timer_start(streams->more, 0);
}

static void told(void *data)
{
    struct streams *streams = data;
    streams->next = 0;
    serve(streams);
}

/* A comment for what stands between, and an event that a script can see. */
static void beat(void *data)
{
    struct streams *streams = data;
    buf_reset(&streams->text);
    (void)sse_comment(&streams->text, "beat");
    (void)sse_event(&streams->text, NULL, "beat", "1");
    for (int left = TURN_MAX; streams->next_beat < streams->list.len && left > 0; left--) {
        struct stream *stream = streams->list.at[streams->next_beat++];
        if (!stream->full)
            stream->full =
                !http_respond_write(stream->exchange, streams->text.data, streams->text.len);
    }
    bool over = streams->next_beat >= streams->list.len;
    if (over)
        streams->next_beat = 0;
    if (streams->list.len)
        timer_start(streams->beat, over ? STREAMS_BEAT_MS : 1);
}

static void drained(void *data, struct http_exchange *exchange)
{
    struct stream *stream = data;
    (void)exchange;
    stream->full = false;
    (void)catch_up(stream);
}

static void gone(void *data, struct http_exchange *exchange)
{
    (void)exchange;
    remove_stream(data);
}

struct streams *streams_new(struct loop *loop, struct events *events, streams_begin_fn *begin,
                            void *data)
{
    struct streams *streams = mem_new(1, sizeof *streams);
    streams->events = events;
    streams->begin = begin;
    streams->data = data;
    streams->more = timer_new(loop, serve, streams);
    streams->beat = timer_new(loop, beat, streams);
    buf_init(&streams->text, TEXT_BYTES_MAX);
    events_on_told(events, told, streams);
    return streams;
}

/* The id of the client's last event: the field of an EventSource that comes back, or for one that
   was made anew the query's last-event-id. */
static struct http_text last_id(const struct http_head *head)
{
    static const char NAME[] = "last-event-id=";
    struct http_text id = http_head_value(head, "Last-Event-ID");
    size_t name = sizeof NAME - 1;
    if (!id.len && head->query.len > name && memcmp(head->query.at, NAME, name) == 0)
        id = (struct http_text){head->query.at + name, head->query.len - name};
    return id;
}

static void begin_response(struct http_exchange *exchange, const struct http_field *more,
                           size_t count)
{
    static const struct http_field OWN[] = {
        {HTTP_TEXT("Content-Type"), HTTP_TEXT("text/event-stream")},
        {HTTP_TEXT("Cache-Control"), HTTP_TEXT("no-cache, no-transform")},
        {HTTP_TEXT("X-Accel-Buffering"), HTTP_TEXT("no")},
    };
    struct http_field fields[FIELDS_MAX];
    size_t len = sizeof OWN / sizeof *OWN;
    memcpy(fields, OWN, sizeof OWN);
    for (size_t i = 0; i < count && len < FIELDS_MAX; i++)
        fields[len++] = more[i];
    http_respond_begin(exchange, 200, (struct http_text){0}, fields, len, HTTP_LENGTH_UNKNOWN);
}

void streams_take(struct streams *streams, struct http_exchange *exchange,
                  const struct http_field *fields, size_t count)
{
    static const struct http_handler HANDLER = {.on_drained = drained, .on_gone = gone};
    static const char FULL[] = "too many pages listen already\n";
    if (streams->list.len >= STREAMS_MAX) {
        struct http_field retry = {HTTP_TEXT("Retry-After"), HTTP_TEXT("5")};
        http_respond(exchange, 503, "text/plain", &retry, 1, FULL, sizeof FULL - 1);
        return;
    }
    if (http_exchange_head(exchange)->method == HTTP_HEAD) {
        begin_response(exchange, fields, count);
        http_respond_end(exchange, NULL, 0);
        return;
    }
    struct http_text id = last_id(http_exchange_head(exchange));
    uint64_t number = 0;
    bool known = events_number(streams->events, id.at, id.len, &number);
    struct stream *stream = mem_new(1, sizeof *stream);
    *stream = (struct stream){.streams = streams, .exchange = exchange, .place = streams->list.len};
    vec_push(&streams->list, stream);
    if (!timer_active(streams->beat))
        timer_start(streams->beat, STREAMS_BEAT_MS);
    buf_reset(&streams->text);
    (void)sse_retry(&streams->text, STREAMS_RETRY_MS);
    if (!known || !events_after(streams->events, number, put_message, streams))
        put_begin(streams, id.len > 0);
    begin_response(exchange, fields, count);
    http_exchange_handle(exchange, &HANDLER, stream);
    http_exchange_forget_head(exchange);
    send_text(stream);
}

size_t streams_count(const struct streams *streams)
{
    return streams->list.len;
}

void streams_free(struct streams *streams)
{
    if (!streams)
        return;
    events_off_told(streams->events, told, streams);
    while (streams->list.len) {
        struct stream *stream = streams->list.at[--streams->list.len];
        struct http_exchange *exchange = stream->exchange;
        free(stream);
        http_respond_abort(exchange);
    }
    vec_fini(&streams->list);
    timer_free(streams->more);
    timer_free(streams->beat);
    buf_fini(&streams->text);
    free(streams);
}
