/*
 * Live: from what happens on the line to what browsers are told.
 *
 * Life-cycle: live_open subscribes to the bus; live_close. Everything it tells goes to its event
 * hub, as {"type":…,"payload":{…}}; docs/browser.md has the types. A page is told to refresh only
 * when the version that it will get serves.
 */
#ifndef ZONDA_BROWSER_LIVE_H
#define ZONDA_BROWSER_LIVE_H

#include "browser/events.h"
#include "browser/pages.h"

struct live;
struct live *live_open(struct bus *bus, const struct config *config, const struct pages_ask *ask);
void live_config(struct live *live, const struct config *config);
void live_close(struct live *live); /* NULL is allowed */

struct events *live_events(struct live *live); /* for those who carry them */
bool live_serves(const struct live *live);     /* a generation of an app is ready */

/* {"type":"hello","payload":{"age_ms":…}}: how long ago something was last told to change, null
   where nothing was. A page that is older than that has missed it. */
void live_write_hello(const struct live *live, struct buf *out);
/* The event for those whose last one is not known any more: a plain refresh. */
const char *live_missed(void);
/* The event of the error that holds, or null. */
void live_write_error(const struct live *live, struct buf *out);

#endif
