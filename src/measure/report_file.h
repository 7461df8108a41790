/*
 * Reports as files: which kind of report a path names, and what the pages of all reports share.
 */
#ifndef ZONDA_MEASURE_REPORT_FILE_H
#define ZONDA_MEASURE_REPORT_FILE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strs.h"

#define REPORT_BYTES_MAX ((size_t)16 << 20)

enum report_kind { REPORT_HTML, REPORT_MARKDOWN, REPORT_JSON, REPORT_CSV, REPORT_KINDS };

/* By the end of path; REPORT_KINDS where no kind of report ends like that. */
enum report_kind report_kind(const char *path);
/* Does path end in a kind of report that there is? ERR_USAGE. */
int report_check(const char *path, struct err *err);
/* The same for each of paths, and whether it is in a directory that there is. */
int report_check_all(const struct strs *paths, struct err *err);

/* The begin of a page with its title as heading, inside <div class="head">, which is still open. No
   script, no font, no picture from elsewhere; light and dark. */
void report_page(struct buf *out, const char *title);

#endif
