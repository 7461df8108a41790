#include "build/golang/child.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "platform/fs.h"
#include "platform/process.h"

#define CHUNK_BYTES         ((size_t)32 << 10)
#define COMPLAINT_BYTES_MAX ((size_t)4 << 10)
#define COMPLAINT_LINES_MAX 3
#define COMPLAINT_LINE_MAX  200 /* bytes */
#define DRAIN_MAX           64  /* chunks: more than a pipe holds */

struct pipe_end {
    struct go_child *child;
    struct io *io; /* NULL at the end of the stream */
    int fd;
};

struct go_child {
    struct go_child_events events;
    struct process *process;
    struct pipe_end out, complaint;
    struct buf text; /* of complaint */
    char *chunk;
    char *name;
    bool stopped; /* nobody wants to hear of it any more */
};

static void end_pipe(struct pipe_end *end)
{
    io_free(end->io);
    end->io = NULL;
    fs_fd_close(&end->fd);
}

static void child_free(struct go_child *child)
{
    end_pipe(&child->out);
    end_pipe(&child->complaint);
    process_free(child->process);
    buf_fini(&child->text);
    free(child->chunk);
    free(child->name);
    free(child);
}

/* One chunk; false where there is no more of it now. */
static bool read_chunk(struct pipe_end *end)
{
    struct go_child *child = end->child;
    long len = fs_fd_read(end->fd, child->chunk, CHUNK_BYTES);
    if (len <= 0) {
        if (len == 0 || errno != EAGAIN)
            end_pipe(end);
        return false;
    }
    if (end == &child->complaint) {
        size_t room = child->text.max - child->text.len;
        (void)buf_append(&child->text, child->chunk, (size_t)len < room ? (size_t)len : room);
    } else if (!child->stopped) {
        child->events.on_output(child->events.data, child->chunk, (size_t)len);
    }
    return true;
}

static void readable(void *data, int events)
{
    (void)events;
    (void)read_chunk(data);
}

/* "go: errors parsing go.mod:" says nothing without the line behind it. */
void go_complaint(const char *text, struct buf *words)
{
    for (int lines = 0; *text && lines < COMPLAINT_LINES_MAX;) {
        size_t tabs = strspn(text, "\t"), len = strcspn(text + tabs, "\n");
        text += tabs;
        if (len > 0 && strncmp(text, "go: downloading ", 16) != 0)
            (void)buf_printf(words, "%s%.*s", lines++ ? " " : "",
                             len < COMPLAINT_LINE_MAX ? (int)len : COMPLAINT_LINE_MAX, text);
        text += len + (text[len] == '\n');
    }
}

static void complain(const struct go_child *child, struct exit_status status, struct err *err)
{
    struct buf words = BUF_INIT((size_t)512);
    go_complaint(buf_text(&child->text), &words);
    if (words.len == 0)
        exit_status_words(status, &words);
    err_set(err, ERR_APP, "%s failed: %s", child->name, buf_text(&words));
    buf_fini(&words);
}

static void ended(void *data, struct exit_status status)
{
    struct go_child *child = data;
    struct pipe_end *ends[] = {&child->out, &child->complaint};
    for (size_t i = 0; i < 2; i++)
        for (int n = 0; n < DRAIN_MAX && ends[i]->io && !child->stopped; n++)
            if (!read_chunk(ends[i]))
                break;
    if (!child->stopped) {
        struct err err = {0};
        bool good = !status.signalled && status.code == 0;
        if (!good)
            complain(child, status, &err);
        child->stopped = true;
        child->events.on_done(child->events.data, good ? NULL : &err);
    }
    child_free(child);
}

static int open_pipe(struct loop *loop, struct go_child *child, struct pipe_end *end, int *theirs,
                     struct err *err)
{
    int fds[2];
    int failed = fs_pipe(fds, err);
    if (failed)
        return failed;
    end->fd = fds[0];
    *theirs = fds[1];
    failed = fs_fd_nonblock(end->fd, err);
    end->child = child;
    end->io = io_new(loop, end->fd, readable, end);
    io_want(end->io, IO_READ);
    return failed;
}

void go_child_env(struct strs *env, const struct strs *from, const char *dir)
{
    strs_copy(env, from);
    strs_env_set(env, "PWD", dir);
}

char *go_package(const char *dir, const char *package)
{
    char *path = path_join(dir, package);
    bool plain = *package != '.' && *package != '/' && fs_is_dir(path);
    free(path);
    return plain ? mem_format("./%s", package) : mem_string(package);
}

void go_list_argv(struct strs *argv, const char *go, const struct strs *flags,
                  const char *const *options)
{
    const char *const begin[] = {go, "list", "-buildvcs=false", NULL};
    strs_push_all(argv, begin);
    if (flags)
        strs_copy(argv, flags);
    strs_push_all(argv, options);
    strs_push(argv, "--");
}

void go_explain(const char *go, const struct strs *env, struct err *err)
{
    const char *path = strs_env_get(env, "PATH");
    char *found = fs_which_in(path, ".", go);
    bool is_found = found || !path || strchr(go, '/');
    free(found);
    if (is_found)
        return;
    err_set(err, ERR_APP, "there is no %s command in PATH", go);
    err_hint(err, "install Go, or add its bin directory to PATH, which is %.150s", path);
}

struct go_child *go_child_start(struct loop *loop, const struct strs *argv, const char *dir,
                                const struct strs *env, int nice,
                                const struct go_child_events *events, struct err *err)
{
    struct go_child *child = mem_new(1, sizeof *child);
    struct spawn spawn = SPAWN_INIT;
    struct strs whole = {0};
    int theirs[2] = {-1, -1};
    child->events = *events;
    child->out.fd = child->complaint.fd = -1;
    child->text = (struct buf)BUF_INIT(COMPLAINT_BYTES_MAX);
    child->name = mem_format("%s %s", argv->at[0], argv->len > 1 ? argv->at[1] : "");
    go_child_env(&whole, env, dir);
    if (open_pipe(loop, child, &child->out, &theirs[0], err) == 0 &&
        open_pipe(loop, child, &child->complaint, &theirs[1], err) == 0) {
        spawn.argv = (const char *const *)argv->at;
        spawn.env = (const char *const *)whole.at;
        spawn.cwd = dir;
        spawn.stdout_fd = theirs[0];
        spawn.stderr_fd = theirs[1];
        spawn.nice = nice;
        child->process = process_spawn(loop, &spawn, ended, child, err);
        if (!child->process)
            go_explain(argv->at[0], env, err);
    }
    fs_fd_close(&theirs[0]);
    fs_fd_close(&theirs[1]);
    strs_fini(&whole);
    if (child->process) {
        child->chunk = mem_new(CHUNK_BYTES, 1);
        return child;
    }
    child_free(child);
    return NULL;
}

void go_child_stop(struct go_child *child)
{
    if (!child || child->stopped)
        return;
    child->stopped = true;
    /* What it still says is thrown away. A pipe whose chunk is being handed on is closed as well:
       its reader looks at nothing but stopped afterwards. */
    end_pipe(&child->out);
    end_pipe(&child->complaint);
    process_kill(child->process);
}
