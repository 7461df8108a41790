#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/bench/compare.h"
#include "measure/bench/report.h"

#define MAX ((size_t)1 << 22)

static void add(struct bench_result *result, const char *tool, enum bench_figure figure, int round,
                double value)
{
    bench_sample_add(result, (struct bench_sample){bench_result_tool(result, tool), figure, round,
                                                   false, value});
}

static void assert_near(double found, double wanted)
{
    if (!(fabs(found - wanted) <= 1e-12 * fabs(wanted)))
        fail_msg("%.17g is not %.17g", found, wanted);
}

/* The median by counting: as many below as above, no sorting. */
static double middle(const double *values, int count)
{
    double low = -1, high = -1;
    for (int i = 0; i < count; i++) {
        int less = 0, equal = 0;
        for (int j = 0; j < count; j++) {
            less += values[j] < values[i];
            equal += values[j] >= values[i] && values[j] <= values[i];
        }
        if (less <= (count - 1) / 2 && (count - 1) / 2 < less + equal)
            low = values[i];
        if (less <= count / 2 && count / 2 < less + equal)
            high = values[i];
    }
    return (low + high) / 2;
}

static void statistics_are_those_of_counting(void **state)
{
    uint32_t seed = 7;
    (void)state;
    for (int count = 1; count <= 40; count++) {
        struct bench_result *result = bench_result_new();
        double values[40], ratios[40], min = 1e9, max = 0;
        for (int i = 0; i < count; i++) {
            seed = seed * 1664525 + 1013904223;
            values[i] = 1 + (double)(seed >> 24); /* some are equal */
            double floor = 1 + (double)(seed >> 16 & 7);
            ratios[i] = values[i] / floor;
            min = values[i] < min ? values[i] : min;
            max = values[i] > max ? values[i] : max;
            add(result, "a", FIGURE_START, count - i, values[i]); /* rounds in another order */
            add(result, "floor", FIGURE_START, count - i, floor);
        }
        bench_sample_add(result, (struct bench_sample){0, FIGURE_START, 99, true, 1e6});
        struct bench_stat stat = bench_stat(result, 0, FIGURE_START);
        assert_int_equal(stat.n, count);
        assert_int_equal(stat.missed, 1);
        assert_near(stat.min, min);
        assert_near(stat.max, max);
        assert_near(stat.median, middle(values, count));
        assert_near(bench_ratio(result, 0, 1, FIGURE_START), middle(ratios, count));
        assert_true(isnan(bench_ratio(result, 0, 1, FIGURE_IDLE_CPU)));
        bench_result_free(result);
    }
}

static struct bench_result *synthetic(double factor, double noise, double machine)
{
    struct bench_result *result = bench_result_new();
    result->rounds = 5;
    result->first = bench_result_tool(result, "a<b>");
    result->floor = bench_result_tool(result, "floor");
    result->tools.at[0].command = mem_string("a \"x\" | y");
    result->tools.at[0].version = mem_string("v1");
    result->project = mem_string("p&q");
    result->elapsed_ns = 5000000001;
    result->load_before = 0.1;
    for (int i = 1; i <= 5; i++) {
        double wobble = 1 + noise * (i - 3);
        add(result, "a<b>", FIGURE_LEAF_SERVED, i, factor * wobble * machine / 3);
        add(result, "floor", FIGURE_LEAF_SERVED, i, machine);
    }
    struct bench_subject_result *subject = vec_add(&result->subjects);
    *subject = (struct bench_subject_result){mem_string("template"), NULL, mem_string("none here")};
    return result;
}

static enum bench_change changed(struct bench_result *is, struct bench_result *was)
{
    struct bench_compared compared = bench_compare(is, was, 0, FIGURE_LEAF_SERVED);
    bench_result_free(is);
    bench_result_free(was);
    return compared.change;
}

static void changes_beyond_the_noise_are_marked(void **state)
{
    (void)state;
    assert_int_equal(changed(synthetic(1, 0, 1), synthetic(1, 0, 1)), CHANGE_NOISE);
    assert_int_equal(changed(synthetic(1.1, 0.05, 1), synthetic(1, 0.05, 1)), CHANGE_NOISE);
    assert_int_equal(changed(synthetic(1.04, 0, 1), synthetic(1, 0, 1)), CHANGE_NOISE);
    assert_int_equal(changed(synthetic(1.5, 0.01, 1), synthetic(1, 0.01, 1)), CHANGE_MORE);
    assert_int_equal(changed(synthetic(0.5, 0.01, 1), synthetic(1, 0.01, 1)), CHANGE_LESS);
    /* A machine that is half as fast is no change of the tool. */
    assert_int_equal(changed(synthetic(1, 0.01, 2), synthetic(1, 0.01, 1)), CHANGE_NOISE);
    struct bench_result *missed = synthetic(1, 0, 1);
    bench_sample_add(missed, (struct bench_sample){0, FIGURE_LEAF_SERVED, 6, true, 30});
    assert_int_equal(changed(missed, synthetic(1, 0, 1)), CHANGE_MISSED);
    struct bench_result *other = bench_result_new();
    add(other, "z", FIGURE_LEAF_SERVED, 1, 1);
    assert_int_equal(changed(synthetic(1, 0, 1), other), CHANGE_UNKNOWN);
    struct bench_result *few = bench_result_new();
    add(few, "a<b>", FIGURE_LEAF_SERVED, 1, 1);
    assert_int_equal(changed(synthetic(1, 0, 1), few), CHANGE_FEW);
}

/* The floor starts an app; tools build one first. */
static void starts_are_compared_as_they_are(void **state)
{
    struct bench_result *is = bench_result_new(), *was = bench_result_new();
    (void)state;
    is->floor = was->floor = 1;
    for (int round = 1; round <= 3; round++) {
        add(is, "a", FIGURE_START, round, 2);
        add(is, "floor", FIGURE_START, round, 0.04);
        add(was, "a", FIGURE_START, round, 2);
        add(was, "floor", FIGURE_START, round, 0.02);
    }
    struct bench_compared compared = bench_compare(is, was, 0, FIGURE_START);
    assert_false(compared.by_floor);
    assert_int_equal(compared.change, CHANGE_NOISE);
    bench_result_free(is);
    bench_result_free(was);
}

static void json_reads_back(void **state)
{
    struct buf text = BUF_INIT(MAX), again = BUF_INIT(MAX);
    struct err err = {0};
    (void)state;
    struct bench_result *result = synthetic(1.1, 0.013, 0.7);
    bench_report_json(result, &text);
    struct bench_result *back = bench_result_read(buf_text(&text), text.len, "r.json", &err);
    assert_non_null(back);
    bench_report_json(back, &again);
    assert_string_equal(buf_text(&text), buf_text(&again));
    assert_int_equal(back->samples.len, result->samples.len);
    for (size_t i = 0; i < back->samples.len; i++)
        assert_memory_equal(&back->samples.at[i].value, &result->samples.at[i].value,
                            sizeof(double));
    bench_result_free(back);
    char *broken = strstr(text.data, "\"rounds\":5");
    assert_non_null(broken);
    broken[9] = '-';
    assert_null(bench_result_read(buf_text(&text), text.len, "r.json", &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_null(bench_result_read("{\"v\":1}", 7, "r.json", &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.message, "r.json: project"));
    bench_result_free(result);
    buf_fini(&text);
    buf_fini(&again);
}

static void reports_say_it_all(void **state)
{
    struct buf out = BUF_INIT(MAX);
    (void)state;
    struct bench_result *result = synthetic(1, 0, 1), *old = synthetic(2, 0, 1);
    result->tools.at[bench_result_tool(result, "entr")].skipped = mem_string("is not on PATH");
    bench_report_text(result, old, &out);
    assert_non_null(strstr(buf_text(&out), "skipped: entr: is not on PATH"));
    assert_non_null(strstr(buf_text(&out), "Template: not measured: none here"));
    assert_non_null(strstr(buf_text(&out), "333 ms (333 ms - 333 ms)"));
    assert_non_null(strstr(buf_text(&out), "50 % less"));
    buf_reset(&out);
    bench_report_html(result, NULL, &out);
    assert_non_null(strstr(buf_text(&out), "a&lt;b&gt;"));
    assert_null(strstr(buf_text(&out), "a<b>"));
    assert_null(strstr(buf_text(&out), "p&q"));
    assert_null(strstr(buf_text(&out), "<script"));
    buf_reset(&out);
    bench_report_markdown(result, NULL, &out);
    assert_non_null(strstr(buf_text(&out), "a \"x\" \\| y"));
    free(result->tools.at[0].name);
    result->tools.at[0].name = mem_string("a,\"b\"");
    buf_reset(&out);
    bench_report_csv(result, &out);
    assert_non_null(strstr(buf_text(&out), "\r\n\"a,\"\"b\"\"\",1,leaf.served,0.333333333"));
    bench_result_free(result);
    bench_result_free(old);
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics_are_those_of_counting),
        cmocka_unit_test(changes_beyond_the_noise_are_marked),
        cmocka_unit_test(starts_are_compared_as_they_are),
        cmocka_unit_test(json_reads_back),
        cmocka_unit_test(reports_say_it_all),
    };
    return cmocka_run_group_tests_name("measure/bench/result", tests, NULL, NULL);
}
