/* [[stage]]: how many, how fast, how long. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/value.h"
#include "measure/reader.h"

/* A whole number or one with a fraction; told where it is none. */
static bool take_goal(struct reader *reader, const struct node *node, double most, double *goal)
{
    double value = node->kind == NODE_INT ? (double)node->number : node->real;
    bool is = node->kind == NODE_INT || node->kind == NODE_FLOAT;
    if (is && value >= 0 && value <= most) {
        *goal = value;
        return true;
    }
    reading_error(&reader->reading, place_of_value(node), NULL,
                  "%s must be a number from 0 to %.0f", node->key, most);
    return false;
}

/* "50/s" or "20s", for a change by so much. */
static void take_ramp(struct reader *reader, const struct node *node, double change,
                      struct stage *stage)
{
    const char *text = reader_text(reader, node, "\"50/s\" or \"20s\"");
    char *end = NULL;
    double rate = text && isdigit((unsigned char)*text) ? strtod(text, &end) : 0;
    if (!text)
        return;
    if (!end || *end != '/') {
        (void)reader_duration(reader, node, 0, &stage->ramp_ns);
        return;
    }
    double seconds = rate > 0 ? (change < 0 ? -change : change) / rate : 0;
    if (strcmp(end, "/s") != 0 || !(rate > 0) || seconds > SCENARIO_TIMEOUT_MAX_MS / 1e3 * 24)
        reading_error(&reader->reading, place_of_value(node),
                      "how many come or go a second, \"50/s\", or how long it takes, \"20s\"",
                      "ramp is '%.64s'", text);
    else
        stage->ramp_ns = (uint64_t)(seconds * 1e9);
}

static void take_nothing(struct reader *reader, const struct node *node)
{
    (void)reader;
    (void)node;
}

static void read_stage(struct reader *reader, const struct node *table)
{
    static const struct reader_key KEYS[] = {{"users", take_nothing},
                                             {"arrivals", take_nothing},
                                             {"ramp", take_nothing},
                                             {"for", take_nothing},
                                             {NULL, NULL}};
    struct scenario *scenario = reader->scenario;
    const struct node *users = node_get(table, "users"), *arrivals = node_get(table, "arrivals");
    const struct node *ramp = node_get(table, "ramp"), *length = node_get(table, "for");
    double before = scenario->stages.len ? scenario->stages.at[scenario->stages.len - 1].goal : 0;
    struct stage stage = {.goal = before};
    reader_table(reader, table, "[[stage]]", KEYS);
    if (users)
        (void)take_goal(reader, users, SCENARIO_USERS_MAX, &stage.goal);
    else if (arrivals)
        (void)take_goal(reader, arrivals, SCENARIO_ARRIVALS_MAX, &stage.goal);
    if (ramp)
        take_ramp(reader, ramp, stage.goal - before, &stage);
    if (length)
        (void)reader_duration(reader, length, 1, &stage.hold_ns);
    if (!ramp && !length)
        reading_error(&reader->reading, place_of_value(table),
                      "give it a ramp = \"50/s\", a for = \"10m\", or both",
                      "the stage takes no time");
    if (!users && !arrivals && scenario->stages.len == 0)
        reading_error(&reader->reading, place_of_value(table),
                      "users = 100 for people who wait for answers; arrivals = 100 (a second) for "
                      "requests that come whatever happens",
                      "the first stage says neither users nor arrivals");
    vec_push(&scenario->stages, stage);
}

/* Users wait for their answers, arrivals do not: one scenario has one of both. */
static void check_model(struct reader *reader, const struct node *stages)
{
    const struct node *users = NULL;
    NODES_EACH(table, stages)
    {
        const struct node *arrivals = node_get(table, "arrivals");
        users = users ? users : node_get(table, "users");
        reader->scenario->open |= arrivals != NULL;
        if (arrivals && users) {
            reading_error(&reader->reading, place_of_key(arrivals),
                          "write two scenarios: one with users, one with arrivals",
                          "stages have both users and arrivals");
            return;
        }
    }
}

void reader_stages(struct reader *reader, const struct node *stages)
{
    if (!node_is_tables(stages) || stages->len > SCENARIO_STAGES_MAX) {
        reading_error(&reader->reading, place_of_key(stages),
                      "write [[stage]] with two brackets before the keys of each stage",
                      "stage must be an array of at most %d tables", SCENARIO_STAGES_MAX);
        return;
    }
    NODES_EACH(table, stages)
    read_stage(reader, table);
    check_model(reader, stages);
    uint64_t length_ns = scenario_length_ns(reader->scenario);
    if (length_ns > UINT64_C(1000000) * SCENARIO_TIMEOUT_MAX_MS * 24)
        reading_error(&reader->reading, place_of_key(stages), NULL,
                      "the stages take longer than 24 hours");
}
