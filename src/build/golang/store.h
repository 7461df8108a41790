/*
 * Compiled packages, shared by the builders of several main packages: what one has compiled, or is
 * compiling, the others need not compile again.
 *
 * A compile is known by a key: the digest of all that it depends on (store_key.c). Who asks first
 * compiles; whoever asks meanwhile waits for what comes of it; whoever asks later gets it, as long
 * as some plan still uses it: the store itself keeps nothing alive but its directory.
 *
 * Life-cycle: gostore_open, any number of users, gostore_drop by each; the last one removes the
 * directory. Each ticket is asked with once, and then told or left. Lives on the loop's thread.
 */
#ifndef ZONDA_BUILD_GOLANG_STORE_H
#define ZONDA_BUILD_GOLANG_STORE_H

#include "base/buf.h"
#include "build/golang/plan.h"

struct gostore;
/* A new directory below cache_dir, which is made where it is missing. */
struct gostore *gostore_open(const char *cache_dir, struct err *err); /* with one user */
struct gostore *gostore_use(struct gostore *store);
void gostore_drop(struct gostore *store); /* NULL is allowed */

const char *gostore_dir(const struct gostore *store); /* for the files of compiles; borrowed */
/* Makes the directory again where somebody has removed it, and forgets what was in it. How often
   that was done: a plan that was made before has lost its files. */
unsigned gostore_restore(struct gostore *store);

/* What came of a compile that is of use to others. */
struct gostore_made {
    bool failed; /* the compiler did not like it: output says why; else the rest holds */
    const struct buf *output;
    struct gocompiled compiled;
    struct gooutput *moved;
    struct digest moved_digest;
};

enum gostore_answer {
    GOSTORE_HAS,     /* here it is */
    GOSTORE_WAIT,    /* another compiles it: on_made comes, or gostore_leave is called */
    GOSTORE_COMPILE, /* nobody does: compile it, and tell with gostore_tell */
};

struct gostore_ticket {
    struct digest key;
    /* made is borrowed for the call. NULL: nothing came of it, and now the ticket's owner compiles
       it, and tells. */
    void (*on_made)(void *data, const struct gostore_made *made);
    void *data;
    struct gostore_ticket *next; /* of those that wait for the same */
};

/* made is filled for GOSTORE_HAS, borrowed until the next call. */
enum gostore_answer gostore_ask(struct gostore *store, struct gostore_ticket *ticket,
                                struct gostore_made *made);
/* By who compiles: what came of it, or NULL where that is of no use to others. */
void gostore_tell(struct gostore *store, struct gostore_ticket *ticket,
                  const struct gostore_made *made);
/* By who waits, and does not want it any more. */
void gostore_leave(struct gostore *store, struct gostore_ticket *ticket);

/* The key of a compile of package in this view; squeeze: as struct gocompile_request has it. */
struct digest gostore_key(const struct goplan *plan, size_t package, enum goview view,
                          bool squeeze);

#endif
