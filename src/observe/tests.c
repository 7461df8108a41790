#include "observe/tests.h"

#include "base/clock.h"
#include "base/json.h"
#include "observe/reload.h"

const char *tests_outcome_name(enum tests_outcome outcome)
{
    static const char *const NAMES[] = {[TESTS_PASSED] = "passed",
                                        [TESTS_FAILED] = "failed",
                                        [TESTS_BROKEN] = "broken",
                                        [TESTS_OBSOLETE] = "obsolete"};
    return NAMES[outcome];
}

void test_result_words(const struct test_result *result, struct buf *out)
{
    char time[CLOCK_WALL_BYTES];
    const char *plural = result->packages == 1 ? "" : "s";
    clock_format_duration(result->ns, time);
    (void)buf_puts(out, "tests: ");
    switch (result->outcome) {
    case TESTS_PASSED:
        (void)buf_printf(out, "%d package%s", result->packages, plural);
        break;
    case TESTS_FAILED:
        (void)buf_printf(out, "%d of %d package%s failed", result->failed, result->packages,
                         plural);
        break;
    case TESTS_BROKEN:
        (void)buf_puts(out, result->message);
        break;
    case TESTS_OBSOLETE:
        (void)buf_puts(out, "given up");
        break;
    }
    (void)buf_printf(out, " · %s", time);
}

void test_result_write_members(const struct test_result *result, struct json_writer *json)
{
    json_string(json, "outcome", tests_outcome_name(result->outcome));
    json_string(json, "message", *result->message ? result->message : NULL);
    json_int(json, "packages", result->packages);
    json_int(json, "failed", result->failed);
    json_double(json, "ms", (double)result->ns / (double)CLOCK_NS_PER_MS);
    reload_write_diagnostics(&result->diagnostics, json);
}

void test_result_fini(struct test_result *result)
{
    diagnostics_fini(&result->diagnostics);
}
