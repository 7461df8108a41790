/* A script for k6: https://grafana.com/docs/k6/latest/using-k6/ */
#include <math.h>
#include <string.h>

#include "measure/emit.h"

static const char HELPERS[] =
    "// k6 runs this file once for each virtual user: what is captured is the user's own.\n"
    "function drawn(list) {\n"
    "  return list[Math.floor(Math.random() * list.length)];\n"
    "}\n"
    "function between(from, to) {\n"
    "  return String(from + Math.floor(Math.random() * (to - from + 1)));\n"
    "}\n"
    "function url_text(value) {\n"
    "  return encodeURI(value).replace(/#/g, '%23').replace(/%25/g, '%');\n"
    "}\n"
    "function form_text(value) {\n"
    "  return encodeURIComponent(value);\n"
    "}\n"
    "function json_text(value) {\n"
    "  return JSON.stringify(value).slice(1, -1);\n"
    "}\n"
    "function header_text(value) {\n"
    "  return value.replace(/[\\x00-\\x1f\\x7f]/g, '');\n"
    "}\n"
    "function place(path) {\n"
    "  const at = path.replace(/^https?:\\/\\/[^/?]*/, '');\n"
    "  return ORIGIN + (at.startsWith('/') ? at : '/' + at);\n"
    "}\n"
    "function inside(response, path) {\n"
    "  try {\n"
    "    return path.split('.').reduce((value, name) => value[name], JSON.parse(response.body));\n"
    "  } catch (e) {\n"
    "    return undefined;\n"
    "  }\n"
    "}\n"
    "function capture(name, value) {\n"
    "  if (value !== undefined && (typeof value !== 'object' || value === null)) "
    "captured[name] = String(value);\n"
    "}\n"
    "function judge(task, response, right) {\n"
    "  const good = right.every((one) => one);\n"
    "  check(response, { 'as the scenario wants it': () => good });\n"
    "  errors.add(!good, { task });\n"
    "  failures.add(good ? 0 : 1, { task });\n"
    "}\n\n";

static void seconds(struct buf *out, uint64_t ns)
{
    (void)buf_printf(out, "'%llums'", (unsigned long long)(ns / 1000000));
}

/* k6 takes whole numbers only: rates with a fraction count for a hundred seconds. */
static int time_unit(const struct scenario *scenario)
{
    VEC_EACH (const struct stage, stage, &scenario->stages)
        if (stage->goal > floor(stage->goal))
            return 100;
    return 1;
}

static void stages(struct buf *out, const struct scenario *scenario)
{
    int unit = scenario->open ? time_unit(scenario) : 1;
    if (scenario->open)
        (void)buf_printf(
            out,
            "      executor: 'ramping-arrival-rate',\n      startRate: 0,\n"
            "      timeUnit: '%ds',\n      preAllocatedVUs: %llu,\n"
            "      maxVUs: %llu,\n",
            unit,
            (unsigned long long)(scenario->connections_max < 100 ? scenario->connections_max : 100),
            (unsigned long long)scenario->connections_max);
    else
        (void)buf_puts(out, "      executor: 'ramping-vus',\n      startVUs: 0,\n");
    (void)buf_puts(out, "      stages: [\n");
    VEC_EACH (const struct stage, stage, &scenario->stages) {
        const uint64_t parts[] = {stage->ramp_ns, stage->hold_ns};
        for (int i = 0; i < 2; i++) {
            if (i == 1 && !parts[i])
                continue;
            (void)buf_printf(out, "        { target: %.0f, duration: ", stage->goal * unit);
            seconds(out, parts[i]);
            (void)buf_puts(out, " },\n");
        }
    }
    (void)buf_puts(out, "      ],\n");
}

static const char *metric_of(const struct threshold *threshold)
{
    if (threshold->metric == METRIC_RATE)
        return "http_reqs";
    if (threshold->metric != METRIC_ERRORS)
        return "http_req_duration";
    return threshold->is_share ? "errors" : "failures";
}

/* "p(99)<250" */
static void expression(struct buf *out, const struct threshold *threshold)
{
    bool is_time = threshold->metric == METRIC_PERCENTILE || threshold->metric == METRIC_MEAN ||
                   threshold->metric == METRIC_MAX;
    if (threshold->metric == METRIC_PERCENTILE)
        (void)buf_printf(out, "'p(%g)", threshold->percent);
    else if (is_time)
        (void)buf_puts(out, threshold->metric == METRIC_MEAN ? "'avg" : "'max");
    else
        (void)buf_puts(out, threshold->metric == METRIC_ERRORS && !threshold->is_share ? "'count"
                                                                                       : "'rate");
    (void)buf_printf(out, "%s%s%g', ", threshold->below ? "<" : ">", threshold->equal ? "=" : "",
                     is_time ? threshold->limit / 1e6 : threshold->limit);
}

static bool same_metric(const struct threshold *a, const struct threshold *b)
{
    return a->task == b->task && strcmp(metric_of(a), metric_of(b)) == 0;
}

/* One entry a metric: an object has each key once. */
static void thresholds(struct buf *out, const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->thresholds.len; i++) {
        const struct threshold *first = &scenario->thresholds.at[i];
        bool told = false;
        for (size_t j = 0; j < i; j++)
            told = told || same_metric(first, &scenario->thresholds.at[j]);
        if (told)
            continue;
        (void)buf_printf(out, "    '%s", metric_of(first));
        if (first->task >= 0)
            (void)buf_printf(out, "{task:%s}", scenario->tasks.at[first->task].name);
        (void)buf_puts(out, "': [");
        for (size_t j = i; j < scenario->thresholds.len; j++)
            if (same_metric(first, &scenario->thresholds.at[j]))
                expression(out, &scenario->thresholds.at[j]);
        (void)buf_puts(out, "],\n");
    }
}

static void options(struct buf *out, const struct scenario *scenario)
{
    (void)buf_puts(out, "export const options = {\n  noCookiesReset: true,\n");
    if (scenario->target.tls && !scenario->tls_verify)
        (void)buf_puts(out, "  insecureSkipTLSVerify: true,\n");
    (void)buf_puts(out, "  scenarios: {\n    load: {\n");
    stages(out, scenario);
    (void)buf_puts(out, "      gracefulStop: ");
    seconds(out, scenario->timeout_ns);
    if (!scenario->open) {
        (void)buf_puts(out, ",\n      gracefulRampDown: ");
        seconds(out, scenario->timeout_ns);
    }
    (void)buf_puts(out, ",\n    },\n  },\n  thresholds: {\n");
    thresholds(out, scenario);
    (void)buf_puts(out, "  },\n};\n\n");
}

static void variables(struct buf *out, const struct scenario *scenario)
{
    static const struct emit_words WORDS = {.quote = "",
                                            .range_begin = "between(",
                                            .range_end = ")",
                                            .user = "String(exec.vu.idInTest)",
                                            .iteration = "String(iteration)",
                                            .choice = "drawn"};
    (void)buf_puts(out, "const captured = {\n");
    emit_captured(out, scenario, "  ", &WORDS);
    (void)buf_puts(out, "};\nlet iteration = 0;\n\nfunction values() {\n  iteration += 1;\n"
                        "  return {\n    ...captured,\n");
    emit_drawn(out, scenario, "    ", &WORDS);
    (void)buf_puts(out, "  };\n}\n\n");
}

static void checks(struct buf *out, const struct task *task)
{
    bool names_status = false;
    (void)buf_printf(out, "  judge('%s', response, [\n", task->name);
    VEC_EACH (const struct check, check, &task->checks) {
        (void)buf_puts(out, "    ");
        if (check->kind == CHECK_STATUS) {
            names_status = true;
            (void)buf_putc(out, '[');
            VEC_EACH (const int, status, &check->statuses)
                (void)buf_printf(out, "%d, ", *status);
            (void)buf_puts(out, "].includes(response.status)");
        } else if (check->kind == CHECK_BODY) {
            (void)buf_puts(out, "String(response.body).includes(");
            emit_string(out, check->text);
            (void)buf_putc(out, ')');
        } else {
            bool has = check->kind == CHECK_JSON_HAS;
            (void)buf_puts(out, has ? "inside(response, " : "String(inside(response, ");
            emit_string(out, check->path);
            (void)buf_puts(out, has ? ") !== undefined" : ")) === ");
            if (!has)
                emit_string(out, check->literal);
        }
        (void)buf_puts(out, ",\n");
    }
    if (!names_status)
        (void)buf_puts(out, "    response.status > 0 && response.status < 400,\n");
    (void)buf_puts(out, "  ]);\n");
}

static void pause_line(struct buf *out, const struct pause *pause)
{
    double low = (double)pause->low_ns / 1e9, high = (double)pause->high_ns / 1e9;
    if (pause->kind == PAUSE_UNIFORM)
        (void)buf_printf(out, "  sleep(%g + Math.random() * %g);\n", low, high - low);
    else if (pause->kind == PAUSE_EXPONENTIAL)
        (void)buf_printf(out, "  sleep(-Math.log(1 - Math.random()) * %g);\n", low);
    else if (pause->low_ns)
        (void)buf_printf(out, "  sleep(%g);\n", low);
}

static void write_task(struct buf *out, const struct scenario *scenario, const struct task *task,
                       size_t number)
{
    (void)buf_printf(out,
                     "// %s\nfunction task%zu(v) {\n  const response = http.request(\n    '%s'"
                     ",\n    ",
                     task->name, number, task->method);
    (void)buf_puts(out, emit_has_prefix(task) ? "BASE + " : "place(");
    emit_template(out, &task->path, emit_escape(ESCAPE_URL));
    (void)buf_puts(out, emit_has_prefix(task) ? ",\n    " : "),\n    ");
    if (task->has_body)
        emit_template(out, &task->body, emit_escape(task->body_escape));
    else
        (void)buf_puts(out, "null");
    (void)buf_printf(out, ",\n    {\n      redirects: 0,\n      timeout: ");
    seconds(out, scenario->timeout_ns);
    (void)buf_printf(out, ",\n      tags: { name: '%s', task: '%s' },\n      headers: {\n",
                     task->name, task->name);
    emit_headers(out, task, "        ");
    (void)buf_puts(out, "      },\n    },\n  );\n");
    checks(out, task);
    VEC_EACH (const struct capture, capture, &task->captures) {
        (void)buf_printf(out, "  capture('%s', ", scenario->variables.at[capture->variable].name);
        (void)buf_puts(out, capture->from_header ? "header_of(response, " : "inside(response, ");
        emit_string(out, capture->where);
        (void)buf_puts(out, "));\n");
    }
    if (!scenario->open)
        pause_line(out, &task->think);
    (void)buf_puts(out, "}\n\n");
}

static void default_function(struct buf *out, const struct scenario *scenario)
{
    uint64_t sum = 0;
    VEC_EACH (const struct task, task, &scenario->tasks)
        sum += task->weight;
    (void)buf_printf(out, "export default function () {\n  const card = Math.random() * %llu;\n",
                     (unsigned long long)sum);
    sum = 0;
    for (size_t i = 0; i < scenario->tasks.len; i++) {
        bool last = i + 1 == scenario->tasks.len;
        sum += scenario->tasks.at[i].weight;
        (void)buf_puts(out, i ? "  else " : "  ");
        if (!last)
            (void)buf_printf(out, "if (card < %llu) ", (unsigned long long)sum);
        (void)buf_printf(out, "task%zu(values());\n", i + 1);
    }
    (void)buf_puts(out, "}\n");
}

void emit_k6(const struct scenario *scenario, struct buf *out)
{
    (void)buf_printf(out, "// Written by `zonda load --emit k6 %s`; run it with `k6 run FILE`.\n",
                     scenario->file);
    (void)buf_puts(out, "import http from 'k6/http';\nimport exec from 'k6/execution';\n"
                        "import { check, sleep } from 'k6';\n"
                        "import { Counter, Rate } from 'k6/metrics';\n\n"
                        "const BASE = __ENV.BASE_URL || ");
    emit_string(out, scenario->target.url);
    (void)buf_puts(out, ";\nconst ORIGIN = BASE.match(/^https?:\\/\\/[^/]+/)[0];\n"
                        "const RUN = Math.floor(Math.random() * 2 ** 32).toString(16);\nconst "
                        "errors = new Rate('errors');\n"
                        "const failures = new Counter('failures');\n\n");
    options(out, scenario);
    variables(out, scenario);
    (void)buf_puts(out, HELPERS);
    (void)buf_puts(out, "function header_of(response, name) {\n"
                        "  const found = Object.keys(response.headers).find((key) => "
                        "key.toLowerCase() === name.toLowerCase());\n"
                        "  return found && response.headers[found];\n}\n\n");
    for (size_t i = 0; i < scenario->tasks.len; i++)
        write_task(out, scenario, &scenario->tasks.at[i], i + 1);
    default_function(out, scenario);
}
