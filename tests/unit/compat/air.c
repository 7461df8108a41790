/* Every key of air: a snippet, and what zonda makes of it beside what an empty .air.toml gives. */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/value.h"
#include "fixture.h"

#define OUT_MAX ((size_t)1 << 16)

/* --- a configuration as text --- */

static void list(struct buf *out, const struct strs *strs)
{
    STRS_EACH (item, strs)
        (void)buf_printf(out, "%s[%s]", item == strs->at ? "" : " ", *item);
}

static void command(struct buf *out, const struct command *of)
{
    if (of->line && *of->line)
        (void)buf_puts(out, of->line);
    list(out, &of->words);
}

static void value(struct buf *out, const struct schema_entry *entry)
{
    const void *at = value_at(entry, config);
    switch (entry->type) {
    case VALUE_BOOL:
        (void)buf_puts(out, *(const bool *)at ? "true" : "false");
        break;
    case VALUE_INT:
    case VALUE_DURATION:
        (void)buf_printf(out, "%" PRIu32, *(const uint32_t *)at);
        break;
    case VALUE_CHOICE:
        (void)buf_puts(out, entry->choices[*(const int *)at]);
        break;
    case VALUE_SIGNAL:
        (void)buf_printf(out, "%d", *(const int *)at);
        break;
    case VALUE_STRING:
    case VALUE_REGEX:
    case VALUE_URL_PATH:
    case VALUE_PATH:
        (void)buf_puts(out, *(char *const *)at);
        break;
    case VALUE_COMMAND:
        command(out, at);
        break;
    default:
        list(out, at);
        break;
    }
}

static void rule(struct buf *out, const struct rule *of)
{
    (void)buf_printf(out, "rule %s: %s", of->name, action_name(of->action));
    (void)buf_puts(out, of->command.line ? " " : "");
    command(out, &of->command);
    (void)buf_puts(out, " on ");
    list(out, &of->match);
    (void)buf_puts(out, of->match_not.len ? " but " : "");
    list(out, &of->match_not);
    (void)buf_puts(out, of->match_not_regex.len ? " but ~ " : "");
    list(out, &of->match_not_regex);
    (void)buf_putc(out, '\n');
}

/* Lines "key = value" for what differs between before and config. */
static void differences(struct buf *out, const struct config *before)
{
    struct strs keys = {0};
    (void)config_difference(before, config, &keys);
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        const struct schema_entry *entry = &SCHEMA[i];
        if (value_equal(entry, before, config))
            continue;
        (void)buf_printf(out, "%s%s%s = ", entry->section, *entry->section ? "." : "", entry->key);
        value(out, entry);
        (void)buf_putc(out, '\n');
    }
    if (strs_has(&keys, "rule"))
        VEC_EACH (const struct rule, of, &config->rules)
            rule(out, of);
    strs_fini(&keys);
}

static void is_beside(const char *base, const char *text, const char *wanted)
{
    struct buf out = BUF_INIT(OUT_MAX);
    (void)load(base);
    struct config *before = config;
    config = NULL;
    assert_non_null(before);
    (void)load(text);
    assert_int_equal(problems.errors, 0);
    assert_non_null(config);
    differences(&out, before);
    assert_string_equal(buf_text(&out), wanted);
    buf_fini(&out);
    config_free(before);
    forget();
}

static void is(const char *text, const char *wanted)
{
    is_beside("", text, wanted);
}

static void build(const char *keys, const char *wanted)
{
    char *text = mem_format("[build]\n%s\n", keys);
    is(text, wanted);
    free(text);
}

/* --- the tests --- */

/* What air does without a file. */
static void defaults_of_air(void **state)
{
    struct config_request request = {.dir = PROJECT};
    struct buf out = BUF_INIT(OUT_MAX);
    struct config *zonda = config_load_text(&request, PROJECT "/zonda.toml", "", 0, &problems);
    (void)state;
    assert_string_equal(load(""), "");
    differences(&out, zonda);
    assert_string_equal(buf_text(&out), "tmp_dir = " PROJECT "/tmp\n"
                                        "build.command = go build -o ./tmp/main .\n"
                                        "build.output = " PROJECT "/tmp/main\n"
                                        "build.error_log = build-errors.log\n"
                                        "run.stop_signal = 9\n"
                                        "run.stop_timeout = 0\n"
                                        "run.restart = never\n"
                                        "run.restart_delay = 500\n"
                                        "watch.extensions = [go] [tpl] [tmpl] [html]\n"
                                        "watch.only_extensions = true\n"
                                        "watch.exclude = [/testdata/] [/assets/] [/vendor/]\n"
                                        "watch.exclude_regex = [_test.go]\n"
                                        "watch.gitignore = false\n"
                                        "rule include_ext: build on [*.tpl] [*.tmpl] [*.html]\n");
    assert_string_equal(config->kind, "air");
    buf_fini(&out);
    config_free(zonda);
    forget();
}

static void the_root_table(void **state)
{
    (void)state;
    is("root = '/usr'\n", "root = /usr\n"
                          "tmp_dir = /usr/tmp\n"
                          "build.output = /usr/tmp/main\n"
                          "run.cwd = /usr\n"
                          "watch.paths = [/usr]\n");
    is("root = ''\n", "");
    is("tmp_dir = './made'\n", "tmp_dir = " PROJECT "/made\n"
                               "build.command = go build -o ./made/main .\n"
                               "build.output = " PROJECT "/made/main\n");
    is("tmp_dir = '/var/tmp/a b'\n", "tmp_dir = /var/tmp/a b\n"
                                     "build.command = go build -o '/var/tmp/a b/main' .\n"
                                     "build.output = /var/tmp/a b/main\n");
    is("testdata_dir = 'fixtures'\n",
       "watch.exclude = [/fixtures/] [/assets/] [/vendor/] [/testdata/]\n");
    is("testdata_dir = ''\n", "watch.exclude = [/assets/] [/vendor/] [/testdata/]\n");
    is("env_files = ['.env', '', 'a/b.env']\n",
       "env_files = [" PROJECT "/.env] [" PROJECT "/a/b.env]\n");
}

static void what_is_built(void **state)
{
    (void)state;
    build("cmd = 'make build'", "build.command = make build\n"
                                "rule include_ext: build on [*.go] [*.tpl] [*.tmpl] [*.html]\n");
    build("pre_cmd = ['swag init', '', 'echo $HOME']",
          "build.before = [swag init || echo 'pre_cmd failed; the build goes on, as with air' >&2] "
          "[{ echo $HOME\n} || echo 'pre_cmd failed; the build goes on, as with air' >&2]\n");
    build("pre_cmd = ['swag init']\nstop_on_error = true", "build.before = [swag init]\n"
                                                           "build.stop_on_error = true\n");
    build("post_cmd = ['docker compose stop', '']", "run.on_quit = [docker compose stop]\n");
    build("log = 'errors'", "build.error_log = errors\n");
    build("log = ''", "build.error_log = \n");
}

static void what_is_run(void **state)
{
    (void)state;
    build("bin = './bin/app'", "build.output = " PROJECT "/bin/app\n");
    build("bin = ''", "");
    build("bin = './bin/app serve'", "build.output = \n"
                                     "run.command = ./bin/app serve\n");
    build("full_bin = 'APP_ENV=dev ./tmp/main'\nbin = 'x'", "build.output = \n"
                                                            "run.command = APP_ENV=dev "
                                                            "./tmp/main\n");
    build("entrypoint = './tmp/main'", "");
    build("entrypoint = ['./tmp/main', 'serve', 'a b']\nbin = 'x'", "run.args = [serve] [a b]\n");
    build("cmd = 'go build -o bin/app .'\nentrypoint = ['./bin/app']",
          "build.command = go build -o bin/app .\n"
          "build.output = " PROJECT "/bin/app\n");
    build("entrypoint = ['dlv', 'exec', './tmp/main']", "build.output = \n"
                                                        "run.command = [dlv] [exec] "
                                                        "[./tmp/main]\n");
    build("entrypoint = ['./run.sh', 'x']\nfull_bin = ''\nargs_bin = ['y']",
          "build.output = \n"
          "run.command = [./run.sh] [x]\n"
          "run.args = [y]\n");
    build("entrypoint = []", "");
}

/* air joins them by blanks for a shell. */
static void arguments(void **state)
{
    (void)state;
    build("args_bin = []", "");
    build("args_bin = ['serve', '-p 80', \"'a b'\", '']", "run.args = [serve] [-p] [80] [a b]\n");
    build("args_bin = ['--dir', '$HOME']", "run.command = tmp/main --dir $HOME\n");
    build("entrypoint = ['dlv', 'a b']\nargs_bin = ['$HOME/*']",
          "build.output = \n"
          "run.command = dlv 'a b' $HOME/*\n");
    build("full_bin = './x | cat'\nargs_bin = ['a', '$b']", "build.output = \n"
                                                            "run.command = ./x | cat a $b\n");
}

static void stopping(void **state)
{
    (void)state;
    build("send_interrupt = false\nkill_delay = '0s'", "");
    build("send_interrupt = true", "run.stop_signal = 2\n");
    static const struct {
        const char *delay, *wanted;
    } delays[] = {{"500", "500"},       {"'500ms'", "500"},     {"'1.5s'", "1500"},
                  {"'1m30s'", "90000"}, {"2000000000", "2000"}, {"1000000", "1"},
                  {"'1500us'", "2"},    {"'1ns'", "1"}};
    for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
        char *keys = mem_format("send_interrupt = true\nkill_delay = %s", delays[i].delay);
        char *wanted = mem_format("run.stop_signal = 2\nrun.stop_timeout = %s\n", delays[i].wanted);
        build(keys, wanted);
        free(keys);
        free(wanted);
    }
}

static void running_again(void **state)
{
    (void)state;
    build("rerun = true", "run.restart = always\n"
                          "run.max_retries = 1000000\n");
    build("rerun = true\nrerun_delay = 0", "run.restart = always\n"
                                           "run.restart_delay = 0\n"
                                           "run.max_retries = 1000000\n");
    build("rerun = false\nrerun_delay = 500", "");
    build("max_restarts = 5", "run.restart = on-failure\n"
                              "run.max_retries = 5\n");
    is("max_restarts = 0\n", "run.max_retries = 0\n");
    build("rerun = false\nmax_restarts = 5", "run.max_retries = 5\n");
    build("rerun = true\nmax_restarts = 5", "run.restart = always\n"
                                            "run.max_retries = 5\n");
}

static void what_is_left_out(void **state)
{
    (void)state;
    build("exclude_dir = ['a', 'b/c/', './d', 'we{ird}', '']",
          "watch.exclude = [/testdata/] [/a/] [/b/c/] [/d/] [/we\\{ird\\}/]\n");
    build("exclude_dir = []", "watch.exclude = [/testdata/]\n");
    build("exclude_file = ['*.pb.go', './gen/x_?.go', '']",
          "watch.exclude = [/testdata/] [/assets/] [/vendor/] [/*.pb.go] "
          "[/gen/x_?.go]\n");
    build("exclude_regex = ['_mock\\.go$', '']", "watch.exclude_regex = [_mock\\.go$]\n");
    build("exclude_regex = []", "watch.exclude_regex = \n");
}

static void what_is_watched(void **state)
{
    (void)state;
    build("include_ext = ['go', '.css', ' scss ', '']",
          "watch.extensions = [go] [css] [scss]\n"
          "rule include_ext: build on [*.css] [*.scss]\n");
    build("include_ext = ['*']", "watch.extensions = [*]\n"
                                 "watch.only_extensions = false\n"
                                 "rule include_ext: build on [*] but [*.go]\n");
    build("include_ext = []", "watch.extensions = \n");
    build("include_ext = ['go']", "watch.extensions = [go]\n");
    build("include_dir = ['cmd', 'internal/a/']",
          "watch.paths = [" PROJECT "/cmd] [" PROJECT "/internal/a]\n");
    build("include_dir = ['../usr']", "watch.paths = [/usr] [" PROJECT "]\n");
    build("include_dir = ['']", "");
    build("include_file = ['config/app.yml', '.env']",
          "watch.paths = [" PROJECT "] [" PROJECT "/config/app.yml] [" PROJECT "/.env]\n"
          "rule include_file: build on [/config/app.yml] [/.env]\n"
          "rule include_ext: build on [*.tpl] [*.tmpl] [*.html]\n");
    build("follow_symlink = true", "watch.follow_symlinks = true\n");
    build("exclude_unchanged = false", "watch.skip_unchanged = false\n");
    build("exclude_unchanged = true", "");
    build("ignore_dangerous_root_dir = true", "allow_dangerous_root = true\n");
}

/* air ignores a delay of 0; zonda obeys it. */
static void time_to_settle(void **state)
{
    (void)state;
    build("delay = 1000", "watch.settle_max = 1000\n");
    build("delay = 0", "watch.settle_max = 0\n");
    build("poll = true", "watch.backend = poll\n");
    build("poll = true\npoll_interval = 2000", "watch.backend = poll\n"
                                               "watch.poll_interval = 2000\n");
    build("poll = false\npoll_interval = 0", "");
    build("poll_interval = 100", "watch.poll_interval = 100\n");
    build("poll_interval = 1", "watch.poll_interval = 50\n");
}

static void rules(void **state)
{
    static const char last[] = "rule include_ext: build on [*.tpl] [*.tmpl] [*.html]\n";
    (void)state;
    char *wanted = mem_format("rule styles: run sass a on [/**/*.scss]\n"
                              "rule rule-2: run x $y on [/web/**] [/a/b/**]\n"
                              "rule rule-3: run z on [/web/**/*.ts] [/web/**/*.js] [/one.file] but "
                              "~ [node]\n"
                              "rule rule-4: run w on [/**]\n%s",
                              last);
    is("[[build.rules]]\nname = 'styles'\ncmd = 'sass a'\ninclude_ext = ['scss']\n"
       "[[build.rules]]\ncmd = 'x $y'\ninclude_dir = ['web', 'a/b/']\ndelay = 10\n"
       "[[build.rules]]\ncmd = 'z'\ninclude_dir = ['web']\ninclude_ext = ['ts', '.js']\n"
       "include_file = ['one.file']\nexclude_regex = ['node']\n"
       "[[build.rules]]\ncmd = 'w'\ninclude_dir = ['.']\n",
       wanted);
    free(wanted);
    /* Its directory is watched, whatever is excluded. */
    wanted = mem_format("watch.paths = [" PROJECT "] [" PROJECT "/assets/css]\n"
                        "rule rule-1: run x on [/assets/css/**]\n%s",
                        last);
    is("[[build.rules]]\ncmd = 'x'\ninclude_dir = ['assets/css']\n", wanted);
    free(wanted);
    wanted = mem_format("watch.paths = [" PROJECT "/cmd] [" PROJECT "/web]\n"
                        "rule rule-1: run x on [/web/**] [/cmd/a/**]\n%s",
                        last);
    is("[build]\ninclude_dir = ['cmd']\n"
       "[[build.rules]]\ncmd = 'x'\ninclude_dir = ['web', 'cmd/a']\n",
       wanted);
    free(wanted);
    is("[build]\nrules = []\n", "");
}

static void systems(void **state)
{
    (void)state;
    is("[build]\nbin = 'a'\npost_cmd = ['a']\nargs_bin = ['a']\n"
       "[build.linux]\nbin = 'b/c'\npost_cmd = ['d']\nargs_bin = []\ncmd = 'make linux'\n"
       "pre_cmd = ['e']\n"
       "[build.windows]\ncmd = 'make windows'\nfull_bin = 'x'\nentrypoint = ['y']\n"
       "[build.darwin]\ncmd = 'make darwin'\n",
       "build.command = make linux\n"
       "build.output = " PROJECT "/b/c\n"
       "build.before = [e || echo 'pre_cmd failed; the build goes on, as with air' >&2]\n"
       "run.on_quit = [d]\n"
       "rule include_ext: build on [*.go] [*.tpl] [*.tmpl] [*.html]\n");
    is("[build]\ncmd = 'make'\n[build.linux]\ncmd = ''\nfull_bin = './x'\n",
       "build.command = make\n"
       "build.output = \n"
       "run.command = ./x\n"
       "rule include_ext: build on [*.go] [*.tpl] [*.tmpl] [*.html]\n");
}

static void what_is_shown(void **state)
{
    (void)state;
    is("[log]\ntime = true\n", "log.time = true\n");
    is("[log]\nmain_only = true\n", "log.level = warn\n");
    is("[log]\nsilent = true\nlevel = 'debug'\n", "log.level = silent\n");
    is("[log]\nsilent = false\nmain_only = false\nlevel = 'debug'\n", "log.level = debug\n");
    is("[log]\nlevel = 'warning'\n", "log.level = warn\n");
    is("[log]\nlevel = ''\n", "");
    is("[color]\nmain = 'red'\nwatcher = 'raw'\nbuild = 'blue'\nrunner = 'white'\napp = ''\n",
       "terminal.color_main = red\n"
       "terminal.color_watch = raw\n"
       "terminal.color_build = blue\n"
       "terminal.color_run = white\n");
    is("[color]\nmain = ''\nbuild = 'purple'\n", "terminal.color_main = raw\n"
                                                 "terminal.color_build = white\n");
    is("[color]\nmode = 'never'\n", "terminal.color = never\n");
    is("[misc]\nclean_on_exit = true\nstartup_banner = 'my shop'\n", "clean_on_exit = true\n"
                                                                     "terminal.banner = my shop\n");
    is("[misc]\nstartup_banner = ''\n", "");
    is("[screen]\nclear_on_rebuild = true\nkeep_scroll = true\n", "terminal.clear = true\n");
    is("[proxy]\nenabled = true\nproxy_port = 1\napp_port = 2\napp_start_timeout = 3\n",
       "proxy.port = 1\nproxy.app_port = 2\nproxy.hold_timeout = 3\n");
    is("[proxy]\nenabled = false\nproxy_port = 1\n", "");
    is("[proxy]\nenabled = true\nproxy_port = 1\n", "proxy.port = 1\n");
}

/* A file of any name is read as the tool's whose keys it has. */
static void recognised_by_its_keys(void **state)
{
    (void)state;
    (void)load_as(PROJECT "/dev.toml", "[build]\ncmd = 'make'\nbin = 'x'\n", false);
    assert_non_null(config);
    assert_string_equal(config->kind, "air");
    (void)load_as(PROJECT "/dev.toml", "[build]\ncommand = 'make'\n[log]\nlevel = 'info'\n", false);
    assert_non_null(config);
    assert_string_equal(config->kind, "zonda.toml");
    (void)load_as(PROJECT "/dev.toml", "", false);
    assert_string_equal(config->kind, "zonda.toml");
    (void)load_as(PROJECT "/air.toml", "", false);
    assert_string_equal(config->kind, "air");
    forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_of_air), cmocka_unit_test(the_root_table),
        cmocka_unit_test(what_is_built),   cmocka_unit_test(what_is_run),
        cmocka_unit_test(arguments),       cmocka_unit_test(stopping),
        cmocka_unit_test(running_again),   cmocka_unit_test(what_is_left_out),
        cmocka_unit_test(what_is_watched), cmocka_unit_test(time_to_settle),
        cmocka_unit_test(rules),           cmocka_unit_test(systems),
        cmocka_unit_test(what_is_shown),   cmocka_unit_test(recognised_by_its_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
