/*
 * A sink: bytes to a descriptor or a file, written in batches on the work queue, never on the loop.
 *
 * Bounded: at most SINK_BYTES_MAX wait; past half of it sink_full is true and the writer's source should pause
 * (on_room tells when it may go on); past all of it what comes is dropped and counted, and one line says how much.
 */
#ifndef ZONDA_OBSERVE_SINK_H
#define ZONDA_OBSERVE_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "platform/loop.h"

#define SINK_BYTES_MAX ((size_t)4 << 20)

struct sink;
/* To fd (borrowed). */
struct sink *sink_to_fd(struct loop *loop, int fd);
/* To a file, appended; when it would pass max_size_bytes it becomes path.1, that path.2, up to max_files. Rotation
   happens between lines. */
struct sink *sink_to_file(struct loop *loop, const char *path, uint64_t max_size_bytes,
                          unsigned max_files, struct err *err);
void sink_write(struct sink *sink, const char *bytes, size_t len);
bool sink_full(const struct sink *sink);
void sink_on_room(struct sink *sink, void (*fn)(void *data), void *data);
/* A failed write (disk full, pipe closed), once for each streak; err is cleared by the call. */
bool sink_failed(struct sink *sink, struct err *err);
/* Writes what waits, bounded to one second, on the calling thread, and frees. */
void sink_free(struct sink *sink);

#endif
