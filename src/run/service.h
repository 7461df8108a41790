/*
 * The service: the app's process through its generations.
 *
 * Life-cycle: service_new, service_start for each generation, service_stop, service_free once
 * stopped. Events come by callback on the loop.
 *
 * With run.handoff and run.overlap a new generation starts while the one before serves, and gets
 * its listening sockets (platform/handoff.h). It is ready when it listens on as many of them
 * (run/ready.c has the rest), or when the sign that was chosen (run/sign.c) has come; only then is
 * the one before asked to stop. Where the new one ends before that, or the sign does not come in
 * time, the one before goes on (on_kept). Where the two cannot live side by side, since the new one
 * waits for something the old one has, or where run.overlap is off, the old one is stopped first
 * while its sockets stay open: connections wait. Without run.handoff, where the system refuses it,
 * and where the app does not listen, the old one is stopped and then the new one started.
 *
 * At a time one generation serves, one may start beside it, and any number may be on their way out.
 *
 * Stop ladder: stop_signal to the group → stop_timeout → SIGKILL to every descendant, whatever
 * its group or session. The next generation starts only when none is left.
 *
 * A generation is ready when one of its processes listens on a TCP port or Unix socket; one whose
 * predecessor never listened, when it has lived for 300 ms; a first one that does not listen, after
 * ready_timeout.
 *
 * Crashes: the restart policy of config (run/policy.h) decides; on_crash tells what is next. Where
 * on_exit finds that somebody else has the app's port (service_port_taken), that is no crash that
 * counts: the port is looked at now and then, for ten minutes at most, and the app started when it
 * is free.
 */
#ifndef ZONDA_RUN_SERVICE_H
#define ZONDA_RUN_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"
#include "config/config.h"
#include "platform/loop.h"
#include "platform/process.h"

enum service_state {
    SERVICE_DOWN,     /* nothing runs */
    SERVICE_STARTING, /* runs, not ready */
    SERVICE_READY,
    SERVICE_STOPPING, /* asked to stop; perhaps a next generation waits */
    SERVICE_BACKOFF,  /* crashed, will be started again */
    SERVICE_BLOCKED,  /* somebody else has its port; it is started when that is free */
};
const char *service_state_name(enum service_state state);

/* One step of the two machines that docs/generations.md draws. */
struct service_transition {
    bool one;            /* the life of one generation, and not the service */
    uint64_t generation; /* that one; of the service the one that serves or served last */
    const char *from, *event, *to;
};

struct service_events {
    void (*on_started)(void *data, uint64_t generation, int pid);
    void (*on_ready)(void *data, uint64_t generation, const struct listeners *listeners);
    /* It will be: nothing new is to be asked of it. The signal comes when has_asked says no, or the
       app has read what was sent. */
    void (*on_stopping)(void *data, uint64_t generation, int signal);
    /* Have we ourselves requests at the app of which no answer has come? NULL: never. */
    bool (*has_asked)(void *data);
    void (*on_killed)(void *data, uint64_t generation); /* stop_timeout passed: SIGKILL */
    /* The generation ended. expected: zonda asked for it. */
    void (*on_exit)(void *data, uint64_t generation, struct exit_status status, bool expected);
    /* After an unexpected end: started again in delay_ms, or (retry false) waits for a change or a
     * key; why in words. */
    void (*on_crash)(void *data, bool retry, uint32_t delay_ms, const char *why);
    /* Instead of on_crash: it waits for port. */
    void (*on_blocked)(void *data, uint16_t port);
    /* The new generation ended before it was ready, which on_exit has told, unasked; the one before
       goes on serving. */
    void (*on_kept)(void *data, uint64_t generation);
    /* Something a person should know of how generations are replaced; each is said once. */
    void (*on_notice)(void *data, const char *text);
    /* A start failed (no such file, not executable, not ready in time); the one before, if any,
       goes on. */
    void (*on_failed)(void *data, const struct err *err);
    void (*on_stopped)(void *data); /* after service_stop: nothing is left */
    /* Output of the app: bytes as they come. error: from stderr (never with a pty). */
    void (*on_output)(void *data, uint64_t generation, const char *bytes, size_t len, bool error);
    /* Each event that means something, as it is dealt with; a TIMER may leave all as it was. */
    void (*on_transition)(void *data, const struct service_transition *transition);
    void *data;
};

struct service;
struct service *service_new(struct loop *loop, const struct service_events *events);
void service_free(struct service *service); /* SERVICE_DOWN only */

struct service_start {
    const struct config *config; /* borrowed until the next start or the end */
    const struct strs *env;      /* copied */
    const char *artifact;        /* what to run where config->run.command is unset */
    bool tty;                    /* zonda has a terminal */
    bool reset;                  /* the change of a user: crash counters start anew */
};
/* Replaces what runs (or starts). While an earlier start still waits for the old one to end, or its
 * generation is not ready, the later request replaces it. */
void service_start(struct service *service, const struct service_start *start);
/* Gracefully, or at once by SIGKILL to all; then on_stopped, before they return where nothing runs.
 */
void service_stop(struct service *service);
void service_kill(struct service *service);
void service_signal(struct service *service, int signal);
/* Inside on_exit only. Somebody else has port, and so the generation ended. */
void service_port_taken(struct service *service, uint16_t port);
/* Inside on_exit only: the TCP port that the generation probably wanted and did not get: the one
   that it bound last (known with the hand-off), or that the one before had; 0: unknown. */
uint16_t service_port_wanted(const struct service *service);
/* To its stdin. At most SERVICE_INPUT_MAX bytes wait for an app that does not read; more is
 * dropped. */
#define SERVICE_INPUT_MAX ((size_t)65536)
void service_input(struct service *service, const char *bytes, size_t len);
void service_pause_output(struct service *service, bool pause); /* back-pressure */
void service_resize(struct service *service);                   /* the terminal's size changed */

enum service_state service_state(const struct service *service);
/* Of the generation that serves, or that starts where none serves: */
uint64_t service_generation(const struct service *service); /* counts from 1; 0: none yet */
int service_pid(const struct service *service);             /* 0: none */
const struct listeners *service_listeners(const struct service *service);

#endif
