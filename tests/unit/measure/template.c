#include "check.h"

#include <string.h>

#include "measure/template.h"

static long find(void *data, const char *name)
{
    (void)data;
    return strlen(name) == 1 && *name >= 'a' && *name <= 'c' ? *name - 'a' : -1;
}

static void value(void *data, size_t variable, struct buf *out)
{
    static const char *const VALUES[] = {"1", "a/b?c=d&e f#g%20", "\"q\"\r\nX: y\\"};
    (void)data;
    (void)buf_puts(out, VALUES[variable]);
}

static void assert_fills(const char *text, enum escape escape, const char *wanted)
{
    struct template template = {0};
    struct err err = {0};
    struct buf scratch = BUF_INIT(1000), out = BUF_INIT(1000);
    assert_int_equal(template_read(&template, text, find, NULL, &err), 0);
    template_fill(&template, escape, value, NULL, &scratch, &out);
    assert_string_equal(buf_text(&out), wanted);
    template_fini(&template);
    buf_fini(&scratch);
    buf_fini(&out);
}

static void values_are_filled_in(void **state)
{
    (void)state;
    assert_fills("", ESCAPE_NONE, "");
    assert_fills("plain {text} }}", ESCAPE_NONE, "plain {text} }}");
    assert_fills("{{a}}{{ a }}-{{\ta}}", ESCAPE_NONE, "11-1");
    assert_fills("x{{b}}y", ESCAPE_NONE, "xa/b?c=d&e f#g%20y");
}

static void no_value_breaks_out(void **state)
{
    (void)state;
    assert_fills("/{{b}}", ESCAPE_URL, "/a/b?c=d&e%20f%23g%20");
    assert_fills("/{{c}}", ESCAPE_URL, "/%22q%22%0D%0AX:%20y%5C");
    assert_fills("k={{b}}", ESCAPE_FORM, "k=a%2Fb%3Fc%3Dd%26e%20f%23g%2520");
    assert_fills("\"{{c}}\"", ESCAPE_JSON, "\"\\\"q\\\"\\r\\nX: y\\\\\"");
    assert_fills("{{c}}", ESCAPE_HEADER, "\"q\"X: y\\");
}

static void braces_and_names_are_checked(void **state)
{
    static const char *const WRONG[] = {"{{a", "{{d}}", "{{}}", "x{{ab}}", "{{a}}{{"};
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct template template = {0};
        struct err err = {0};
        assert_int_equal(template_read(&template, WRONG[i], find, NULL, &err), ERR_CONFIG);
        template_fini(&template);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_filled_in),
        cmocka_unit_test(no_value_breaks_out),
        cmocka_unit_test(braces_and_names_are_checked),
    };
    return cmocka_run_group_tests_name("measure/template", tests, NULL, NULL);
}
