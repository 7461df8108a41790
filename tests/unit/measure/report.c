#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "measure/report.h"

typedef void words_fn(struct buf *out, double value);

static void assert_words(words_fn *fn, double value, const char *wanted)
{
    struct buf out = BUF_INIT(100);
    fn(&out, value);
    assert_string_equal(buf_text(&out), wanted);
    buf_fini(&out);
}

static void count(struct buf *out, double value)
{
    report_count(out, (uint64_t)value);
}

static void span(struct buf *out, double value)
{
    report_span(out, (uint64_t)value);
}

static void figures_are_rounded_once(void **state)
{
    (void)state;
    assert_words(report_duration, 0, "0 µs");
    assert_words(report_duration, 850e3, "850 µs");
    assert_words(report_duration, 999600, "1.00 ms");
    assert_words(report_duration, 9.996e6, "10.0 ms");
    assert_words(report_duration, 99.96e6, "100 ms");
    assert_words(report_duration, 999.6e6, "1.00 s");
    assert_words(report_duration, 61e9, "61.0 s");
    assert_words(report_duration, 185e9, "3 min 5 s");
    assert_words(count, 0, "0");
    assert_words(count, 999, "999");
    assert_words(count, 1000, "1,000");
    assert_words(count, 1234567, "1,234,567");
    assert_words(report_percent, 0, "0 %");
    assert_words(report_percent, 0.00001, "< 0.01 %"); /* what is not none is not shown as none */
    assert_words(report_percent, 0.0012, "0.12 %");
    assert_words(report_percent, 0.8333, "83.3 %");
    assert_words(report_percent, 1, "100 %");
    assert_words(report_rate, 49.84, "49.8");
    assert_words(report_rate, 1203.4, "1,203");
    assert_words(span, 600e9, "10 min");
    assert_words(span, 90e9, "1 min 30 s");
    assert_words(span, 500e6, "500 ms");
    assert_words(span, 1.5e9, "1.50 s");
}

static struct scenario *scenario_with(const char *thresholds)
{
    struct problems problems = {0};
    char *text = mem_format(
        "base_url = \"http://127.0.0.1/<b>&c\"\nthresholds = [%s]\n[[task]]\nname = \"t\"\n"
        "path = \"/\"\n[[stage]]\nusers = 1\nfor = \"10s\"\n",
        thresholds);
    struct scenario *scenario = scenario_read(text, strlen(text), "<s>.toml", NULL, &problems);
    assert_non_null(scenario);
    free(text);
    return scenario;
}

/* 100 requests of 1 to 100 ms, of which 2 failed, in 10 s. */
static struct load_result *result_of(const struct scenario *scenario)
{
    struct load_result *result = mem_new(1, sizeof *result);
    result->scenario = scenario;
    result->tasks = mem_new(1, sizeof *result->tasks);
    result->elapsed_ns = result->load_ns = UINT64_C(10000000000);
    result->threads = 1;
    for (uint64_t i = 1; i <= 100; i++)
        histogram_add(&result->total.latency, i * 1000000);
    result->total.requests = 100;
    result->total.errors[LOAD_OK] = 98;
    result->total.errors[LOAD_STATUS] = 2;
    tally_merge(&result->tasks[0], &result->total);
    return result;
}

static void thresholds_are_judged(void **state)
{
    static const struct {
        const char *threshold;
        bool kept;
    } CASES[] = {
        {"p50 < 51ms", true},     {"p50 < 49ms", false},  {"p99 < 1s", true},
        {"max <= 100ms", true},   {"max < 100ms", false}, {"mean < 50.6ms", true},
        {"mean < 50.4ms", false}, {"errors < 2%", false}, {"errors <= 2%", true},
        {"errors < 3", true},     {"errors < 2", false},  {"rate > 9.9/s", true},
        {"rate > 10/s", false},   {"rate >= 10", true},   {"t p50 > 10ms", true},
        {"t errors < 1%", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *quoted = mem_format("\"%s\"", CASES[i].threshold);
        struct scenario *scenario = scenario_with(quoted);
        struct load_result *result = result_of(scenario);
        if (load_judge(result) != CASES[i].kept)
            fail_msg("%s is judged wrong", CASES[i].threshold);
        load_result_free(result);
        scenario_free(scenario);
        free(quoted);
    }
}

/* No answer at all is no fast answer. */
static void nothing_keeps_nothing(void **state)
{
    (void)state;
    struct scenario *scenario = scenario_with("\"p99 < 1s\", \"errors < 1%\", \"rate < 5\"");
    struct load_result *result = mem_new(1, sizeof *result);
    result->scenario = scenario;
    assert_false(load_judge(result));
    assert_false(result->verdicts.at[0].kept);
    assert_false(result->verdicts.at[1].kept);
    assert_true(result->verdicts.at[2].kept);
    load_result_free(result);
    scenario_free(scenario);
}

static void markup_is_escaped(void **state)
{
    struct buf out = BUF_INIT(REPORT_BYTES_MAX);
    (void)state;
    struct scenario *scenario = scenario_with("\"p99 < 1s\"");
    struct load_result *result = result_of(scenario);
    (void)load_judge(result);
    report_html(result, &out);
    assert_null(strstr(buf_text(&out), "<s>"));
    assert_null(strstr(buf_text(&out), "<b>&c"));
    assert_non_null(strstr(buf_text(&out), "http://127.0.0.1/&lt;b&gt;&amp;c"));
    assert_non_null(strstr(buf_text(&out), "p99 &lt; 1s"));
    load_result_free(result);
    scenario_free(scenario);
    buf_fini(&out);
}

static void the_end_of_the_name_is_the_kind(void **state)
{
    struct err err = {0};
    (void)state;
    assert_int_equal(report_check("a.html", &err), 0);
    assert_int_equal(report_check("/tmp/a.b.csv", &err), 0);
    assert_int_equal(report_check("a.htm", &err), ERR_USAGE);
    assert_int_equal(report_check(".html", &err), ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_rounded_once),        cmocka_unit_test(thresholds_are_judged),
        cmocka_unit_test(nothing_keeps_nothing),           cmocka_unit_test(markup_is_escaped),
        cmocka_unit_test(the_end_of_the_name_is_the_kind),
    };
    return cmocka_run_group_tests_name("measure/report", tests, NULL, NULL);
}
