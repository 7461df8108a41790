#include "check.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "build/golang/plain.h"

static char reason[GOPLAIN_REASON_BYTES];

static bool read_line(const char *line, struct goplain *plain)
{
    struct command command = {.line = mem_string(line)};
    memset(reason, 0, sizeof reason);
    bool good = goplain_read(&command, plain, reason);
    assert_int_equal(good, reason[0] == '\0');
    free(command.line);
    return good;
}

static void is(const char *line, const char *output, const char *package, const char *flags)
{
    struct goplain plain;
    struct buf text = BUF_INIT(4096);
    assert_true(read_line(line, &plain));
    STRS_EACH (flag, &plain.flags)
        (void)buf_printf(&text, "%s%s", text.len ? "|" : "", *flag);
    assert_string_equal(plain.output, output);
    assert_string_equal(plain.package, package);
    assert_string_equal(buf_text(&text), flags);
    buf_fini(&text);
    goplain_fini(&plain);
}

static void plain_ones(void **state)
{
    (void)state;
    is("go build -o ./tmp/main .", "./tmp/main", ".", "");
    is("go build -o=app", "app", ".", "");
    is("go build --o app -tags dev -trimpath ./cmd/api", "app", "./cmd/api", "-tags|dev|-trimpath");
    is("go build -ldflags '-s -w -X main.v=1' -o app -- ./cmd/api", "app", "./cmd/api",
       "-ldflags|-s -w -X main.v=1");
    is("go build -buildvcs=false -o bin/app example.com/shop/cmd/api", "bin/app",
       "example.com/shop/cmd/api", "-buildvcs=false");
}

static void others(void **state)
{
    static const struct {
        const char *line, *why;
    } CASES[] = {
        {"", "not go build"},
        {"make build", "not go build"},
        {"go install .", "not go build"},
        {"/usr/bin/go build -o a .", "not go build"},
        {"go build -o a . && echo done", "shell"},
        {"CGO_ENABLED=0 go build -o a .", ""},
        {"go build -o $OUT .", "shell"},
        {"go build .", "-o"},
        {"go build -o bin/ .", "-o"},
        {"go build -o a ./cmd/a ./cmd/b", "one package"},
        {"go build -o a main.go", "one package"},
        {"go build -o a ./...", "one package"},
        {"go build -o a . -v", "one package"},
        {"go build -race -o a .", "-race"},
        {"go build -C dir -o a .", ""},
        {"go build -n -o a .", "-n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct goplain plain;
        assert_false(read_line(CASES[i].line, &plain));
        if (!strstr(reason, CASES[i].why))
            fail_msg("%s: %s", CASES[i].line, reason);
        assert_null(plain.output);
    }
}

static void words(void **state)
{
    struct command command = {0};
    struct goplain plain;
    static const char *const WORDS[] = {"go", "build", "-o", "a b", "./c d"};
    (void)state;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        strs_push(&command.words, WORDS[i]);
    assert_true(goplain_read(&command, &plain, reason));
    assert_string_equal(plain.output, "a b");
    assert_string_equal(plain.package, "./c d");
    goplain_fini(&plain);
    strs_fini(&command.words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_ones),
        cmocka_unit_test(others),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
