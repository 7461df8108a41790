/*
 * The file end of a sink: whole batches to a descriptor that never makes its writer wait, with
 * rotation between lines. For the work queue's threads; one caller at a time.
 */
#ifndef ZONDA_OBSERVE_SINK_FILE_H
#define ZONDA_OBSERVE_SINK_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct sink_file {
    char *path;              /* owned; NULL: fd is somebody else's and nothing rotates */
    int fd;                  /* -1: could not be opened again; tried with the next batch */
    uint64_t max_size_bytes; /* 0: no limit */
    unsigned max_files;      /* 0: what is full is thrown away */
    uint64_t size_bytes;
    bool torn;   /* the last line has no end yet */
    bool broken; /* and will not get it: a write failed */
};

int sink_file_open(struct sink_file *file, struct err *err);
/* The bytes written: less than len with an error in err. What was left out ends in the middle of a
   line; the next call begins on a fresh one. */
size_t sink_file_write(struct sink_file *file, const char *data, size_t len, struct err *err);
void sink_file_fini(struct sink_file *file);

#endif
