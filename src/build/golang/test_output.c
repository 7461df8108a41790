#include "build/golang/test_output.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"

#define HELD_MAX        200 /* lines of a package */
#define TRACE_LINES_MAX 40  /* of a panic */
#define PLACE_INDENT    4   /* by which testing.T moves its messages to the right */

static bool starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* "name.go:12: message", without a blank before the colon. */
static bool is_place(const char *text)
{
    const char *at = strstr(text, ".go:");
    if (!at || strcspn(text, " \t") < (size_t)(at - text))
        return false;
    at += strlen(".go:");
    size_t digits = strspn(at, "0123456789");
    return digits > 0 && at[digits] == ':';
}

static void hold(struct test_output *output, const char *line)
{
    if (output->held.len < HELD_MAX)
        strs_push(&output->held, line);
    else
        output->left_out++;
}

/* --- panics --- */

/* A line of the trace: "\t/home/me/shop/store/store_test.go:10 +0x25". */
static void find_panic(struct test_output *output, const char *line)
{
    const char *at = strstr(line, ".go:");
    if (!output->panic || *line != '\t' || !at || !path_below(output->root, line + 1))
        return;
    at += strlen(".go:");
    size_t len = (size_t)(at - line) - 1 + strspn(at, "0123456789");
    char *place = mem_format("%.*s: %s", (int)len, line + 1, output->panic);
    (void)diagnostics_line(&output->diagnostics, output->root, place);
    free(place);
    mem_replace(&output->panic, NULL);
}

static void begin_panic(struct test_output *output, const char *line)
{
    output->trace_lines = TRACE_LINES_MAX;
    output->indent = 0;
    mem_replace(&output->panic, line);
}

/* --- the end of a package --- */

static const char *dir_of(const struct test_output *output, const char *package, size_t len)
{
    const struct affected *all = output->packages;
    for (size_t i = 0; i < all->packages.len; i++)
        if (strlen(all->packages.at[i]) == len && memcmp(all->packages.at[i], package, len) == 0)
            return all->dirs.at[i];
    return output->root;
}

/* Lines that go on are moved to the right of their place; diagnostics know them by a tab. */
static void take_places(struct test_output *output, const char *dir)
{
    size_t indent = 0;
    output->diagnostics.open = false;
    STRS_EACH (line, &output->held) {
        size_t blanks = strspn(*line, " ");
        const char *text = *line + blanks;
        if (blanks >= PLACE_INDENT && is_place(text)) {
            (void)diagnostics_line(&output->diagnostics, dir, text);
            indent = blanks;
        } else if (indent && blanks >= indent + PLACE_INDENT) {
            char *more = mem_format("\t%s", *line + indent + PLACE_INDENT);
            (void)diagnostics_line(&output->diagnostics, dir, more);
            free(more);
        } else {
            indent = 0;
        }
    }
    output->diagnostics.open = false;
}

static void forget(struct test_output *output)
{
    strs_clear(&output->held);
    mem_replace(&output->panic, NULL);
    output->left_out = output->indent = output->trace_lines = 0;
    output->compiling = false;
}

static void give(struct test_output *output, const char *dir)
{
    take_places(output, dir);
    STRS_EACH (line, &output->held)
        output->show(output->data, *line);
    if (output->left_out) {
        char text[64];
        (void)snprintf(text, sizeof text, "… and %zu more lines", output->left_out);
        output->show(output->data, text);
    }
    forget(output);
}

/* "FAIL\texample.com/shop/store\t0.008s", "FAIL\texample.com/shop/store [build failed]". */
static void package_failed(struct test_output *output, const char *line)
{
    const char *package = line + strlen("FAIL\t");
    size_t len = strcspn(package, "\t ");
    output->failed++;
    give(output, dir_of(output, package, len));
    output->show(output->data, line);
}

/* --- lines --- */

static void compiler_line(struct test_output *output, const char *line)
{
    (void)diagnostics_line(&output->diagnostics, output->root, line);
    output->show(output->data, line);
}

/* A line of a test binary's own output. */
static void test_line(struct test_output *output, const char *line)
{
    size_t blanks = strspn(line, " ");
    const char *text = line + blanks;
    if (output->trace_lines) {
        output->trace_lines--;
        find_panic(output, line);
        hold(output, line);
    } else if (starts(line, "panic: ") || starts(line, "fatal error: ")) {
        begin_panic(output, line);
        hold(output, line);
    } else if (starts(text, "--- FAIL")) {
        output->indent = 0;
        hold(output, line);
    } else if (blanks >= PLACE_INDENT && is_place(text)) {
        output->indent = blanks;
        hold(output, line);
    } else if (output->indent && blanks >= output->indent + PLACE_INDENT) {
        hold(output, line);
    } else {
        output->indent = 0;
    }
}

static void error_line(struct test_output *output, const char *line)
{
    if (!*line)
        return;
    (void)snprintf(output->last, sizeof output->last, "%s", line);
    compiler_line(output, line);
}

void test_output_line(struct test_output *output, const char *line, bool error)
{
    if (error) {
        error_line(output, line);
    } else if (starts(line, "FAIL\t")) {
        package_failed(output, line);
    } else if (starts(line, "ok  \t")) {
        output->passed++;
        forget(output);
    } else if (starts(line, "# ") && !output->trace_lines) {
        output->compiling = true;
        compiler_line(output, line);
    } else if (output->compiling && *line && strcmp(line, "FAIL") != 0) {
        compiler_line(output, line);
    } else {
        output->compiling = false;
        test_line(output, line);
    }
}

void test_output_end(struct test_output *output)
{
    give(output, output->root);
}

void test_output_fini(struct test_output *output)
{
    forget(output);
    strs_fini(&output->held);
    diagnostics_fini(&output->diagnostics);
}
