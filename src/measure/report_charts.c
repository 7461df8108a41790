/* The course of a run as pictures: latency, rate and users over time. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "measure/chart.h"
#include "measure/report.h"

static void label_seconds(struct buf *out, double s)
{
    if (s < 60)
        (void)buf_printf(out, "%.0f s", s);
    else if (s < 3600)
        (void)buf_printf(out, "%d:%02d", (int)s / 60, (int)s % 60);
    else
        (void)buf_printf(out, "%d:%02d h", (int)s / 3600, (int)s / 60 % 60);
}

static void label_ns(struct buf *out, double ns)
{
    if (ns <= 0)
        (void)buf_putc(out, '0');
    else if (ns < 1e6)
        (void)buf_printf(out, "%g µs", ns / 1e3);
    else if (ns < 1e9)
        (void)buf_printf(out, "%g ms", ns / 1e6);
    else
        (void)buf_printf(out, "%g s", ns / 1e9);
}

static void label_count(struct buf *out, double count)
{
    if (count >= 10 || count <= 0)
        report_count(out, (uint64_t)(count + 0.5));
    else
        (void)buf_printf(out, "%g", count);
}

/* The course of the run as columns. */
enum column { AT, P50, P95, P99, RATE, FAILED, USERS, COLUMNS };
struct course {
    size_t len;
    double length_s;
    double *column[COLUMNS];
};

static void read_course(const struct load_result *result, struct course *course)
{
    *course = (struct course){0};
    for (int i = 0; i < COLUMNS; i++)
        course->column[i] = mem_new(result->points.len + 1, sizeof(double));
    VEC_EACH (const struct load_point, point, &result->points) {
        double seconds = (double)(point->end_ns - point->begin_ns) / 1e9;
        size_t at = course->len++;
        if (seconds < 0.2 && result->points.len > 1) { /* the rest at the end is no interval */
            course->len--;
            continue;
        }
        course->column[AT][at] = (double)(point->begin_ns + point->end_ns) / 2e9;
        course->length_s = (double)point->end_ns / 1e9;
        course->column[P50][at] = (double)point->p50_ns;
        course->column[P95][at] = (double)point->p95_ns;
        course->column[P99][at] = (double)point->p99_ns;
        course->column[RATE][at] = (double)point->requests / seconds;
        course->column[FAILED][at] = (double)point->failed / seconds;
        course->column[USERS][at] = point->users;
    }
}

static double most_of(const struct course *course, enum column column)
{
    double most = 0;
    for (size_t i = 0; i < course->len; i++)
        most = fmax(most, course->column[column][i]);
    return most;
}

static struct chart begin_chart(struct buf *out, const struct course *course, double most,
                                chart_label_fn *label, const char *title, const char *legend)
{
    struct chart chart = {.out = out,
                          .x_max = course->length_s,
                          .y_max = most,
                          .x_label = label_seconds,
                          .y_label = label};
    (void)buf_printf(out, "<h2>%s</h2>\n<figure>%s\n", title, legend);
    chart_begin(&chart, title);
    return chart;
}

static void hints(struct chart *chart, const struct course *course)
{
    struct buf text = BUF_INIT(500);
    double half = course->len ? course->length_s / (double)course->len / 2 : 0;
    for (size_t i = 0; i < course->len; i++) {
        buf_reset(&text);
        label_seconds(&text, course->column[AT][i]);
        (void)buf_puts(&text, " · p50 ");
        report_duration(&text, course->column[P50][i]);
        (void)buf_puts(&text, " · p95 ");
        report_duration(&text, course->column[P95][i]);
        (void)buf_puts(&text, " · p99 ");
        report_duration(&text, course->column[P99][i]);
        (void)buf_puts(&text, " · ");
        report_rate(&text, course->column[RATE][i]);
        (void)buf_puts(&text, "/s");
        chart_band(chart, "hint", course->column[AT][i] - half, course->column[AT][i] + half,
                   buf_text(&text));
    }
    buf_fini(&text);
}

static void reloads(struct chart *chart, const struct load_result *result)
{
    for (size_t i = 0; i < windows_len(result->windows); i++) {
        const struct window *window = windows_at(result->windows, i);
        chart_band(chart, "reload", ((double)window->begin_ns - (double)result->begin_ns) / 1e9,
                   ((double)window->end_ns - (double)result->begin_ns) / 1e9, "a reload");
    }
}

static void latency_chart(struct buf *out, const struct load_result *result,
                          const struct course *course)
{
    struct chart chart = begin_chart(
        out, course, most_of(course, P99), label_ns, "Latency",
        "<div class=\"legend\"><span class=\"c\"><i></i>p99</span><span class=\"b\"><i></i>p95"
        "</span><span class=\"a\"><i></i>median</span></div>");
    reloads(&chart, result);
    chart_line(&chart, "c", course->column[AT], course->column[P99], course->len);
    chart_line(&chart, "b", course->column[AT], course->column[P95], course->len);
    chart_line(&chart, "a", course->column[AT], course->column[P50], course->len);
    hints(&chart, course);
    chart_end(&chart);
    (void)buf_puts(out, "</figure>\n");
}

static void rate_chart(struct buf *out, const struct load_result *result,
                       const struct course *course)
{
    struct chart chart = begin_chart(
        out, course, fmax(most_of(course, RATE), most_of(course, FAILED)), label_count,
        "Requests a second",
        "<div class=\"legend\"><span class=\"a\"><i></i>all</span><span class=\"e\"><i></i>failed"
        "</span></div>");
    reloads(&chart, result);
    chart_area(&chart, "a", course->column[AT], course->column[RATE], course->len);
    chart_line(&chart, "a", course->column[AT], course->column[RATE], course->len);
    if (most_of(course, FAILED) > 0) {
        chart_area(&chart, "e", course->column[AT], course->column[FAILED], course->len);
        chart_line(&chart, "e", course->column[AT], course->column[FAILED], course->len);
    }
    chart_end(&chart);
    (void)buf_puts(out, "</figure>\n");
}

static void users_chart(struct buf *out, const struct load_result *result,
                        const struct course *course)
{
    struct chart chart = begin_chart(out, course, most_of(course, USERS), label_count,
                                     result->scenario->open ? "Requests under way" : "Users", "");
    chart_area(&chart, "a", course->column[AT], course->column[USERS], course->len);
    chart_line(&chart, "a", course->column[AT], course->column[USERS], course->len);
    chart_end(&chart);
    (void)buf_puts(out, "</figure>\n");
}

void report_charts(struct buf *out, const struct load_result *result)
{
    struct course course;
    read_course(result, &course);
    if (course.len) {
        latency_chart(out, result, &course);
        rate_chart(out, result, &course);
        users_chart(out, result, &course);
    }
    for (int i = 0; i < COLUMNS; i++)
        free(course.column[i]);
}
