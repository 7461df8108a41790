/* Tests on the terminal: the lines of failures as go test prints them, and one line at the end. */
#include <string.h>

#include "observe/terminal_parts.h"

void view_tests_line(struct terminal_view *view, const char *line)
{
    if (!line || !view_shows(view, LOG_ERROR))
        return;
    view_fresh(view);
    view_diagnostic_line(view, line);
    view_end(view);
}

void view_tests_end(struct terminal_view *view, const struct test_result *result)
{
    bool good = result && result->outcome == TESTS_PASSED;
    if (!result || result->outcome == TESTS_OBSOLETE ||
        !view_shows(view, good ? LOG_INFO : LOG_ERROR))
        return;
    struct buf words = BUF_INIT(1024);
    test_result_words(result, &words);
    view_begin(view, PART_BUILD);
    view_styled(view, good ? STYLE_GOOD : STYLE_BAD, good ? "✓" : "✗");
    view_text(view, " ");
    view_clean(view, buf_text(&words));
    view_end(view);
    buf_fini(&words);
}
