/*
 * zonda's own port: the dashboard, the API below /api/v1, live events, and refreshes sent by hand.
 * docs/dashboard.md lists the paths.
 *
 * Life-cycle: dashboard_open listens; dashboard_close. It borrows what struct dashboard_parts
 * names.
 */
#ifndef ZONDA_BROWSER_DASHBOARD_H
#define ZONDA_BROWSER_DASHBOARD_H

#include "browser/access.h"
#include "browser/journal.h"
#include "browser/live.h"
#include "browser/streams.h"
#include "http/server.h"

struct dashboard_parts {
    struct http_worker *worker;
    struct live *live;
    struct streams *signals; /* of live's events */
    struct pages_ask ask;
    struct bus *bus;
};

struct dashboard;
struct dashboard *dashboard_open(const struct dashboard_parts *parts, const struct config *config,
                                 struct err *err);
void dashboard_close(struct dashboard *dashboard); /* NULL is allowed */
/* "http://127.0.0.1:8091/", with "?token=…" where one is asked for. Borrowed. */
const char *dashboard_url(const struct dashboard *dashboard);

#endif
