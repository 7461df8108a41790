#include "build/golang/store.h"

#include <stdlib.h>

#include "base/mem.h"
#include "platform/random.h"

#define ID_DIGITS 16

struct entry {
    struct digest key;
    struct gostore_ticket *compiler; /* who compiles it; NULL: it is made */
    struct gostore_ticket *waiting;
    struct gocompiled compiled; /* of what is made; users beside ours keep it here */
    struct gooutput *moved;
    struct digest moved_digest;
};

struct gostore {
    char *dir;
    int users;
    unsigned restored;
    VEC(struct entry) entries;
};

struct gostore *gostore_open(const char *cache_dir, struct err *err)
{
    char id[ID_DIGITS + 1];
    random_hex(id, ID_DIGITS);
    char *dir = mem_format("%s/build-%s", cache_dir, id); /* as tmp_dir.h has them */
    if (fs_mkdirs(dir, 0700, err) < 0) {
        free(dir);
        return NULL;
    }
    struct gostore *store = mem_new(1, sizeof *store);
    store->dir = dir;
    store->users = 1;
    return store;
}

struct gostore *gostore_use(struct gostore *store)
{
    store->users++;
    return store;
}

static void entry_fini(struct entry *entry)
{
    gocompiled_fini(&entry->compiled);
    gooutput_drop(entry->moved);
}

void gostore_drop(struct gostore *store)
{
    struct err ignored = {0};
    if (!store || --store->users > 0)
        return;
    VEC_EACH (struct entry, entry, &store->entries)
        entry_fini(entry);
    vec_fini(&store->entries);
    (void)fs_remove_tree(store->dir, &ignored); /* a rest in the cache directory does no harm */
    free(store->dir);
    free(store);
}

const char *gostore_dir(const struct gostore *store)
{
    return store->dir;
}

static void forget(struct gostore *store, size_t at)
{
    entry_fini(&store->entries.at[at]);
    vec_remove(&store->entries, at);
}

unsigned gostore_restore(struct gostore *store)
{
    struct err ignored = {0}; /* the first file that cannot be written says more */
    if (fs_is_dir(store->dir))
        return store->restored;
    store->restored++;
    (void)fs_mkdirs(store->dir, 0700, &ignored);
    for (size_t i = store->entries.len; i-- > 0;)
        if (!store->entries.at[i].compiler)
            forget(store, i);
    return store->restored;
}

/* Does any plan use it? The moved object alone is enough to keep the rest. */
static bool is_used(const struct entry *entry)
{
    return entry->compiler || entry->compiled.export->users > 1 ||
           entry->compiled.object->users > 1 || (entry->moved && entry->moved->users > 1);
}

static struct entry *find(struct gostore *store, struct digest key)
{
    VEC_EACH (struct entry, entry, &store->entries) {
        if (digest_equal(entry->key, key))
            return entry;
    }
    return NULL;
}

enum gostore_answer gostore_ask(struct gostore *store, struct gostore_ticket *ticket,
                                struct gostore_made *made)
{
    for (size_t i = store->entries.len; i-- > 0;)
        if (!is_used(&store->entries.at[i]))
            forget(store, i);
    struct entry *entry = find(store, ticket->key);
    ticket->next = NULL;
    if (!entry) {
        vec_push(&store->entries, ((struct entry){.key = ticket->key, .compiler = ticket}));
        return GOSTORE_COMPILE;
    }
    if (entry->compiler) {
        struct gostore_ticket **last = &entry->waiting;
        while (*last)
            last = &(*last)->next;
        *last = ticket;
        return GOSTORE_WAIT;
    }
    *made = (struct gostore_made){
        .compiled = entry->compiled, .moved = entry->moved, .moved_digest = entry->moved_digest};
    return GOSTORE_HAS;
}

/* The first of those that wait compiles it now. */
static void pass_on(struct entry *entry)
{
    struct gostore_ticket *next = entry->waiting;
    entry->compiler = next;
    entry->waiting = next->next;
    next->next = NULL;
    next->on_made(next->data, NULL);
}

void gostore_tell(struct gostore *store, struct gostore_ticket *ticket,
                  const struct gostore_made *made)
{
    struct entry *entry = find(store, ticket->key);
    if (!made && entry->waiting) {
        pass_on(entry);
        return;
    }
    struct gostore_ticket *waiting = entry->waiting;
    entry->compiler = entry->waiting = NULL;
    if (made && !made->failed) {
        gocompiled_copy(&entry->compiled, &made->compiled);
        entry->moved = gooutput_use(made->moved);
        entry->moved_digest = made->moved_digest;
    } else {
        vec_remove(&store->entries, (size_t)(entry - store->entries.at));
    }
    while (waiting) {
        struct gostore_ticket *next = waiting->next;
        waiting->on_made(waiting->data, made);
        waiting = next;
    }
}

void gostore_leave(struct gostore *store, struct gostore_ticket *ticket)
{
    struct gostore_ticket **at = &find(store, ticket->key)->waiting;
    while (*at != ticket)
        at = &(*at)->next;
    *at = ticket->next;
}
