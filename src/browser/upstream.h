/*
 * The app as the proxy sees it: where it listens, whether it serves, and if not, whether it is to
 * be waited for. All of it is learnt from the bus.
 */
#ifndef ZONDA_BROWSER_UPSTREAM_H
#define ZONDA_BROWSER_UPSTREAM_H

#include "base/buf.h"
#include "observe/bus.h"
#include "platform/tcp.h"

enum upstream_state {
    UPSTREAM_COMING, /* it is being built or started: requests wait */
    UPSTREAM_SERVES,
    UPSTREAM_FAILED, /* nothing serves, and nothing will before the next change */
};

#define UPSTREAM_WHY_MAX ((size_t)512 << 10)

struct upstream {
    enum upstream_state state;
    char *service; /* of several, the one that it is; NULL: not known yet, or there is only one */
    uint64_t generation;        /* that serves; 0: none */
    struct listeners listeners; /* of that */
    bool has_address;
    struct tcp_address address;
    /* Why it does not serve: one sentence; and of a reload that failed ("": none) its JSON, and
       what the compiler said as text. */
    struct buf why, reload, errors;
};

void upstream_init(struct upstream *upstream);
void upstream_fini(struct upstream *upstream);

/* What an event changes. */
enum upstream_news {
    UPSTREAM_SAME,
    UPSTREAM_MOVES, /* new connections go to another one from now on; kept ones to the one before */
    UPSTREAM_OTHER, /* another generation serves: connections to the one before are to be dropped */
    UPSTREAM_GONE,  /* nothing serves any more */
    UPSTREAM_GIVEN_UP, /* whoever waits is to be answered */
};
enum upstream_news upstream_event(struct upstream *upstream, const struct config_proxy *config,
                                  const struct event *event);
/* Is it this service, as far as is known? NULL: there is only one. */
bool upstream_is(const struct upstream *upstream, const char *service);
/* The configuration has changed. */
void upstream_address(struct upstream *upstream, const struct config_proxy *config);
/* The app listens on one family of addresses only, as it seems: the other one. */
void upstream_other_family(struct upstream *upstream);

#endif
