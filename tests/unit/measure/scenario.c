#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/scenario.h"

static const char WHOLE[] =
    "base_url = \"https://[::1]:8443/shop/\"\n"
    "seed = 7\n"
    "think = \"500ms..2s\"\n"
    "thresholds = [\"p99 < 250ms\", \"submit errors<=1%\", \"rate > 10/s\", \"errors < 5\"]\n"
    "[variables]\n"
    "page = { from = 1, to = 9 }\n"
    "color = [\"red\", \"deep blue\"]\n"
    "token = \"none\"\n"
    "[headers]\n"
    "Accept = \"application/json\"\n"
    "X-Token = \"{{token}}\"\n"
    "[limits]\n"
    "timeout = \"3s\"\n"
    "[tls]\n"
    "verify = false\n"
    "[[task]]\n"
    "name = \"query\"\n"
    "weight = 5\n"
    "path = \"/items?page={{page}}&q={{ color }}\"\n"
    "check = { status = [200, 304], body = \"items\", json = { items.0.id = 1 } }\n"
    "capture = { token = \"header:X-Next\", first = \"json:items.0.id\" }\n"
    "[[task]]\n"
    "name = \"submit\"\n"
    "path = \"/items/{{first}}\"\n"
    "think = \"0s\"\n"
    "headers = { Accept = \"*/*\" }\n"
    "json = { name = \"{{color}} {{user}}-{{iteration}}\", sizes = [1, 2], sold = false }\n"
    "[[stage]]\n"
    "users = 1000\n"
    "ramp = \"50/s\"\n"
    "for = \"10m\"\n"
    "[[stage]]\n"
    "users = 0\n"
    "ramp = \"10s\"\n";

static struct scenario *read_text(const char *text, struct problems *problems)
{
    return scenario_read(text, strlen(text), "load.toml", NULL, problems);
}

static void value(void *data, size_t variable, struct buf *out)
{
    const struct scenario *scenario = data;
    (void)buf_printf(out, "<%s \"a&b\"\n>", scenario->variables.at[variable].name);
}

static void assert_filled(const struct scenario *scenario, const struct template *template,
                          enum escape escape, const char *wanted)
{
    struct buf scratch = BUF_INIT(1000), out = BUF_INIT(10000);
    template_fill(template, escape, value, (void *)scenario, &scratch, &out);
    assert_string_equal(buf_text(&out), wanted);
    buf_fini(&scratch);
    buf_fini(&out);
}

static void a_whole_scenario_is_read(void **state)
{
    struct problems problems = {0};
    (void)state;
    struct scenario *scenario = read_text(WHOLE, &problems);
    struct buf told = BUF_INIT(10000);
    problems_print(&problems, &told);
    assert_string_equal(buf_text(&told), "");
    assert_non_null(scenario);
    assert_true(scenario->target.tls);
    assert_string_equal(scenario->target.host, "::1");
    assert_int_equal(scenario->target.port, 8443);
    assert_string_equal(scenario->target.prefix, "/shop");
    assert_int_equal(scenario->seed, 7);
    assert_false(scenario->open);
    assert_false(scenario->tls_verify);
    assert_int_equal(scenario->timeout_ns, 3000000000);
    assert_int_equal(scenario->tasks.len, 2);
    const struct task *query = &scenario->tasks.at[0], *submit = &scenario->tasks.at[1];
    assert_int_equal(query->weight, 5);
    assert_string_equal(query->method, "GET");
    assert_string_equal(submit->method, "POST");
    assert_int_equal(query->think.low_ns, 500000000);
    assert_int_equal(query->think.high_ns, 2000000000);
    assert_int_equal(submit->think.low_ns, 0);
    assert_filled(scenario, &query->path, ESCAPE_URL,
                  "/items?page=%3Cpage%20%22a&b%22%0A%3E&q=%3Ccolor%20%22a&b%22%0A%3E");
    assert_filled(scenario, &submit->body, ESCAPE_JSON,
                  "{\"name\":\"<color \\\"a&b\\\"\\n> <user \\\"a&b\\\"\\n>-<iteration "
                  "\\\"a&b\\\"\\n>\",\"sizes\":[1,2],\"sold\":false}");
    assert_int_equal(query->checks.len, 3);
    assert_string_equal(query->checks.at[1].path, "items.0.id");
    assert_int_equal(query->headers.len, 2);
    assert_int_equal(submit->headers.len, 2);
    assert_string_equal(submit->headers.at[0].value.parts.at[0].text, "*/*");
    assert_filled(scenario, &submit->headers.at[1].value, ESCAPE_HEADER, "<token \"a&b\">");
    assert_int_equal(scenario->thresholds.len, 4);
    assert_int_equal(scenario->thresholds.at[1].task, 1);
    assert_true(scenario->thresholds.at[1].is_share);
    assert_true(fabs(scenario->thresholds.at[0].limit - 250e6) < 1);
    assert_int_equal(scenario_length_ns(scenario) / 1000000000, 630);
    scenario_free(scenario);
    buf_fini(&told);
    problems_fini(&problems);
}

/* What stands between the lines that every scenario needs, and what is told of it. */
static const struct {
    const char *text, *told;
} MISTAKES[] = {
    {"base_url = \"127.0.0.1\"", "load.toml:1:12: error: base_url is '127.0.0.1', which does not"},
    {"base_url = \"http://localhost:0\"", "whose host or port is none"},
    {"base_url = \"http://example.com\"", "load.toml:1:12: error: base_url: "},
    {"base_ulr = \"http://127.0.0.1\"",
     "load.toml:1:1: error: a scenario has no key base_ulr\n  hint: did "
     "you mean base_url?"},
    {"base_url = \"http://a", "load.toml:1:21: error: syntax error"},
    {"[[task]]\npth = \"/\"", "did you mean path?"},
    {"[[task]]\nname = \"x\"", "load.toml:1:1: error: the task has no path"},
    {"[[task]]\npath = \"x\"", "load.toml:2:8: error: path is 'x', which does not begin with"},
    {"[[task]]\npath = \"/a b\"", "hint: write %20 for a blank"},
    {"[[task]]\npath = \"/{{pge}}\"", "did you mean {{page}}?"},
    {"[[task]]\npath = \"/{{page\"", "opens a variable that is not closed"},
    {"[[task]]\npath = \"/\"\nweight = 0", "load.toml:3:10: error: weight is 0, but it must be"},
    {"[[task]]\npath = \"/\"\nthink = \"2s..1s\"", "which is no pause"},
    {"[[task]]\npath = \"/\"\nthink = \"500\"", "which is no pause"},
    {"[[task]]\npath = \"/\"\nmethod = \"get\"", "methods are written in capitals"},
    {"[[task]]\npath = \"/\"\njson = {}\nform = {}", "more than one of json, form and body"},
    {"[[task]]\npath = \"/\"\nheaders = { Host = \"a\" }", "Host is written by zonda itself"},
    {"[[task]]\npath = \"/\"\nheaders = { \"a b\" = \"a\" }", "is no name of a header"},
    {"[[task]]\npath = \"/\"\ncheck = { status = 99 }", "load.toml:3:20: error: status is no"},
    {"[[task]]\npath = \"/\"\ncapture = { page = \"json:a\" }", "{{page}} is no text"},
    {"[[task]]\npath = \"/\"\ncapture = { a = \"body:a\" }", "a is captured from 'body:a'"},
    {"[[stage]]\nusers = 1", "the stage takes no time"},
    {"[[stage]]\nfor = \"1s\"", "neither users nor arrivals"},
    {"[[stage]]\nusers = -1\nfor = \"1s\"", "users must be a number from 0 to 100000"},
    {"[[stage]]\nusers = 1\nfor = \"1s\"\n[[stage]]\narrivals = 1\nfor = \"1s\"",
     "stages have both users and arrivals"},
    {"[[stage]]\nusers = 1\nramp = \"0/s\"", "ramp is '0/s'"},
    {"[[stage]]\nusers = 1\nfor = \"1 fortnight\"", "which is no duration"},
    {"thresholds = [\"p99 < 250\"]", "load.toml:1:15: error: 'p99 < 250' is no threshold"},
    {"thresholds = [\"p0 < 250ms\"]", "is no threshold"},
    {"thresholds = [\"nobody p99 < 250ms\"]", "there is no task 'nobody'"},
    {"thresholds = \"p99 < 250ms\"", "a list of strings"},
    {"[limits]\nconnections = 0", "connections is 0, but it must be"},
    {"[limits]\nconections = 1", "did you mean connections?"},
    {"[variables]\nuser = \"ann\"", "{{user}} is there already"},
    {"[variables]\nx = { from = 2, to = 1 }", "from a number to one that is not less"},
    {"[variables]\n\"a-b\" = 1", "is no name of a variable"},
    {"", "the scenario has no task"},
    {"", "the scenario has no stage"},
    {"", "the scenario has no base_url"},
};

static void mistakes_are_told_at_their_place(void **state)
{
    static const char REST[] = "\n[variables.page]\nfrom = 1\nto = 2\n";
    (void)state;
    for (size_t i = 0; i < sizeof MISTAKES / sizeof *MISTAKES; i++) {
        struct problems problems = {0};
        struct buf text = BUF_INIT(10000), told = BUF_INIT(100000);
        (void)buf_puts(&text, MISTAKES[i].text);
        if (!strstr(MISTAKES[i].text, "[variables]"))
            (void)buf_puts(&text, REST);
        assert_null(read_text(buf_text(&text), &problems));
        problems_print(&problems, &told);
        if (!strstr(buf_text(&told), MISTAKES[i].told))
            fail_msg("%s\nshould tell: %s\nbut tells:\n%s", MISTAKES[i].text, MISTAKES[i].told,
                     buf_text(&told));
        buf_fini(&text);
        buf_fini(&told);
        problems_fini(&problems);
    }
}

static void url_of_the_command_line_wins(void **state)
{
    struct problems problems = {0};
    (void)state;
    struct scenario *scenario =
        scenario_read(WHOLE, strlen(WHOLE), "load.toml", "http://localhost:81", &problems);
    assert_non_null(scenario);
    assert_string_equal(scenario->target.url, "http://localhost:81");
    assert_int_equal(scenario->target.port, 81);
    scenario_free(scenario);
    assert_null(scenario_read(WHOLE, strlen(WHOLE), "load.toml", "localhost:81", &problems));
    assert_string_equal(problems.list.at[0].file, "--url");
    problems_fini(&problems);
}

/* Every arrival is due when as many have come as the rate up to then says. */
static void arrivals_follow_the_rate(void **state)
{
    struct problems problems = {0};
    (void)state;
    struct scenario *scenario = read_text(
        "base_url = \"http://127.0.0.1\"\n[[task]]\npath = \"/\"\n"
        "[[stage]]\narrivals = 100\nramp = \"10s\"\nfor = \"5s\"\n"
        "[[stage]]\narrivals = 20\nfor = \"5s\"\n[[stage]]\narrivals = 0\nramp = \"20/s\"\n",
        &problems);
    assert_non_null(scenario);
    assert_true(scenario->open);
    /* 500 in the ramp, 500 at 100 a second, 100 at 20, 10 in the last second. */
    assert_int_equal(scenario_arrival_ns(scenario, 0), 0);
    assert_true(fabs((double)scenario_arrival_ns(scenario, 125) - 5e9) < 10);
    assert_true(fabs((double)scenario_arrival_ns(scenario, 500) - 10e9) < 10);
    assert_true(fabs((double)scenario_arrival_ns(scenario, 501) - 10.01e9) < 10);
    assert_true(fabs((double)scenario_arrival_ns(scenario, 1050) - 17.5e9) < 10);
    assert_true(scenario_arrival_ns(scenario, 1109) < UINT64_C(21000000000));
    assert_true(scenario_arrival_ns(scenario, 1110) == UINT64_MAX);
    uint64_t last = 0;
    for (int i = 1; i < 1110; i++) {
        uint64_t at = scenario_arrival_ns(scenario, i);
        assert_true(at > last);
        last = at;
    }
    assert_true(fabs(scenario_goal(scenario, 5000000000) - 50) < 1e-6);
    assert_true(fabs(scenario_goal(scenario, 16000000000) - 20) < 1e-6);
    assert_true(fabs(scenario_goal(scenario, 20500000000) - 10) < 1e-6);
    assert_true(fabs(scenario_goal_max(scenario) - 100) < 1e-6);
    assert_true(scenario_goal(scenario, 21000000000) == 0);
    scenario_free(scenario);
    problems_fini(&problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_scenario_is_read),
        cmocka_unit_test(mistakes_are_told_at_their_place),
        cmocka_unit_test(url_of_the_command_line_wins),
        cmocka_unit_test(arrivals_follow_the_rate),
    };
    return cmocka_run_group_tests_name("measure/scenario", tests, NULL, NULL);
}
