#include "base/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/mem.h"

struct digest_state {
    XXH3_state_t *xxh;
};

static struct digest from_xxh(XXH128_hash_t hash)
{
    return (struct digest){.high = hash.high64, .low = hash.low64};
}

struct digest digest_of(const void *data, size_t len)
{
    return from_xxh(XXH3_128bits(data, len));
}

bool digest_equal(struct digest a, struct digest b)
{
    return a.high == b.high && a.low == b.low;
}

void digest_hex(struct digest digest, char text[33])
{
    (void)snprintf(text, 33, "%016llx%016llx", (unsigned long long)digest.high,
                   (unsigned long long)digest.low);
}

struct digest_state *digest_state_new(void)
{
    struct digest_state *state = mem_new(1, sizeof *state);
    state->xxh = XXH3_createState();
    if (!state->xxh)
        abort(); /* out of memory: as mem_new */
    (void)XXH3_128bits_reset(state->xxh);
    return state;
}

void digest_state_add(struct digest_state *state, const void *data, size_t len)
{
    (void)XXH3_128bits_update(state->xxh, data, len);
}

struct digest digest_state_free(struct digest_state *state)
{
    struct digest digest = from_xxh(XXH3_128bits_digest(state->xxh));
    (void)XXH3_freeState(state->xxh);
    free(state);
    return digest;
}
