/*
 * What zonda itself answers on the proxy's port: the paths that begin with OWN_PREFIX, and
 * OWN_EVENTS. Nothing else there is ever zonda's: it all goes to the app.
 */
#ifndef ZONDA_BROWSER_OWN_H
#define ZONDA_BROWSER_OWN_H

#define OWN_PREFIX "/__zonda/"
#define OWN_SCRIPT "/__zonda/client.js" /* what the proxy adds to pages */
#define OWN_EVENTS "/refresh-signal"

#endif
