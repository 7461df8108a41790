#include "check.h"

#include <string.h>

#include "base/words.h"

static void assert_split(const char *line, const char *joined)
{
    struct strs words = {0};
    struct err err = {0};
    struct buf text = BUF_INIT(1000);
    assert_int_equal(words_split(line, &words, &err), 0);
    STRS_EACH (word, &words)
        (void)buf_printf(&text, "%s|", *word);
    assert_string_equal(buf_text(&text), joined);
    buf_fini(&text);
    strs_fini(&words);
}

static void lines_become_words(void **state)
{
    (void)state;
    assert_split("", "");
    assert_split(" \t ", "");
    assert_split("go build -o app .", "go|build|-o|app|.|");
    assert_split("  cp  'a b'\t\"c d\" ", "cp|a b|c d|");
    assert_split("a'b'\"c\"d", "abcd|");
    assert_split("a '' \"\" b", "a|||b|");
    assert_split("a\\ b \\'", "a b|'|");
    assert_split("\"a\\\"b\\\\c\\nd\"", "a\"b\\c\\nd|");
    assert_split("'a\\b'", "a\\b|");
    assert_split("one \\\n two", "one|two|");
    assert_split("\"one\\\ntwo\"", "onetwo|");
    assert_split("end\\", "end\\|");
}

static void a_quote_has_an_end(void **state)
{
    static const char *const LINES[] = {"cp 'a b", "echo \"a", "a \"b\\\"", "'"};
    (void)state;
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        struct strs words = {0};
        struct err err = {0};
        assert_int_equal(words_split(LINES[i], &words, &err), ERR_CONFIG);
        assert_non_null(strstr(err.message, "quote"));
        assert_string_not_equal(err.hint, "");
        strs_fini(&words);
    }
}

static void a_shell_is_used_where_it_is_needed(void **state)
{
    static const char *const WITH[] = {
        "a | b",    "a && b",  "a; b",       "a &",     "a > b",    "a < b",   "echo a",
        "cat *.go", "ls a?",   "ls [ab]",    "$HOME/a", "a \"$B\"", "a `b`",   "a \"`b`\"",
        "cd dir",   ". ./env", "export A=1", "A=1 b",   "A+=1 b",   "~/bin/a", "a ~",
        "a # b",    "if a",    "! a",        "{ a",     "(a)",      "a\nb",    "exec a",
        "source x", "cd",      "  cd x",     ":",       "a {b,c}",  "cd;x",
    };
    static const char *const WITHOUT[] = {
        "",
        "go build -o ./tmp/main .",
        "cp 'a|b' c",
        "a \"b;c\"",
        "a \\$b",
        "make A=1",
        "a \"\\$b\"",
        "a b#c",
        "a b~",
        "a '$b'",
        "cdx y",
        "a 'b",
        "./cd x",
        "test -f x",
        "a \\; b",
        "go build -ldflags='-X main.version=1' ./cmd/api",
        "npm run build",
    };
    (void)state;
    for (size_t i = 0; i < sizeof WITH / sizeof *WITH; i++)
        if (!words_need_shell(WITH[i]))
            fail_msg("no shell for: %s", WITH[i]);
    for (size_t i = 0; i < sizeof WITHOUT / sizeof *WITHOUT; i++)
        if (words_need_shell(WITHOUT[i]))
            fail_msg("a shell for: %s", WITHOUT[i]);
}

static void quoted_words_read_back(void **state)
{
    static const char *const WORDS[] = {"plain", "a b",      "",       "it's", "$HOME",
                                        "a\nb",  "\"q\"",    "back\\", "*",    "~",
                                        "#",     "-x=./a,b", "''",     "ä",    "a\tb"};
    struct buf line = BUF_INIT(1000);
    struct strs words = {0};
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        words_quote(&line, WORDS[i]);
        (void)buf_putc(&line, ' ');
    }
    assert_memory_equal(buf_text(&line), "plain 'a b' '' ", 15);
    assert_false(words_need_shell(buf_text(&line)));
    assert_int_equal(words_split(buf_text(&line), &words, &err), 0);
    assert_int_equal(words.len, sizeof WORDS / sizeof *WORDS);
    for (size_t i = 0; i < words.len; i++)
        assert_string_equal(words.at[i], WORDS[i]);
    strs_fini(&words);
    buf_fini(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_become_words),
        cmocka_unit_test(a_quote_has_an_end),
        cmocka_unit_test(a_shell_is_used_where_it_is_needed),
        cmocka_unit_test(quoted_words_read_back),
    };
    return cmocka_run_group_tests_name("base/words", tests, NULL, NULL);
}
