#include "command/load_reload.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/path.h"
#include "command/project.h"
#include "command/reload_text.h"
#include "platform/fs.h"
#include "platform/thread.h"

#define FILE_MAX       ((size_t)4 << 20)
#define RELOAD_MAX_MS  60000
#define AFTERWARDS_MS  300 /* what was under way when the new version came is counted, too */
#define ANSWER_MAX     ((size_t)1 << 20)
#define WAIT_REQUEST   "{\"v\":1,\"command\":\"wait\"}"
#define STATUS_REQUEST "{\"v\":1,\"command\":\"status\"}"

struct reloader {
    char *file;
    unsigned mode;
    uint32_t every_ms;
    struct windows *windows;
    struct gate *gate; /* is opened for the end */
    struct thread *thread;
    struct buf before; /* the file as it was */
    int count;
};

/* The file with something at its end that makes another program of a Go file; of others, another
   content. */
static int edit(struct reloader *reloader, struct err *err)
{
    struct buf text = BUF_INIT(FILE_MAX + 1000);
    int number = ++reloader->count;
    (void)buf_append(&text, reloader->before.data, reloader->before.len);
    if (strcmp(path_ext(reloader->file), "go") == 0)
        (void)buf_printf(&text,
                         "\n// Written by zonda load --reload-every, which takes it away at its "
                         "end.\nvar zondaLoad int\n\nfunc init() { zondaLoad = %d }\n",
                         number);
    else
        for (int i = 0; i <= number % 2; i++)
            (void)buf_putc(&text, '\n');
    int failed = fs_write(reloader->file, buf_text(&text), text.len, reloader->mode, err);
    buf_fini(&text);
    return failed;
}

/* One edit, until it is served or has failed. */
static void reload_once(struct reloader *reloader)
{
    struct err err = {0};
    struct json *answer = NULL;
    struct buf words = BUF_INIT(ANSWER_MAX);
    bool good = false;
    windows_open(reloader->windows);
    if (edit(reloader, &err) != 0 ||
        project_ask(WAIT_REQUEST, RELOAD_MAX_MS, &answer, NULL, &err) != 0) {
        (void)buf_puts(&words, err.message);
    } else {
        reload_text_line(json_get(answer, "reload"), &words);
        good = reload_text_is_good(json_get(answer, "reload"));
        if (words.len && words.data[words.len - 1] == '\n')
            words.data[--words.len] = '\0';
    }
    /* The file has been put back meanwhile: what was answered is about that. */
    if (gate_wait(reloader->gate, 0)) {
        buf_reset(&words);
        (void)buf_puts(&words, "not over when the run ended");
    }
    (void)gate_wait(reloader->gate, AFTERWARDS_MS);
    windows_close(reloader->windows, buf_text(&words), good);
    json_free(answer);
    buf_fini(&words);
}

static void reload_on(void *data)
{
    struct reloader *reloader = data;
    uint64_t begin_ns = clock_mono_ns();
    for (;;) {
        uint64_t spent_ms = (clock_mono_ns() - begin_ns) / CLOCK_NS_PER_MS;
        uint64_t left_ms = spent_ms < reloader->every_ms ? reloader->every_ms - spent_ms : 0;
        if (gate_wait(reloader->gate, (uint32_t)left_ms))
            return;
        begin_ns = clock_mono_ns();
        reload_once(reloader);
    }
}

static void reloader_free(struct reloader *reloader)
{
    gate_free(reloader->gate);
    buf_fini(&reloader->before);
    free(reloader->file);
    free(reloader);
}

struct reloader *reloader_start(const char *file, uint32_t every_ms, struct windows *windows,
                                struct err *err)
{
    struct json *answer = NULL;
    struct reloader *reloader = mem_new(1, sizeof *reloader);
    reloader->file = mem_string(file);
    reloader->mode = fs_stat(file, true).mode;
    reloader->every_ms = every_ms;
    reloader->windows = windows;
    reloader->gate = gate_new();
    buf_init(&reloader->before, FILE_MAX);
    /* Asked before anything is edited: somebody must be there to reload. */
    if (fs_read(file, &reloader->before, err) == 0 &&
        project_ask(STATUS_REQUEST, RELOAD_MAX_MS, &answer, NULL, err) == 0)
        reloader->thread = thread_start(reload_on, reloader, err);
    json_free(answer);
    if (reloader->thread)
        return reloader;
    reloader_free(reloader);
    return NULL;
}

static int put_back(const struct reloader *reloader, struct err *err)
{
    return fs_write(reloader->file, buf_text(&reloader->before), reloader->before.len,
                    reloader->mode, err);
}

int reloader_stop(struct reloader *reloader, struct err *err)
{
    int failed = 0;
    if (!reloader)
        return 0;
    gate_open(reloader->gate);
    /* At once, as the reload under way may take long and the user may lose patience; and again,
       as the thread may just have been about to edit. */
    (void)put_back(reloader, err);
    thread_join(reloader->thread);
    if (reloader->count)
        failed = put_back(reloader, err);
    reloader_free(reloader);
    return failed;
}
