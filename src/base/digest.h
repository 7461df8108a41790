/*
 * Content digests: XXH3-128. The only file that knows xxHash is digest.c. Not for security.
 */
#ifndef ZONDA_BASE_DIGEST_H
#define ZONDA_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct digest {
    uint64_t high, low;
};

struct digest digest_of(const void *data, size_t len);
bool digest_equal(struct digest a, struct digest b);
void digest_hex(struct digest digest, char text[33]);

/* For content that comes in pieces. */
struct digest_state;
struct digest_state *digest_state_new(void);
void digest_state_add(struct digest_state *state, const void *data, size_t len);
struct digest digest_state_free(struct digest_state *state); /* gives the digest and frees */

#endif
