/* thresholds = ["p99 < 250ms", "query errors < 1%", "rate > 500/s"] */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"
#include "measure/reader.h"

#define HINT                                                                                       \
    "write \"p99 < 250ms\", \"errors < 1%\" or \"rate > 500/s\", with a task before it or none"

static long task_of(const struct scenario *scenario, const char *name)
{
    for (size_t i = 0; i < scenario->tasks.len; i++)
        if (strcmp(scenario->tasks.at[i].name, name) == 0)
            return (long)i;
    return -1;
}

static bool parse_metric(const char *word, struct threshold *out)
{
    static const struct {
        const char *name;
        enum metric metric;
    } NAMES[] = {{"mean", METRIC_MEAN},
                 {"max", METRIC_MAX},
                 {"errors", METRIC_ERRORS},
                 {"rate", METRIC_RATE}};
    char *end = NULL;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(word, NAMES[i].name) == 0) {
            out->metric = NAMES[i].metric;
            return true;
        }
    if (*word != 'p' || !isdigit((unsigned char)word[1]))
        return false;
    out->metric = METRIC_PERCENTILE;
    out->percent = strtod(word + 1, &end);
    return *end == '\0' && out->percent > 0 && out->percent <= 100;
}

static bool parse_relation(const char *word, struct threshold *out)
{
    out->below = *word == '<';
    out->equal = word[0] && word[1] == '=';
    return (*word == '<' || *word == '>') && (!word[1] || (out->equal && !word[2]));
}

static bool parse_limit(const char *word, struct threshold *out)
{
    static const struct {
        const char *name;
        double ns;
    } UNITS[] = {{"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}};
    char *end = NULL;
    if (!isdigit((unsigned char)*word))
        return false;
    out->limit = strtod(word, &end);
    if (out->metric == METRIC_ERRORS) {
        out->is_share = strcmp(end, "%") == 0;
        out->limit /= out->is_share ? 100 : 1;
        return out->is_share || *end == '\0';
    }
    if (out->metric == METRIC_RATE)
        return *end == '\0' || strcmp(end, "/s") == 0;
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        if (strcmp(end, UNITS[i].name) == 0) {
            out->limit *= UNITS[i].ns;
            return true;
        }
    return false;
}

static void read_threshold(struct reader *reader, const struct node *node, struct strs *words)
{
    struct threshold out = {.task = -1};
    char *const *word = words->at;
    struct reading *reading = &reader->reading;
    if (words->len == 4) {
        out.task = task_of(reader->scenario, *word);
        if (out.task < 0) {
            reading_error(reading, place_of_value(node), "name a task of the scenario, or none",
                          "there is no task '%.64s'", *word);
            return;
        }
        word++;
    }
    if (words->len < 3 || words->len > 4 || !parse_metric(word[0], &out) ||
        !parse_relation(word[1], &out) || !parse_limit(word[2], &out)) {
        reading_error(reading, place_of_value(node), HINT, "'%.64s' is no threshold", node->text);
        return;
    }
    out.text = mem_string(node->text);
    vec_push(&reader->scenario->thresholds, out);
}

/* By blanks; also around < and >, where there may be none. */
static void split(const char *text, struct strs *words)
{
    while (*text) {
        size_t len = strcspn(text, " <>");
        bool relation = len == 0 && *text != ' ';
        if (relation)
            len = text[1] == '=' ? 2 : 1;
        if (len)
            strs_push_n(words, text, len);
        text += len;
        text += strspn(text, " ");
    }
}

void reader_thresholds(struct reader *reader, const struct node *list)
{
    if (list->kind != NODE_ARRAY) {
        reading_type(&reader->reading, list->key, list, "a list of strings",
                     "thresholds = [\"p99 < 250ms\", \"errors < 1%\"]");
        return;
    }
    NODES_EACH(node, list)
    {
        struct strs words = {0};
        if (!reader_kind(reader, node, NODE_STRING, "a string", HINT))
            continue;
        split(node->text, &words);
        read_threshold(reader, node, &words);
        strs_fini(&words);
    }
}
