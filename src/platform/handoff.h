/*
 * Listener hand-off: listening sockets that outlive the process that made them.
 *
 * The bind(2) and listen(2) of a child that was spawned with a struct handoff_child come to zonda
 * first (seccomp_unotify(2)); all its other system calls are untouched. What listens is kept by a
 * duplicate (pidfd_getfd(2)). When a later child binds an address that is kept, it gets the kept
 * socket instead of a new one, so that no connection is refused in between. While the older child
 * serves, a TCP address has a second socket for the new one, and new connections go to one of the
 * two: to the older child's until handoff_child_take. Unix sockets are shared meanwhile. Kept are
 * stream sockets of IPv4, IPv6 and Unix that were bound to an address of their own; port 0 and
 * everything else is left alone.
 *
 * A bind that cannot be handed over, since the older child has the port for a socket of another
 * kind (UDP, another address of the same port), is a conflict: it is told, and the new child waits
 * in its bind(2) until handoff_child_let, when the older one has gone.
 *
 * Life-cycle: handoff_new once a service; handoff_child_new for each process, given to
 * process_spawn by struct spawn, and handoff_child_free when none of its descendants is left;
 * handoff_drop_unused closes the sockets that no child listens on any more. Callbacks come on the
 * loop. On a system without it handoff_child_works is false, and nothing else happens.
 */
#ifndef ZONDA_PLATFORM_HANDOFF_H
#define ZONDA_PLATFORM_HANDOFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/loop.h"

struct handoff;
struct handoff *handoff_new(struct loop *loop);
void handoff_free(struct handoff *handoff); /* after its children; NULL is allowed */
void handoff_drop_unused(struct handoff *handoff);
/* The sockets that are kept. */
size_t handoff_count(const struct handoff *handoff);
/* Those of them that no child listens on. */
size_t handoff_unused(const struct handoff *handoff);
/* Is a socket of this TCP port one of them? */
bool handoff_keeps_port(const struct handoff *handoff, uint16_t port);
/* Why the system does not let zonda do it, in words; NULL while nothing was refused. */
const char *handoff_refused(const struct handoff *handoff);

struct handoff_events {
    /* The child listens on a stream socket: connections queue from now on. */
    void (*on_listen)(void *data);
    /* The child waits in a bind of what ("UDP port 5353"), which an older child has. */
    void (*on_conflict)(void *data, const char *what);
    void *data;
};

struct handoff_child;
struct handoff_child *handoff_child_new(struct handoff *handoff,
                                        const struct handoff_events *events);
void handoff_child_free(struct handoff_child *child); /* NULL is allowed */
/* Its calls are seen. */
bool handoff_child_works(const struct handoff_child *child);
/* How many of the kept sockets it listens on. */
size_t handoff_child_count(const struct handoff_child *child);
/* The first TCP port that it listens on and that is kept; 0: none. */
uint16_t handoff_child_port(const struct handoff_child *child);
/* The TCP port that it bound last, where it does not listen on it; 0: none. */
uint16_t handoff_child_unheard_port(const struct handoff_child *child);
/* Does child listen on every kept socket that older listens on, or on as many others? */
bool handoff_child_replaces(const struct handoff_child *child, const struct handoff_child *older);
/* New connections go to what child listens on from now on. NULL is allowed. */
void handoff_child_take(struct handoff_child *child);
/* A connection from this port of loopback goes to what child listens on, before it gets the others.
   NULL is allowed. */
void handoff_child_probe(struct handoff_child *child, uint16_t port);
/* Has child, from which the connections were taken, accepted all that it still gets? NULL is
   allowed. */
bool handoff_child_drained(const struct handoff_child *child);
/* It is being stopped, or has ended: what listens beside it gets the connections. NULL is
   allowed. */
void handoff_child_leave(struct handoff_child *child);
/* The older child has gone: the binds that wait are made. NULL is allowed. */
void handoff_child_let(struct handoff_child *child);

#endif
