/*
 * A sink: bytes to a descriptor or a file, written in batches on the work queue, never on the loop.
 *
 * Bounded: at most SINK_BYTES_MAX wait; past half of it sink_full is true and the writer's source
 * should pause, until a quarter is left (on_room tells when it may go on); past all of it what
 * comes is dropped and counted, and one line says how much.
 */
#ifndef ZONDA_OBSERVE_SINK_H
#define ZONDA_OBSERVE_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "platform/loop.h"

#define SINK_BYTES_MAX ((size_t)4 << 20)

struct sink;
/* To fd (borrowed). Where a pipe, socket or terminal has no room the sink waits for it on the loop;
   no thread is held up by a slow reader. */
struct sink *sink_to_fd(struct loop *loop, int fd);
/* To a file of mode 0600, appended, its directory made where there is none; when it would pass
   max_size_bytes (0: never) it becomes path.1, that path.2, up to path.max_files; with max_files 0
   what is full is thrown away. Rotation happens between lines; a line is never split, so that a
   single one larger than max_size_bytes has a file of its own. */
struct sink *sink_to_file(struct loop *loop, const char *path, uint64_t max_size_bytes,
                          unsigned max_files, struct err *err);
void sink_write(struct sink *sink, const char *bytes, size_t len);
bool sink_full(const struct sink *sink);
/* fn is called on the loop's thread when sink_full has become false again. */
void sink_on_room(struct sink *sink, void (*fn)(void *data), void *data);
/* fn is called once, on the loop's thread, when whoever read the pipe or socket has gone (EPIPE).
 */
void sink_on_unread(struct sink *sink, void (*fn)(void *data), void *data);
/* What to write where bytes were left out: fn appends one line to line. Without it the line is
 * text. */
typedef void sink_dropped_fn(void *data, uint64_t bytes, struct buf *line);
void sink_on_dropped(struct sink *sink, sink_dropped_fn *fn, void *data);
/* A failed write (disk full, pipe closed), once for each streak; what it is goes to err. The sink
   goes on: what could not be written is left out, and said once there is room. */
bool sink_failed(struct sink *sink, struct err *err);
/* Writes what waits, bounded to one second, on the calling thread, and frees. */
void sink_free(struct sink *sink);

#endif
