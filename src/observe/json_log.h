/*
 * The log for machines: JSON Lines, one object for each event and each line of the app, with
 * timestamp, level, service, trace_id, message, context on every line.
 *
 * Subscribes to the bus; writes to one sink, or to a function. Lines of the app are cut at
 * JSON_LOG_LINE_MAX bytes and limited to config's rate_limit a second; what was left out is counted
 * and said in one line of level warn.
 */
#ifndef ZONDA_OBSERVE_JSON_LOG_H
#define ZONDA_OBSERVE_JSON_LOG_H

#include "config/config.h"
#include "observe/bus.h"
#include "observe/sink.h"

#define JSON_LOG_LINE_MAX ((size_t)16 << 10)

struct json_log;
/* service: the name of the whole, or of the only one; copied. */
struct json_log *json_log_new(struct loop *loop, struct bus *bus, struct sink *out,
                              const struct config *config, const char *service);
/* To fn instead of a sink: one line at a time, without its newline, borrowed for the call. kind is
   context's. */
typedef void json_line_fn(void *data, const char *kind, const char *line, size_t len);
struct json_log *json_log_each(struct loop *loop, struct bus *bus, json_line_fn *fn, void *data,
                               const struct config *config, const char *service);
void json_log_config(struct json_log *log, const struct config *config, const char *service);
void json_log_free(struct json_log *log);

#endif
