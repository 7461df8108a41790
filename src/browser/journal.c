#include "browser/journal.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "browser/samples.h"
#include "observe/json_log.h"

#define RATE_MAX         500 /* lines of the app a second */
#define SAMPLE_BYTES_MAX ((size_t)1024)

struct journal {
    struct config config; /* only its log section is set, and read */
    struct pages_ask ask;
    struct events *events;
    struct json_log *log;
    struct samples *samples;
    char *lines[JOURNAL_LINES_MAX]; /* a ring, owned */
    size_t first, len, bytes;
};

static void forget(struct journal *journal)
{
    char **oldest = &journal->lines[journal->first];
    journal->bytes -= strlen(*oldest);
    free(*oldest);
    *oldest = NULL;
    journal->first = (journal->first + 1) % JOURNAL_LINES_MAX;
    journal->len--;
}

static void keep(struct journal *journal, const char *line, size_t len)
{
    while (journal->len &&
           (journal->len == JOURNAL_LINES_MAX || journal->bytes + len > JOURNAL_BYTES_MAX))
        forget(journal);
    journal->lines[(journal->first + journal->len++) % JOURNAL_LINES_MAX] = mem_string_n(line, len);
    journal->bytes += len;
}

/* Progress counts only while it is new. */
static void take_line(void *data, const char *kind, const char *line, size_t len)
{
    struct journal *journal = data;
    if (strcmp(kind, "build_progress") != 0)
        keep(journal, line, len);
    events_publish(journal->events, EVENTS_NEWS, line, len);
}

static void take_sample(void *data, const struct sample *sample)
{
    struct journal *journal = data;
    struct buf line = BUF_INIT(SAMPLE_BYTES_MAX);
    struct json_writer json = {.out = &line};
    char time[CLOCK_WALL_BYTES];
    clock_format_utc(sample->wall_ns, time);
    json_object_begin(&json, NULL);
    json_string(&json, "timestamp", time);
    json_string(&json, "level", "debug");
    json_object_begin(&json, "context");
    json_string(&json, "kind", "sample");
    sample_write_members(sample, &json);
    json_object_end(&json);
    json_object_end(&json);
    events_publish(journal->events, EVENTS_NEWS, line.data, line.len);
    buf_fini(&line);
}

static size_t app_pids(void *data, int *pids, size_t max)
{
    const struct journal *journal = data;
    return journal->ask.app_pids(journal->ask.data, pids, max);
}

struct journal *journal_open(struct loop *loop, struct bus *bus, const struct pages_ask *ask)
{
    struct journal *journal = mem_new(1, sizeof *journal);
    journal->config.log = (struct config_log){
        .level = LOG_DEBUG, .format = LOG_TEXT, .rate_limit = RATE_MAX, .app = true};
    journal->ask = *ask;
    journal->events = events_new();
    journal->log = json_log_each(loop, bus, take_line, journal, &journal->config, ask->service);
    journal->samples = samples_open(loop, app_pids, take_sample, journal);
    return journal;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    json_log_free(journal->log);
    samples_close(journal->samples);
    while (journal->len)
        forget(journal);
    events_free(journal->events);
    free(journal);
}

struct events *journal_events(struct journal *journal)
{
    return journal->events;
}

void journal_write_lines(const struct journal *journal, struct json_writer *json)
{
    for (size_t i = 0; i < journal->len; i++)
        json_raw(json, NULL, journal->lines[(journal->first + i) % JOURNAL_LINES_MAX]);
}

void journal_write_samples(const struct journal *journal, struct json_writer *json)
{
    samples_write(journal->samples, json);
}
