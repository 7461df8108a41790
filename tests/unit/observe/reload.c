#include "check.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "fixture.h"
#include "observe/reload.h"

static struct json *written(const struct reload *reload)
{
    struct buf out = BUF_INIT(65536);
    struct err err;
    reload_write_json(reload, &out);
    struct json *root = json_parse(buf_text(&out), out.len, &err);
    assert_non_null(root);
    buf_fini(&out);
    return root;
}

static void a_reload_is_one_object(void **state)
{
    struct reload reload = served_reload();
    (void)state;
    add_diagnostic(&reload, "/p/a.go", 3, 7, "unused \"x\"");
    struct json *root = written(&reload);
    assert_int_equal(json_number(json_get(root, "id"), 0), 12);
    assert_string_equal(json_text(json_get(root, "trace_id")), reload.trace_id);
    assert_string_equal(json_text(json_get(root, "cause")), "change");
    assert_string_equal(json_text(json_get(root, "action")), "build");
    assert_string_equal(json_text(json_get(root, "outcome")), "served");
    assert_null(json_text(json_get(root, "message")));
    assert_string_equal(json_text(json_get(root, "timestamp")), "2026-11-24T14:02:03.456Z");
    assert_string_equal(json_text(json_at(json_get(root, "changed"), 1)), "go.mod");
    assert_int_equal(json_number(json_get(root, "changed_total"), 0), 2);
    assert_int_equal(json_number(json_get(root, "packages"), 0), 3);
    assert_int_equal(json_number(json_get(root, "generation"), 0), 7);
    const struct json *one = json_at(json_get(root, "diagnostics"), 0);
    assert_string_equal(json_text(json_get(one, "file")), "/p/a.go");
    assert_int_equal(json_number(json_get(one, "line"), 0), 3);
    assert_int_equal(json_number(json_get(one, "column"), 0), 7);
    assert_string_equal(json_text(json_get(one, "message")), "unused \"x\"");
    json_free(root);
    reload_fini(&reload);
}

static void its_phases_are_spans(void **state)
{
    struct reload reload = served_reload(), other = served_reload();
    char text[TRACEPARENT_BYTES];
    (void)state;
    reload_identify(&reload);
    reload_identify(&other);
    assert_string_not_equal(reload.trace_id, other.trace_id);
    reload_traceparent(&reload, PHASE_START, text);
    assert_int_equal(strlen(text), 55);
    assert_memory_equal(text, "00-", 3);
    assert_memory_equal(text + 3, reload.trace_id, 32);
    assert_memory_equal(text + 36, reload.span_ids[PHASE_START], 16);
    assert_string_equal(text + 52, "-01");
    struct json *root = written(&reload);
    const struct json *spans = json_get(root, "span_ids");
    assert_string_equal(json_text(json_get(root, "span_id")), reload.span_id);
    assert_string_equal(json_text(json_get(spans, "build")), reload.span_ids[PHASE_BUILD]);
    assert_string_equal(json_text(json_get(spans, "start")), reload.span_ids[PHASE_START]);
    assert_string_not_equal(reload.span_ids[PHASE_BUILD], reload.span_ids[PHASE_START]);
    json_free(root);
    reload_fini(&reload);
    reload_fini(&other);
}

/* The new version is started, listens, and only then is the old one asked to stop. */
static void phases_of_an_overlap_add_up(void **state)
{
    struct reload reload = served_reload();
    struct reload_times *at = &reload.times;
    (void)state;
    at->start = at->build_end + 1 * MS;
    at->stop_start = at->build_end + 20 * MS;
    at->ready = at->build_end + 23 * MS;
    at->stop_end = at->build_end + 22 * MS; /* or after it was ready, or never */
    int64_t sum = 0;
    for (enum reload_phase phase = PHASE_DECIDE; phase <= PHASE_START; phase++)
        sum += reload_phase_ns(&reload, phase);
    assert_int_equal(sum, reload_total_ns(&reload));
    assert_int_equal(reload_phase_ns(&reload, PHASE_START), 20 * MS);
    assert_int_equal(reload_phase_ns(&reload, PHASE_STOP), 3 * MS);
    reload_fini(&reload);
}

static void phases_add_up(void **state)
{
    struct reload reload = served_reload();
    int64_t sum = 0;
    (void)state;
    for (enum reload_phase phase = PHASE_DECIDE; phase <= PHASE_START; phase++)
        sum += reload_phase_ns(&reload, phase);
    assert_int_equal(sum, reload_total_ns(&reload));
    struct json *root = written(&reload);
    const struct json *phases = json_get(root, "phases");
    assert_int_equal(json_number(json_get(phases, "decide"), -1), 0);
    assert_int_equal(json_number(json_get(phases, "build"), -1), 812);
    assert_int_equal(json_number(json_get(phases, "stop"), -1), 6);
    assert_int_equal(json_number(json_get(phases, "start"), -1), 23);
    assert_int_equal(json_number(json_get(root, "total_ms"), -1), 841);
    json_free(root);
    reload_fini(&reload);
}

/* A restart without a build, the first one, one under way. */
static void phases_that_were_not_are_left_out(void **state)
{
    struct reload reload = {.id = 1,
                            .times = {.change = SECOND, .decided = SECOND, .ready = 2 * SECOND}};
    (void)state;
    assert_int_equal(reload_phase_ns(&reload, PHASE_BUILD), -1);
    assert_int_equal(reload_phase_ns(&reload, PHASE_WAIT), -1);
    assert_int_equal(reload_phase_ns(&reload, PHASE_STOP), -1);
    assert_int_equal(reload_phase_ns(&reload, PHASE_START), SECOND);
    struct json *root = written(&reload);
    assert_null(json_get(json_get(root, "phases"), "build"));
    assert_null(json_get(json_get(root, "times"), "build_end"));
    json_free(root);
    reload.times.ready = 0;
    assert_int_equal(reload_total_ns(&reload), -1);
    root = written(&reload);
    assert_null(json_get(root, "total_ms"));
    json_free(root);
    reload.outcome = RELOAD_REFRESHED; /* a rule's command */
    reload.times.build_start = SECOND + 5 * MS;
    reload.times.end = SECOND + 30 * MS;
    assert_int_equal(reload_phase_ns(&reload, PHASE_BUILD), 25 * MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reload_is_one_object),
        cmocka_unit_test(its_phases_are_spans),
        cmocka_unit_test(phases_add_up),
        cmocka_unit_test(phases_of_an_overlap_add_up),
        cmocka_unit_test(phases_that_were_not_are_left_out),
    };
    return cmocka_run_group_tests_name("observe/reload", tests, NULL, NULL);
}
