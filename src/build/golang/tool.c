#include "build/golang/tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/fs.h"

#define KILL_AFTER_MS 500
#define PATIENCE_MS   5000 /* after SIGKILL; what is left then is in the kernel's hands (state D) */
#define READS_A_TURN  16

struct stream {
    struct tool *tool;
    int fd;
    struct io *io;
    struct buf *into;
    size_t told; /* bytes of into that on_line has seen */
    bool lines;
};

struct tool {
    struct loop *loop;
    struct tool_request request;
    struct tool_result result;
    struct process *process;
    struct timer *kill;
    struct stream streams[2];
    bool ended, killed, late; /* late: nobody is waited for any more */
};

static void close_stream(struct stream *stream)
{
    io_free(stream->io);
    stream->io = NULL;
    fs_fd_close(&stream->fd);
}

static void finish_when_over(struct tool *tool)
{
    if (!tool->ended || tool->streams[0].io || tool->streams[1].io)
        return;
    /* The go command's own children do not hold its output: after a cancel they are waited for. */
    if (tool->result.cancelled && !process_gone(tool->process) && !tool->late)
        return;
    timer_free(tool->kill);
    tool->kill = NULL;
    process_free(tool->process);
    tool->process = NULL;
    tool->request.on_done(tool->request.data, &tool->result);
}

static void tell_lines(struct stream *stream, bool all)
{
    struct tool *tool = stream->tool;
    if (!stream->lines || !tool->request.on_line)
        return;
    while (stream->told < stream->into->len) {
        char *line = stream->into->data + stream->told;
        size_t left = stream->into->len - stream->told;
        char *end = memchr(line, '\n', left);
        if (!end && !all)
            return;
        char *copy = mem_string_n(line, end ? (size_t)(end - line) : left);
        stream->told += end ? (size_t)(end - line) + 1 : left;
        tool->request.on_line(tool->request.data, copy);
        free(copy);
    }
}

static void read_stream(void *data, int events)
{
    struct stream *stream = data;
    struct tool *tool = stream->tool;
    static char bytes[1 << 16];
    (void)events;
    for (int i = 0; i < READS_A_TURN; i++) {
        long len = fs_fd_read(stream->fd, bytes, sizeof bytes);
        if (len > 0) {
            (void)buf_append(stream->into, bytes, (size_t)len);
            tell_lines(stream, false);
            continue;
        }
        if (len < 0 && errno == EAGAIN)
            return;
        tell_lines(stream, true);
        close_stream(stream);
        finish_when_over(tool);
        return;
    }
}

static void on_exit_of(void *data, struct exit_status status)
{
    struct tool *tool = data;
    tool->result.status = status;
    tool->ended = true;
    finish_when_over(tool);
}

static void gone(void *data)
{
    finish_when_over(data);
}

static void kill_all(struct tool *tool)
{
    tool->killed = true;
    process_kill(tool->process);
    timer_start(tool->kill, PATIENCE_MS);
}

static void kill_timer(void *data)
{
    struct tool *tool = data;
    if (!tool->killed) {
        kill_all(tool);
        return;
    }
    tool->late = true;
    finish_when_over(tool);
}

static int open_stream(struct tool *tool, struct stream *stream, struct buf *into, int *other,
                       struct err *err)
{
    int fds[2];
    if (fs_pipe(fds, err) < 0)
        return err->code;
    *other = fds[1];
    *stream = (struct stream){.tool = tool, .fd = fds[0], .into = into};
    return fs_fd_nonblock(fds[0], err);
}

static int spawn(struct tool *tool, int out, int error, struct err *err)
{
    const struct tool_request *request = &tool->request;
    struct spawn spawn = SPAWN_INIT;
    spawn.argv = (const char *const *)request->argv->at;
    spawn.env = (const char *const *)request->env->at;
    spawn.cwd = request->cwd;
    spawn.nice = request->nice;
    spawn.stdout_fd = out;
    spawn.stderr_fd = request->joined ? out : error;
    tool->process = process_spawn(tool->loop, &spawn, on_exit_of, tool, err);
    if (!tool->process)
        return err->code;
    process_when_gone(tool->process, gone);
    return 0;
}

struct tool *tool_start(struct loop *loop, const struct tool_request *request, struct err *err)
{
    struct tool *tool = mem_new(1, sizeof *tool);
    int ends[2] = {-1, -1}, result = 0;
    tool->loop = loop;
    tool->request = *request;
    buf_init(&tool->result.out, TOOL_OUTPUT_MAX);
    buf_init(&tool->result.error, TOOL_OUTPUT_MAX);
    tool->streams[0].fd = tool->streams[1].fd = -1;
    result = open_stream(tool, &tool->streams[0], &tool->result.out, &ends[0], err);
    if (result == 0 && !request->joined)
        result = open_stream(tool, &tool->streams[1], &tool->result.error, &ends[1], err);
    if (result == 0)
        result = spawn(tool, ends[0], ends[1], err);
    fs_fd_close(&ends[0]);
    fs_fd_close(&ends[1]);
    if (result < 0) {
        tool_free(tool);
        return NULL;
    }
    tool->streams[request->joined ? 0 : 1].lines = true;
    for (int i = 0; i < (request->joined ? 1 : 2); i++) {
        tool->streams[i].io = io_new(loop, tool->streams[i].fd, read_stream, &tool->streams[i]);
        io_want(tool->streams[i].io, IO_READ);
    }
    return tool;
}

void tool_cancel(struct tool *tool)
{
    if (tool->result.cancelled || !tool->process)
        return;
    tool->result.cancelled = true;
    tool->kill = timer_new(tool->loop, kill_timer, tool);
    if (!tool->request.gentle) {
        kill_all(tool);
        return;
    }
    process_signal(tool->process, signal_number("TERM"));
    timer_start(tool->kill, KILL_AFTER_MS);
}

void tool_free(struct tool *tool)
{
    if (!tool)
        return;
    timer_free(tool->kill);
    close_stream(&tool->streams[0]);
    close_stream(&tool->streams[1]);
    process_free(tool->process);
    buf_fini(&tool->result.out);
    buf_fini(&tool->result.error);
    free(tool);
}
