/*
 * What the compiler writes: package archives, as cmd/compile -pack makes them (Go source:
 * cmd/internal/archive, cmd/internal/goobj). "__.PKGDEF" has the export data, which importers read;
 * "_go_.o" has the object, which the linker reads, and in its header the fingerprint of the export
 * data. With -linkobj the two stand in files of their own.
 *
 * The text before either, with the build id, is not part of the digests. Blocking: for the work
 * queue.
 */
#ifndef ZONDA_BUILD_GOLANG_ARCHIVE_H
#define ZONDA_BUILD_GOLANG_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/err.h"

#define ARCHIVE_FINGERPRINT_BYTES 8
#define ARCHIVE_BYTES_MAX         ((size_t)1 << 30)

struct goarchive {
    bool has_export, has_object;
    struct digest export, object;
    unsigned char export_print[ARCHIVE_FINGERPRINT_BYTES]; /* the last bytes of the export data */
    unsigned char object_print[ARCHIVE_FINGERPRINT_BYTES]; /* of the object's header */
};

int goarchive_look(const char *path, struct goarchive *found, struct err *err);

/* Gives the object in path the fingerprint of an export data that differs from its own in
   positions only, and fills found for the result. Writes the file anew. */
int goarchive_refit(const char *path, const unsigned char print[ARCHIVE_FINGERPRINT_BYTES],
                    struct goarchive *found, struct err *err);

#endif
