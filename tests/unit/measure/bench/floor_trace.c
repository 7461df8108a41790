/* The compile and the link, taken out of what `go build -x` writes. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "measure/bench/floor_trace.h"

#define TOOLS "/usr/lib/go/pkg/tool/linux_amd64"
/* As Go 1.26 writes it, shortened. */
#define HEAD                                                                                       \
    "WORK=/tmp/go-build1\n"                                                                        \
    "mkdir -p /tmp/w/b002/\n"                                                                      \
    "echo '# import config' > /tmp/w/b002/importcfg # internal\n"                                  \
    "cd /src/app\n"
#define COMPILE_LIB                                                                                \
    TOOLS "/compile -o /tmp/w/b002/_pkg_.a -trimpath \"/tmp/w/b002=>\" -p example.com/app/lib "    \
          "-complete -pack ./lib/lib.go \"./lib/a b.go\"\n"
#define COMPILE_MAIN                                                                               \
    TOOLS "/compile -o /tmp/w/b001/_pkg_.a -p main -complete -pack ./main.go\n"                    \
          "go tool buildid -w /tmp/w/b001/_pkg_.a # internal\n"
#define CONFIG                                                                                     \
    "cat >/tmp/w/b001/importcfg.link << 'EOF' # internal\n"                                        \
    "packagefile example.com/app/link=/tmp/w/b003/_pkg_.a\n"                                       \
    "modinfo \"0w\\xaf\\f\\x92t\\b\\x02A path\\texample.com/link -o\n"                             \
    "EOF\n"
#define LINK                                                                                       \
    "cd .\n"                                                                                       \
    "GOROOT='/usr/lib/go' GOOS=linux " TOOLS "/link -o /tmp/w/b001/exe/a.out -importcfg "          \
    "/tmp/w/b001/importcfg.link -w '-extldflags=-a -b' /tmp/w/b001/_pkg_.a\n"                      \
    "go tool buildid -w /tmp/w/b001/exe/a.out # internal\n"                                        \
    "mv /tmp/w/b001/exe/a.out /src/link\n"

struct read {
    struct floor_step compile, link;
    bool found;
};

static struct read read_of(const char *text, const char *package)
{
    struct read read = {0};
    char *own = mem_string(text);
    read.found = floor_read_trace(own, package, "/src/app", &read.compile, &read.link);
    free(own);
    return read;
}

static void read_fini(struct read *read)
{
    floor_step_fini(&read->compile);
    floor_step_fini(&read->link);
}

static void assert_words(const struct strs *words, const char *wanted)
{
    struct buf text = BUF_INIT((size_t)10000);
    STRS_EACH (word, words)
        (void)buf_printf(&text, "%s%s", word == words->at ? "" : "|", *word);
    assert_string_equal(buf_text(&text), wanted);
    buf_fini(&text);
}

static void nothing_is_found(const char *text, const char *package)
{
    struct read read = read_of(text, package);
    assert_false(read.found);
    assert_int_equal(read.compile.argv.len + read.compile.env.len, 0);
    assert_int_equal(read.link.argv.len + read.link.env.len, 0);
    assert_null(read.compile.dir);
    assert_null(read.link.dir);
    read_fini(&read);
}

/* --- cases --- */

static void takes_the_compile_of_a_package(void **state)
{
    (void)state;
    struct read read = read_of(HEAD COMPILE_LIB COMPILE_MAIN CONFIG LINK, "example.com/app/lib");
    assert_true(read.found);
    assert_words(&read.compile.argv,
                 TOOLS "/compile|-o|/tmp/w/b002/_pkg_.a|-trimpath|/tmp/w/b002=>|-p|"
                       "example.com/app/lib|-complete|-pack|./lib/lib.go|./lib/a b.go");
    assert_words(&read.compile.env, "");
    assert_string_equal(read.compile.dir, "/src/app");
    read_fini(&read);
}

static void takes_the_compile_of_main(void **state)
{
    (void)state;
    struct read read = read_of(HEAD COMPILE_LIB COMPILE_MAIN CONFIG LINK, "main");
    assert_true(read.found);
    assert_words(&read.compile.argv,
                 TOOLS "/compile|-o|/tmp/w/b001/_pkg_.a|-p|main|-complete|-pack|./main.go");
    read_fini(&read);
}

static void takes_the_link_and_its_environment(void **state)
{
    (void)state;
    struct read read = read_of(HEAD COMPILE_MAIN CONFIG LINK, "main");
    assert_true(read.found);
    assert_words(&read.link.env, "GOROOT=/usr/lib/go|GOOS=linux");
    assert_words(&read.link.argv, TOOLS "/link|-o|/tmp/w/b001/exe/a.out|-importcfg|"
                                        "/tmp/w/b001/importcfg.link|-w|-extldflags=-a -b|"
                                        "/tmp/w/b001/_pkg_.a");
    read_fini(&read);
}

/* "cd ." is where the go command ran, which is not where this program runs. */
static void directories_are_those_of_the_go_command(void **state)
{
    (void)state;
    struct read read = read_of("cd /elsewhere/my lib\n" COMPILE_MAIN LINK, "main");
    assert_true(read.found);
    assert_string_equal(read.compile.dir, "/elsewhere/my lib");
    assert_string_equal(read.link.dir, "/src/app");
    read_fini(&read);
    read = read_of(COMPILE_MAIN LINK, "main");
    assert_string_equal(read.compile.dir, "/src/app");
    read_fini(&read);
    read = read_of("cd lib\n" COMPILE_MAIN LINK, "main");
    assert_string_equal(read.compile.dir, "/src/app/lib");
    read_fini(&read);
}

static void a_tool_may_be_below_a_directory_of_its_name(void **state)
{
    (void)state;
    struct read read = read_of("/opt/compile/link/compile -p main ./main.go\n"
                               "/opt/compile/link/link -o /src/compile -p main a.a\n",
                               "main");
    assert_true(read.found);
    assert_words(&read.compile.argv, "/opt/compile/link/compile|-p|main|./main.go");
    assert_words(&read.link.argv, "/opt/compile/link/link|-o|/src/compile|-p|main|a.a");
    read_fini(&read);
}

/* More than one compile, as with cgo and assembly: none of them is all of it. */
static void two_compiles_are_none(void **state)
{
    (void)state;
    nothing_is_found(HEAD COMPILE_MAIN COMPILE_MAIN LINK, "main");
    nothing_is_found(HEAD COMPILE_MAIN COMPILE_MAIN COMPILE_MAIN LINK LINK, "main");
}

static void without_one_of_both_it_is_none(void **state)
{
    (void)state;
    nothing_is_found("", "main");
    nothing_is_found(HEAD COMPILE_LIB LINK, "main");
    nothing_is_found(HEAD COMPILE_LIB COMPILE_MAIN CONFIG, "main");
    nothing_is_found(HEAD COMPILE_LIB CONFIG LINK, "example.com/app/li");
    nothing_is_found(TOOLS "/compile -p 'main\n" LINK, "main");
    nothing_is_found(TOOLS "/compile -p\n" LINK, "main");
    nothing_is_found("A=b\n" LINK, "main");
}

static void puts_the_directory_of_work(void **state)
{
    (void)state;
    struct buf out = BUF_INIT((size_t)1000);
    floor_put_work("cp $WORK/a \"$WORK/b=>\" $WOR $WORK", "/tmp/w", &out);
    assert_string_equal(buf_text(&out), "cp /tmp/w/a \"/tmp/w/b=>\" $WOR /tmp/w");
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_compile_of_a_package),
        cmocka_unit_test(takes_the_compile_of_main),
        cmocka_unit_test(takes_the_link_and_its_environment),
        cmocka_unit_test(directories_are_those_of_the_go_command),
        cmocka_unit_test(a_tool_may_be_below_a_directory_of_its_name),
        cmocka_unit_test(two_compiles_are_none),
        cmocka_unit_test(without_one_of_both_it_is_none),
        cmocka_unit_test(puts_the_directory_of_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
