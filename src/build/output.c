/*
 * The output of a build's command, line by line as it comes.
 *
 * Each turn of the loop takes at most CHUNK_BYTES of a pipe. A line that is longer than
 * LINE_BYTES_MAX comes in pieces.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "build/golang/go_build.h"
#include "build/parts.h"
#include "platform/fs.h"

#define CHUNK_BYTES    ((size_t)64 << 10)
#define LINE_BYTES_MAX ((size_t)32 << 10)
#define DRAIN_MAX      64 /* chunks: more than a pipe holds */

static void give_line(struct stream *stream)
{
    struct build *build = stream->build;
    const struct step *step = &build->steps.at[build->at];
    char *text = stream->line.data;
    size_t len = stream->line.len;
    if (len && text[len - 1] == '\r')
        text[--len] = '\0';
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    const char *line = buf_text(&stream->line);
    const char *package = step->is_go && stream->error ? go_build_progress(line) : NULL;
    if (package) {
        build->result.packages++;
        if (build->events.on_progress)
            build->events.on_progress(build->events.data, build->result.packages, 0, package);
        return;
    }
    output_line(build, line, stream->error);
}

void output_line(struct build *build, const char *line, bool error)
{
    build->no_space |= strcasestr(line, "no space left on device") != NULL;
    (void)diagnostics_line(&build->result.diagnostics, build->config->root, line);
    if (build->events.on_line)
        build->events.on_line(build->events.data, line, error);
}

static void take_bytes(struct stream *stream, const char *bytes, size_t len)
{
    while (len) {
        const char *newline = memchr(bytes, '\n', len);
        size_t piece = newline ? (size_t)(newline - bytes) : len;
        size_t room = stream->line.max - stream->line.len;
        bool whole = piece <= room;
        if (!whole)
            piece = room;
        (void)buf_append(&stream->line, bytes, piece);
        if (newline || !whole) {
            give_line(stream);
            buf_reset(&stream->line);
        }
        size_t taken = piece + (whole && newline);
        bytes += taken;
        len -= taken;
    }
}

static void stream_end(struct stream *stream)
{
    io_free(stream->io);
    stream->io = NULL;
    fs_fd_close(&stream->fd);
    if (stream->line.len) {
        give_line(stream);
        buf_reset(&stream->line);
    }
}

/* One chunk; false where there is no more of it now. */
static bool read_chunk(struct stream *stream)
{
    long len = fs_fd_read(stream->fd, stream->build->chunk, CHUNK_BYTES);
    if (len > 0) {
        take_bytes(stream, stream->build->chunk, (size_t)len);
        return true;
    }
    if (len == 0 || errno != EAGAIN)
        stream_end(stream);
    return false;
}

static void readable(void *data, int events)
{
    (void)events;
    (void)read_chunk(data);
}

int streams_open(struct build *build, int theirs[2], struct err *err)
{
    struct stream *streams[] = {&build->out, &build->err_out};
    if (!build->chunk)
        build->chunk = mem_new(CHUNK_BYTES, 1);
    for (int i = 0; i < 2; i++) {
        struct stream *stream = streams[i];
        int fds[2];
        int failed = fs_pipe(fds, err);
        if (failed)
            return failed;
        buf_fini(&stream->line);
        *stream = (struct stream){
            .build = build, .fd = fds[0], .error = i == 1, .line = BUF_INIT(LINE_BYTES_MAX)};
        theirs[i] = fds[1];
        failed = fs_fd_nonblock(stream->fd, err);
        if (failed)
            return failed;
        stream->io = io_new(build->loop, stream->fd, readable, stream);
        io_want(stream->io, IO_READ);
    }
    return 0;
}

void streams_close(struct build *build, bool drain)
{
    struct stream *streams[] = {&build->out, &build->err_out};
    for (int i = 0; i < 2; i++) {
        struct stream *stream = streams[i];
        for (int n = 0; drain && n < DRAIN_MAX && stream->io && read_chunk(stream); n++)
            ;
        if (stream->fd >= 0)
            stream_end(stream);
        buf_fini(&stream->line);
    }
}
