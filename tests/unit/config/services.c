/* [service.NAME]: what a service inherits, what it says itself, and every mistake. */
#include "check.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

static struct fixture fixture;
static struct strs asked, arguments;

static int end(void **state)
{
    (void)state;
    strs_fini(&asked);
    strs_fini(&arguments);
    fixture_fini(&fixture);
    return 0;
}

static const char *load(const char *text)
{
    return fixture_load(&fixture, PROJECT "/zonda.toml", text);
}

static const struct config *service(const char *name)
{
    for (size_t i = 0; i < fixture.config->services.len; i++)
        if (strcmp(fixture.config->services.at[i]->service, name) == 0)
            return fixture.config->services.at[i];
    return NULL;
}

static void none(void **state)
{
    (void)state;
    assert_string_equal(load("[run]\nmax_retries = 4\n"), "");
    assert_int_equal(fixture.config->services.len, 0);
    assert_null(fixture.config->service);
}

static void inherits_and_overrides(void **state)
{
    (void)state;
    assert_string_equal(load("env_files = ['all.env']\n"
                             "[run]\nmax_retries = 4\nargs = ['all']\nenv = { A = '1', B = '1' }\n"
                             "[[rule]]\nmatch = '*.sql'\naction = 'restart'\n"
                             "[service.worker.run]\nargs = ['one']\nenv = { B = '2', C = '2' }\n"
                             "[[service.worker.rule]]\nmatch = '*.md'\n"
                             "[service.api]\n"),
                        "");
    assert_int_equal(fixture.config->services.len, 2);
    const struct config *api = service("api"), *worker = service("worker");
    assert_ptr_equal(fixture.config->services.at[0], api); /* by name */
    assert_int_equal(api->run.max_retries, 4);
    assert_string_equal(api->run.args.at[0], "all");
    assert_string_equal(strs_env_get(&api->run.env, "B"), "1");
    assert_int_equal(api->rules.len, 1);
    assert_int_equal(worker->run.max_retries, 4);
    assert_int_equal(worker->run.args.len, 1);
    assert_string_equal(worker->run.args.at[0], "one");
    assert_string_equal(strs_env_get(&worker->run.env, "A"), "1");
    assert_string_equal(strs_env_get(&worker->run.env, "B"), "2");
    assert_string_equal(strs_env_get(&worker->run.env, "C"), "2");
    assert_int_equal(worker->rules.len, 2);
    assert_string_equal(worker->rules.at[0].match.at[0], "*.md"); /* its own come first */
    assert_string_equal(worker->env_files.at[0], PROJECT "/all.env");
    assert_string_equal(worker->tmp_dir, PROJECT "/.zonda");
    assert_string_equal(fixture.config->run.args.at[0], "all"); /* the whole is left alone */
    assert_null(strs_env_get(&fixture.config->run.env, "C"));
}

static void a_root_of_its_own(void **state)
{
    (void)state;
    assert_int_equal(mkdir("/tmp/zonda-unit-root", 0700) == 0 || errno == EEXIST, 1);
    assert_string_equal(load("[run]\ncwd = '/'\n[build]\noutput = 'all/app'\n"
                             "[service.api]\nroot = 'zonda-unit-root'\n"
                             "[service.api.run]\ncwd = '.'\n"
                             "[service.api.watch]\nexclude = ['x']\n"),
                        "");
    const struct config *api = service("api");
    assert_string_equal(api->root, PROJECT "/zonda-unit-root");
    assert_string_equal(api->run.cwd, PROJECT "/zonda-unit-root");
    assert_string_equal(api->build.output, PROJECT "/all/app"); /* where it was said */
    assert_string_equal(api->watch.paths.at[0], PROJECT "/zonda-unit-root");
    assert_string_equal(api->tmp_dir, PROJECT "/.zonda");
    assert_int_equal(rmdir("/tmp/zonda-unit-root"), 0);
}

static void variables_and_flags_hold_for_all(void **state)
{
    (void)state;
    strs_push(&fixture.env, "ZONDA_RUN_MAX_RETRIES=5");
    strs_push(&fixture.flags, "run.env.A=flag");
    assert_string_equal(load("[service.api.run]\nmax_retries = 7\nenv = { A = 'file', B = 'b' }\n"),
                        "");
    assert_int_equal(service("api")->run.max_retries, 5);
    assert_string_equal(strs_env_get(&service("api")->run.env, "A"), "flag");
    assert_string_equal(strs_env_get(&service("api")->run.env, "B"), "b");
}

static const char THREE[] = "[service.db]\n[service.api]\ndepends_on = ['db']\n"
                            "[service.web]\ndepends_on = ['api']\n[service.other]\n";

static void a_part_with_what_it_needs(void **state)
{
    (void)state;
    fixture.request.services = &asked;
    strs_push(&asked, "web");
    assert_string_equal(load(THREE), "");
    assert_int_equal(fixture.config->services.len, 3);
    assert_null(service("other"));
    strs_push(&asked, "othr");
    assert_string_equal(load(THREE), "zonda run: error: there is no service othr\n"
                                     "  hint: did you mean other?\n");
    assert_null(fixture.config);
    assert_string_equal(load(""), "zonda run: error: there is no service web\n"
                                  "  hint: no [service.NAME] is in the configuration; arguments "
                                  "for the app go after --\n"
                                  "zonda run: error: there is no service othr\n"
                                  "  hint: no [service.NAME] is in the configuration; arguments "
                                  "for the app go after --\n");
}

static void arguments_are_for_one(void **state)
{
    (void)state;
    fixture.request.app_args = &arguments;
    fixture.request.services = &asked;
    strs_push(&arguments, "-v");
    assert_string_equal(load(THREE),
                        "--: error: arguments for an app need one service, but there are 4\n"
                        "  hint: name it: zonda run NAME -- ARGUMENT...; or set args in "
                        "[service.NAME.run]\n");
    strs_push(&asked, "api");
    assert_string_equal(load(THREE), "");
    assert_int_equal(service("api")->app_args.len, 1);
    assert_int_equal(service("db")->app_args.len, 0);
}

static const struct {
    const char *text, *told;
} MISTAKES[] = {
    {"service = 1\n",
     "zonda.toml:1:1: error: service is a whole number, but it must be a table of services\n"
     "  hint: write [service.api], with the service's name\n"},
    {"[service]\napi = 1\n",
     "zonda.toml:2:1: error: service.api is a whole number, but it must be a table\n"
     "  hint: write [service.NAME] in a line of its own, and its keys below it\n"},
    {"[service.'a b']\n",
     "zonda.toml:1:10: error: 'a b' is no name for a service\n"
     "  hint: at most 32 letters, digits, - and _, a letter or a digit first\n"},
    {"[service.api]\ndepends = ['x']\n", "zonda.toml:2:1: error: [service.api] has no key depends\n"
                                         "  hint: did you mean depends_on?\n"},
    {"[service.api.run]\narg = ['x']\n", "zonda.toml:2:1: error: [service.api.run] has no key arg\n"
                                         "  hint: did you mean args?\n"},
    {"[service.api.log]\nlevel = 'info'\n",
     "zonda.toml:1:14: error: [service.api] has no table log\n"
     "  hint: it belongs into a table of its own, [log]\n"},
    {"[service.api]\ntmp_dir = 'x'\n",
     "zonda.toml:2:1: error: [service.api] has no key tmp_dir\n"
     "  hint: it belongs into the root table, before the first [section]\n"},
    {"[service.api]\nroot = 'zonda-not-there'\n",
     "zonda.toml:2:8: error: root zonda-not-there does not exist\n"
     "  hint: name the directory that holds go.mod, or leave root out\n"},
    {"[service.api]\ndepends_on = 'db'\n",
     "zonda.toml:2:14: error: depends_on is a string, but it must be a list of strings\n"
     "  hint: put it in brackets: [\"…\"]\n"},
    {"[service.api]\ndepends_on = ['dbb']\n[service.db]\n",
     "zonda.toml:2:15: error: there is no service dbb\n  hint: did you mean db?\n"},
    {"[service.api]\ndepends_on = ['mail']\n",
     "zonda.toml:2:15: error: there is no service mail\n"
     "  hint: write a [service.mail], or remove the name\n"},
    {"[service.api]\ndepends_on = ['api']\n",
     "zonda.toml:2:15: error: api waits for api: none of them could start\n"
     "  hint: remove one of them from its depends_on\n"},
    {"[service.a]\ndepends_on = ['b']\n[service.b]\ndepends_on = ['c']\n"
     "[service.c]\ndepends_on = ['a']\n",
     "zonda.toml:2:15: error: a waits for b, which waits for c, which waits for a: none of them "
     "could start\n"
     "  hint: remove one of them from its depends_on\n"},
    {"[debug]\nport = 2345\n[service.a]\n[service.b]\n",
     "zonda.toml:2:8: error: a and b have the debugger's port 2345\n"
     "  hint: set a port in [service.NAME.debug], for those that are debugged\n"},
    {"[service.api.run]\nmax_retries = -1\n",
     "zonda.toml:2:15: error: max_retries is -1, but it must not be negative\n"},
    {"[run]\nmax_retries = -1\n[service.api]\n[service.web]\n", /* told once */
     "zonda.toml:2:15: error: max_retries is -1, but it must not be negative\n"},
};

static void mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof MISTAKES / sizeof *MISTAKES; i++) {
        assert_string_equal(load(MISTAKES[i].text), MISTAKES[i].told);
        assert_null(fixture.config);
    }
}

static void too_many(void **state)
{
    struct buf text = BUF_INIT((size_t)1 << 16);
    (void)state;
    for (int i = 0; i < SERVICES_MAX; i++)
        (void)buf_printf(&text, "[service.s%d]\n", i);
    assert_string_equal(load(buf_text(&text)), "");
    assert_int_equal(fixture.config->services.len, SERVICES_MAX);
    (void)buf_puts(&text, "[service.more]\n");
    assert_string_equal(load(buf_text(&text)),
                        "zonda.toml:1:2: error: there are 65 services, more than 64\n");
    buf_fini(&text);
}

/* A name is walked once, however many ways lead to it: 30 layers of 2 have a thousand million. */
static void many_ways(void **state)
{
    struct buf text = BUF_INIT((size_t)1 << 16);
    (void)state;
    for (int i = 0; i < 30; i++)
        for (int side = 0; side < 2; side++) {
            (void)buf_printf(&text, "[service.%c%d]\n", 'a' + side, i);
            if (i < 29)
                (void)buf_printf(&text, "depends_on = ['a%d', 'b%d']\n", i + 1, i + 1);
        }
    assert_string_equal(load(buf_text(&text)), "");
    buf_fini(&text);
}

static void use_and_free(void **state)
{
    (void)state;
    assert_string_equal(load("[service.api.run]\nargs = ['x']\n"), "");
    struct config *kept = config_use(fixture.config->services.at[0]);
    config_free(fixture.config);
    fixture.config = NULL;
    assert_string_equal(kept->run.args.at[0], "x");
    config_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(none, end),
        cmocka_unit_test_teardown(inherits_and_overrides, end),
        cmocka_unit_test_teardown(a_root_of_its_own, end),
        cmocka_unit_test_teardown(variables_and_flags_hold_for_all, end),
        cmocka_unit_test_teardown(a_part_with_what_it_needs, end),
        cmocka_unit_test_teardown(arguments_are_for_one, end),
        cmocka_unit_test_teardown(mistakes, end),
        cmocka_unit_test_teardown(too_many, end),
        cmocka_unit_test_teardown(many_ways, end),
        cmocka_unit_test_teardown(use_and_free, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
