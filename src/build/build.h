/*
 * A build: commands before, the build command, commands after; one group each, killed whole.
 *
 * Life-cycle: build_start, output line by line, one call of on_done (never inside build_start),
 * build_free. build_cancel kills the group (SIGTERM, SIGKILL after 500 ms) and leads to on_done
 * with BUILD_CANCELLED once nobody of it is left, nor of those that left the group. The next build
 * starts only then, so two builds never write the same output.
 *
 * Commands run in config's root, with the environment given and PWD; a line runs without a shell
 * where words_need_shell says that none is needed. What they leave running in the background after
 * their own end is left alone.
 *
 * The default Go build, and a direct one, writes to a new file in tmp_dir and is linked into place
 * when it succeeded, so a running binary is never written to. Where the build fails or is given up
 * after that, the old binary is back in its place.
 */
#ifndef ZONDA_BUILD_BUILD_H
#define ZONDA_BUILD_BUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"
#include "build/diagnostics.h"
#include "build/golang/direct.h"
#include "build/how.h"
#include "config/config.h"
#include "platform/fs.h"
#include "platform/loop.h"
#include "platform/process.h"

enum build_phase { BUILD_BEFORE, BUILD_MAIN, BUILD_AFTER };
enum build_outcome { BUILD_DONE, BUILD_FAILED, BUILD_CANCELLED };

struct build_result {
    enum build_outcome outcome;
    bool unchanged; /* default go build: the artifact has the same content as before */
    struct exit_status status;
    char command[256];              /* the one that failed */
    struct diagnostics diagnostics; /* moved to the callee */
    struct err err; /* where a command could not be started, took too long, had no space */
    int packages;   /* compiled by the default go build, or directly */
    struct build_how how;
};

struct build_request {
    const struct config *config; /* borrowed until on_done */
    const struct strs *env;      /* the whole environment of the commands; copied */
    const char *package;         /* for the default go build; copied */
    bool is_default;             /* run go build of package; else config->build.command */
    struct fs_info running;      /* the artifact that the app was started from; FS_NONE: unknown */
    uint64_t reload_id;
    /* Does the main step, in place of go build or of the command; the binary comes to output
       (copied). Idle, and borrowed until on_done. NULL: none. */
    struct direct *direct;
    const char *output;
};

/* All but on_done may be NULL. A build may be cancelled inside them, and freed inside on_done. */
struct build_events {
    void (*on_line)(void *data, const char *line, bool error); /* output; without newline */
    void (*on_phase)(void *data, enum build_phase phase, const char *command);
    /* The default go build, and direct ones; total 0: not known. */
    void (*on_progress)(void *data, int packages_done, int total, const char *package);
    void (*on_done)(void *data, struct build_result *result);
    void *data;
};

struct build;
/* NULL and an error where the first command cannot be started: ERR_CONFIG for a command line that
   makes no sense, ERR_SYSTEM where tmp_dir cannot be written to, ERR_APP where there is no such
   command. */
struct build *build_start(struct loop *loop, const struct build_request *request,
                          const struct build_events *events, struct err *err);
void build_cancel(struct build *build); /* twice is fine */
enum build_phase build_phase(const struct build *build);
void build_free(struct build *build); /* after on_done, also inside it; NULL is allowed */

/* The artifact of config for package: config's output, or tmp_dir/bin/NAME for the default build
   (NAME: the service's, else the package's); NULL where it is not known. Heap. */
char *build_artifact(const struct config *config, const char *package, bool is_default);

/* Runs one command (rule commands, on_quit) with the same care and the same timeout; on_done once.
   command is copied. */
struct build *build_command(struct loop *loop, const struct config *config,
                            const struct command *command, const struct strs *env,
                            const struct build_events *events, struct err *err);
/* The same at low priority, and without [build] timeout: an hour is the limit. */
struct build *build_background(struct loop *loop, const struct config *config,
                               const struct command *command, const struct strs *env,
                               const struct build_events *events, struct err *err);

#endif
