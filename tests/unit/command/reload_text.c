/* A reload in a line of text, from what the control socket says of it. */
#include "check.h"

#include <string.h>

#include "command/reload_text.h"

static void check_line(const char *reload, const char *expected)
{
    struct buf out = BUF_INIT((size_t)1000);
    struct err err;
    struct json *json = json_parse(reload, strlen(reload), &err);
    assert_non_null(json);
    reload_text_line(json, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
    json_free(json);
}

static void the_way_to_the_build_is_one_wait(void **state)
{
    (void)state;
    check_line("{\"id\":7,\"outcome\":\"served\",\"total_ms\":841,\"phases\":"
               "{\"decide\":12,\"wait\":8,\"build\":800,\"stop\":0,\"start\":21}}",
               "reload 7: served after 841 ms (wait 20 ms, build 800 ms, stop <1 ms, "
               "start 21 ms)\n");
    check_line("{\"id\":8,\"outcome\":\"build_failed\",\"message\":\"1 error\",\"phases\":"
               "{\"decide\":0,\"wait\":0,\"build\":300}}",
               "reload 8: build_failed (build 300 ms): 1 error\n");
    check_line("{\"id\":9,\"outcome\":\"obsolete\",\"phases\":{\"decide\":0}}",
               "reload 9: obsolete\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_way_to_the_build_is_one_wait)};
    return cmocka_run_group_tests_name("command/reload_text", tests, NULL, NULL);
}
