/*
 * The control socket: scripts and editors ask a running zonda.
 *
 * One Unix stream socket a project, below fs_runtime_dir(), named by the digest of the project's
 * root. A connection carries one request, one line of JSON, {"v":1,"command":"status"}, and its
 * answer, one line of JSON, {"v":1,"ok":true,…} or {"v":1,"ok":false,"error":"…","hint":"…"}. At
 * most CONTROL_CLIENTS_MAX at once, requests of at most CONTROL_REQUEST_MAX bytes, 5 s to send one
 * and 5 s to take an answer. docs/control.md describes every command.
 *
 * Server, life-cycle: control_open, on_request and on_gone on the loop's thread, control_close.
 */
#ifndef ZONDA_CONTROL_CONTROL_H
#define ZONDA_CONTROL_CONTROL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "platform/loop.h"

#define CONTROL_VERSION     1
#define CONTROL_CLIENTS_MAX 32
#define CONTROL_REQUEST_MAX ((size_t)4096)
#define CONTROL_ANSWER_MAX  ((size_t)1 << 20)

/* --- server: in the running zonda --- */
struct control;
struct control_client; /* one request being answered */

/* Called for each well-formed request. The callee answers now or later, exactly once, with
   control_answer; until then it may be told that the client is gone (on_gone). request is borrowed
   for the call. After either of the two the handle is not to be used again. */
typedef void control_request_fn(void *data, struct control_client *client, const char *command,
                                const struct json *request);
typedef void control_gone_fn(void *data, struct control_client *client);

/* ERR_USAGE where another zonda answers for this root. */
struct control *control_open(struct loop *loop, const char *root, control_request_fn *on_request,
                             control_gone_fn *on_gone, void *data, struct err *err);
/* json_line: one JSON object, with or without a newline at its end; copied. */
void control_answer(struct control_client *client, const char *json_line);
/* {"v":1,"ok":false,"error":…,"hint":…}; hint may be NULL. */
void control_refuse(struct control_client *client, const char *error, const char *hint);
/* Tells those who still wait that zonda ends (after on_gone for each), and removes the socket.
   Answers that are under way are written as far as that goes without waiting. NULL is allowed. */
void control_close(struct control *control);

/* --- client: zonda status, trigger, wait --- */
/* Sends one request to the zonda of the project that holds dir (dir or the nearest parent that has
   a socket) and waits for its answer up to timeout_ms (0: for ever). ERR_APP where none is running
   there, CONTROL_TIMEOUT (err filled as for ERR_SYSTEM) where it does not answer in time. */
#define CONTROL_TIMEOUT (-2001)
int control_ask(const char *dir, const char *request, uint32_t timeout_ms, struct buf *answer,
                struct err *err);

char *control_path(const char *root, struct err *err); /* heap */

#endif
