/* A locustfile: https://docs.locust.io/en/stable/writing-a-locustfile.html */
#include <string.h>

#include "measure/emit.h"

static const char HELPERS[] =
    "def url_text(value):\n"
    "    return urllib.parse.quote(value, safe=\"/?[]@!$&'()*+,;=:%-._~\")\n\n\n"
    "def form_text(value):\n"
    "    return urllib.parse.quote(value, safe=\"-._~\")\n\n\n"
    "def json_text(value):\n"
    "    return json.dumps(value)[1:-1]\n\n\n"
    "def header_text(value):\n"
    "    return re.sub(r\"[\\x00-\\x1f\\x7f]\", \"\", value)\n\n\n"
    "def place(path):\n"
    "    path = re.sub(r\"^https?://[^/?]*\", \"\", path)\n"
    "    return path if path.startswith(\"/\") else \"/\" + path\n\n\n"
    "def inside(response, path):\n"
    "    \"\"\"A scalar of the JSON body as text; None where there is none.\"\"\"\n"
    "    try:\n"
    "        value = response.json()\n"
    "        for name in path.split(\".\"):\n"
    "            value = value[int(name)] if isinstance(value, list) else value[name]\n"
    "    except (ValueError, KeyError, IndexError, TypeError):\n"
    "        return None\n"
    "    return value if isinstance(value, str) else json.dumps(value)\n\n\n";

static void variables(struct buf *out, const struct scenario *scenario)
{
    static const char INDENT[] = "            ";
    static const struct emit_words WORDS = {.quote = "\"",
                                            .range_begin = "str(random.randint(",
                                            .range_end = "))",
                                            .user = "str(self.number)",
                                            .iteration = "str(self.iteration)",
                                            .choice = "random.choice"};
    (void)buf_puts(out, "    def on_start(self):\n        self.number = next(NUMBERS)\n"
                        "        self.iteration = 0\n        self.pause = 0.0\n"
                        "        self.captured = {\n");
    emit_captured(out, scenario, INDENT, &WORDS);
    (void)buf_printf(out,
                     "        }\n%s"
                     "\n    def wait_time(self):\n        return self.pause\n"
                     "\n    def values(self):\n        self.iteration += 1\n"
                     "        return {\n            **self.captured,\n",
                     scenario->tls_verify ? "" : "        self.client.verify = False\n");
    emit_drawn(out, scenario, INDENT, &WORDS);
    (void)buf_puts(out, "        }\n");
}

static void check_line(struct buf *out, const struct check *check)
{
    (void)buf_puts(out, "                ");
    if (check->kind == CHECK_STATUS) {
        (void)buf_puts(out, "response.status_code in (");
        VEC_EACH (const int, status, &check->statuses)
            (void)buf_printf(out, "%d, ", *status);
        (void)buf_putc(out, ')');
    } else if (check->kind == CHECK_BODY) {
        emit_string(out, check->text);
        (void)buf_puts(out, " in (response.text or \"\")");
    } else {
        (void)buf_puts(out, "inside(response, ");
        emit_string(out, check->path);
        (void)buf_puts(out, check->kind == CHECK_JSON ? ") == " : ") is not None");
        if (check->kind == CHECK_JSON)
            emit_string(out, check->literal);
    }
    (void)buf_puts(out, ",\n");
}

static void checks(struct buf *out, const struct task *task)
{
    bool names_status = false;
    (void)buf_puts(out, "            right = [\n");
    VEC_EACH (const struct check, check, &task->checks) {
        names_status |= check->kind == CHECK_STATUS;
        check_line(out, check);
    }
    if (!names_status)
        (void)buf_puts(out, "                0 < response.status_code < 400,\n");
    (void)buf_puts(out, "            ]\n            if all(right):\n"
                        "                response.success()\n            else:\n"
                        "                response.failure(f\"status {response.status_code}, checks "
                        "{right}\")\n");
}

static void pause_line(struct buf *out, const struct pause *pause)
{
    double low = (double)pause->low_ns / 1e9, high = (double)pause->high_ns / 1e9;
    (void)buf_puts(out, "        self.pause = ");
    if (pause->kind == PAUSE_UNIFORM)
        (void)buf_printf(out, "random.uniform(%g, %g)\n", low, high);
    else if (pause->kind == PAUSE_EXPONENTIAL)
        (void)buf_printf(out, "random.expovariate(1 / %g)\n", low > 0 ? low : 1e-9);
    else
        (void)buf_printf(out, "%g\n", low);
}

static void write_task(struct buf *out, const struct scenario *scenario, const struct task *task,
                       size_t number)
{
    (void)buf_printf(out,
                     "\n    @task(%u)\n    def task%zu(self):  # %s\n        v = self.values()\n"
                     "        with self.client.request(\n            \"%s\",\n            ",
                     task->weight, number, task->name, task->method);
    (void)buf_puts(out, emit_has_prefix(task) ? "PREFIX + " : "place(");
    emit_template(out, &task->path, emit_escape(ESCAPE_URL));
    (void)buf_printf(out,
                     "%s,\n            name=\"%s\",\n            catch_response=True,\n"
                     "            allow_redirects=False,\n            timeout=%g,\n"
                     "            headers={\n",
                     emit_has_prefix(task) ? "" : ")", task->name,
                     (double)scenario->timeout_ns / 1e9);
    emit_headers(out, task, "                ");
    (void)buf_puts(out, "            },\n");
    if (task->has_body) {
        (void)buf_puts(out, "            data=(");
        emit_template(out, &task->body, emit_escape(task->body_escape));
        (void)buf_puts(out, ").encode(),\n");
    }
    (void)buf_puts(out, "        ) as response:\n");
    checks(out, task);
    VEC_EACH (const struct capture, capture, &task->captures) {
        (void)buf_puts(out, capture->from_header ? "            found = response.headers.get("
                                                 : "            found = inside(response, ");
        emit_string(out, capture->where);
        (void)buf_printf(out,
                         ")\n            if found is not None:\n"
                         "                self.captured[\"%s\"] = found\n",
                         scenario->variables.at[capture->variable].name);
    }
    pause_line(out, &task->think);
}

/* Locust asks once a second how many users there shall be. */
static void shape(struct buf *out, const struct scenario *scenario)
{
    (void)buf_puts(out, "\n\nclass Stages(LoadTestShape):\n"
                        "    # users at the end, seconds to get there, seconds to stay\n"
                        "    stages = [\n");
    VEC_EACH (const struct stage, stage, &scenario->stages)
        (void)buf_printf(out, "        (%g, %g, %g),\n", stage->goal, (double)stage->ramp_ns / 1e9,
                         (double)stage->hold_ns / 1e9);
    (void)buf_puts(out,
                   "    ]\n\n    def tick(self):\n        at, before = self.get_run_time(), 0\n"
                   "        for goal, ramp, hold in self.stages:\n"
                   "            rate = abs(goal - before) / ramp if ramp else abs(goal - "
                   "before)\n"
                   "            if at < ramp:\n"
                   "                return round(before + (goal - before) * at / ramp), "
                   "max(rate, 1)\n"
                   "            at -= ramp\n"
                   "            if at < hold:\n"
                   "                return round(goal), max(rate, 1)\n"
                   "            at -= hold\n            before = goal\n"
                   "        return None\n");
}

static void threshold(struct buf *out, const struct scenario *scenario,
                      const struct threshold *threshold)
{
    const char *relation = threshold->below   ? threshold->equal ? "<=" : "<"
                           : threshold->equal ? ">="
                                              : ">";
    double limit = threshold->limit;
    (void)buf_puts(out, "        (");
    emit_string(out, threshold->text);
    if (threshold->task >= 0)
        (void)buf_printf(out, ", stats.get(\"%s\", \"%s\")",
                         scenario->tasks.at[threshold->task].name,
                         scenario->tasks.at[threshold->task].method);
    else
        (void)buf_puts(out, ", stats.total");
    (void)buf_puts(out, ", lambda entry: ");
    if (threshold->metric == METRIC_PERCENTILE)
        (void)buf_printf(out, "entry.get_response_time_percentile(%g)", threshold->percent / 100);
    else if (threshold->metric == METRIC_MEAN)
        (void)buf_puts(out, "entry.avg_response_time");
    else if (threshold->metric == METRIC_MAX)
        (void)buf_puts(out, "entry.max_response_time");
    else if (threshold->metric == METRIC_RATE)
        (void)buf_puts(out, "entry.total_rps");
    else
        (void)buf_puts(out, threshold->is_share ? "entry.fail_ratio" : "entry.num_failures");
    if (threshold->metric == METRIC_PERCENTILE || threshold->metric == METRIC_MEAN ||
        threshold->metric == METRIC_MAX)
        limit /= 1e6; /* ms */
    (void)buf_printf(out, " %s %g),\n", relation, limit);
}

static void thresholds(struct buf *out, const struct scenario *scenario)
{
    if (!scenario->thresholds.len)
        return;
    (void)buf_puts(out, "\n\n@events.quitting.add_listener\ndef judge(environment, **_):\n"
                        "    if isinstance(environment.runner, runners.WorkerRunner):\n"
                        "        return\n"
                        "    stats = environment.stats\n    demands = [\n");
    VEC_EACH (const struct threshold, one, &scenario->thresholds)
        threshold(out, scenario, one);
    (void)buf_puts(out, "    ]\n    broken = [text for text, entry, kept in demands if not "
                        "kept(entry)]\n"
                        "    for text in broken:\n        print(f\"BROKEN {text}\")\n"
                        "    environment.process_exit_code = 1 if broken else 0\n");
}

void emit_locust(const struct scenario *scenario, struct buf *out)
{
    size_t origin = strlen(scenario->target.url) - strlen(scenario->target.prefix);
    char *host = mem_string_n(scenario->target.url, origin);
    (void)buf_printf(out,
                     "\"\"\"Written by `zonda load --emit locust %s`; run it with "
                     "`locust --headless -f FILE`.\"\"\"\n",
                     scenario->file);
    (void)buf_puts(out, "import itertools\nimport json\nimport os\nimport random\nimport re\n"
                        "import urllib.parse\n\n"
                        "from locust import HttpUser, LoadTestShape, events, runners, task\n\n"
                        "NUMBERS = itertools.count(1)  # of the users of this process\n"
                        "RUN = \"%08x\" % random.getrandbits(32)\n"
                        "PREFIX = ");
    emit_string(out, scenario->target.prefix);
    (void)buf_puts(out, "\n\n\n");
    (void)buf_puts(out, HELPERS);
    (void)buf_puts(out, "class User(HttpUser):\n    host = os.environ.get(\"BASE_URL\", ");
    emit_string(out, host);
    (void)buf_puts(out, ")\n\n");
    free(host);
    variables(out, scenario);
    for (size_t i = 0; i < scenario->tasks.len; i++)
        write_task(out, scenario, &scenario->tasks.at[i], i + 1);
    shape(out, scenario);
    thresholds(out, scenario);
}
