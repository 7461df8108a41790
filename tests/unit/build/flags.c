#include "check.h"

#include <string.h>

#include "base/words.h"
#include "build/golang/flags.h"

static void split(const char *line, struct strs *words)
{
    struct err err = {0};
    assert_int_equal(words_split(line, words, &err), 0);
}

static bool understood(const char *line, const char *goflags)
{
    struct strs flags = {0};
    char reason[GOFLAGS_REASON_BYTES] = "";
    split(line, &flags);
    bool is = goflags_understood(&flags, goflags, reason);
    assert_int_equal(is, reason[0] == '\0');
    strs_fini(&flags);
    return is;
}

static void flags_that_a_plan_understands(void **state)
{
    (void)state;
    assert_true(understood("", NULL));
    assert_true(
        understood("-tags a,b -tags=c --ldflags '-X a=b' -gcflags=all=-N -trimpath -v", NULL));
    assert_true(understood("-buildvcs=false -mod=vendor -p 4 -buildmode=exe -pgo=off", "-tags=x"));
    assert_true(understood("", "'-ldflags=-X a=b c' -trimpath"));
}

static void flags_that_need_the_go_command(void **state)
{
    static const char *const BAD[] = {
        "-race",      "-cover",      "-buildmode=plugin", "-msan",  "-asan",
        "-a",         "-toolexec=x", "-overlay o.json",   "-pgo=p", "-C dir",
        "-modfile=x", "-linkshared", "./cmd/api",         "-n",     "-o=x"};
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        assert_false(understood(BAD[i], NULL));
        assert_false(understood("-v", BAD[i]));
    }
    assert_false(understood("", "'-tags"));
}

static void made(const char *line, const char *goflags, bool debug_info, const char *wanted)
{
    struct strs flags = {0}, out = {0};
    struct buf text = BUF_INIT(4096);
    split(line, &flags);
    goflags_make(&flags, goflags, debug_info, &out);
    STRS_EACH (flag, &out)
        (void)buf_printf(&text, "%s%s", text.len ? "|" : "", *flag);
    assert_string_equal(buf_text(&text), wanted);
    buf_fini(&text);
    strs_fini(&flags);
    strs_fini(&out);
}

static void a_dev_build_leaves_out_dwarf_and_the_stamp(void **state)
{
    (void)state;
    made("", NULL, false, "-ldflags=-w|-buildvcs=false");
    made("", NULL, true, "-buildvcs=false");
    made("-tags x -buildvcs=true", NULL, false, "-tags|x|-buildvcs=true|-ldflags=-w");
    made("-ldflags '-X a=b'", NULL, false, "-ldflags=-X a=b -w|-buildvcs=false");
    made("-ldflags=-X=a=b", NULL, true, "-ldflags=-X=a=b|-buildvcs=false");
    made("-ldflags=main=-s", NULL, false, "-ldflags=main=-s|-buildvcs=false");
    made("", "-ldflags=-s -buildvcs=false", false, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_that_a_plan_understands),
        cmocka_unit_test(flags_that_need_the_go_command),
        cmocka_unit_test(a_dev_build_leaves_out_dwarf_and_the_stamp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
