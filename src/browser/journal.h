/*
 * The journal: what the dashboard is told, line by line as the JSON log has it, and the last of
 * these lines for those who come later.
 *
 * Life-cycle: journal_open subscribes to the bus and begins to take samples of the app;
 * journal_close. Lines are those of docs/json-log.md at level debug, whatever [log] level says, and
 * one of kind "sample" each second.
 */
#ifndef ZONDA_BROWSER_JOURNAL_H
#define ZONDA_BROWSER_JOURNAL_H

#include "browser/events.h"
#include "browser/pages.h"

#define JOURNAL_LINES_MAX ((size_t)2000)
#define JOURNAL_BYTES_MAX ((size_t)1 << 20)

struct journal;
struct journal *journal_open(struct loop *loop, struct bus *bus, const struct pages_ask *ask);
void journal_close(struct journal *journal); /* NULL is allowed */

struct events *journal_events(struct journal *journal);
/* Elements of an array that was begun: the lines that are kept, oldest first; the samples. */
struct json_writer;
void journal_write_lines(const struct journal *journal, struct json_writer *json);
void journal_write_samples(const struct journal *journal, struct json_writer *json);

#endif
