/*
 * What the files that read a scenario share. A reader tells every mistake at its place and goes on.
 */
#ifndef ZONDA_MEASURE_READER_H
#define ZONDA_MEASURE_READER_H

#include "config/reading.h"
#include "measure/scenario.h"

struct reader {
    struct reading reading; /* has no config: only its telling is used */
    struct scenario *scenario;
    struct task *task;   /* that is being read */
    struct pause think;  /* of tasks that have none */
    header_list headers; /* of every task */
};

/* A key of a table and what takes its value. */
struct reader_key {
    const char *name;
    void (*take)(struct reader *reader, const struct node *node);
};
/* Each key of table, called name for people; one that keys (ended by a NULL name) does not have is
   told with the nearest. */
void reader_table(struct reader *reader, const struct node *table, const char *name,
                  const struct reader_key *keys);

/* Is node of this kind? Told where it is not; wanted: "a string", with the hint. */
bool reader_kind(struct reader *reader, const struct node *node, enum node_kind kind,
                 const char *wanted, const char *hint);
/* A string that is not empty, or NULL (told). */
const char *reader_text(struct reader *reader, const struct node *node, const char *hint);
/* A whole number from least to most; told where it is none. */
bool reader_number(struct reader *reader, const struct node *node, int64_t least, int64_t most,
                   int64_t *number);
/* "10s" as nanoseconds, from least_ms to SCENARIO_TIMEOUT_MAX_MS; told where it is none. */
bool reader_duration(struct reader *reader, const struct node *node, uint64_t least_ms,
                     uint64_t *ns);
/* A text with {{variables}}; told where one is not known. */
bool reader_template(struct reader *reader, const struct node *node, struct template *out);
void reader_headers(struct reader *reader, const struct node *node, header_list *out);

/* --- the parts of a scenario --- */
void reader_target(struct reader *reader, const struct node *node);
int reader_url(const char *url, struct target *target, struct err *err);
void reader_variables(struct reader *reader, const struct node *table);
void reader_captured(struct reader *reader, const struct node *tasks); /* their names */
long reader_variable(void *scenario, const char *name); /* its number, or -1; a template_find_fn */
void reader_think(struct reader *reader, const struct node *node, struct pause *out);
void reader_tasks(struct reader *reader, const struct node *tasks);
void reader_json(struct reader *reader, const struct node *node); /* of reader->task */
void reader_form(struct reader *reader, const struct node *node);
void reader_checks(struct reader *reader, const struct node *table);
void reader_stages(struct reader *reader, const struct node *stages);
void reader_thresholds(struct reader *reader, const struct node *list);

#endif
