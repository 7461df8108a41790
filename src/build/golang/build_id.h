/*
 * The build ID in a Go binary (cmd/internal/buildid): its last part is the linker's digest of all
 * the rest, so two binaries of the same content are known by it although a comment was changed.
 */
#ifndef ZONDA_BUILD_GOLANG_BUILD_ID_H
#define ZONDA_BUILD_GOLANG_BUILD_ID_H

#include <stdbool.h>
#include <stddef.h>

#define BUILD_ID_BYTES 128

/* The content part of the build ID, from the first bytes of an ELF file. False where there is none.
 */
bool build_id_content(const void *head, size_t len, char id[BUILD_ID_BYTES]);

#endif
