#include "check.h"

#include <stdio.h>
#include <string.h>

#include "config/toml.h"

static struct problems problems;

static struct node *parse(const char *text)
{
    problems_fini(&problems);
    return toml_parse(text, strlen(text), "f.toml", &problems);
}

static void told(const char *wanted)
{
    struct buf text = BUF_INIT((size_t)1 << 16);
    problems_print(&problems, &text);
    assert_string_equal(buf_text(&text), wanted);
    buf_fini(&text);
    problems_fini(&problems);
}

static void a_tree_with_places(void **state)
{
    (void)state;
    struct node *root = parse("a = 1\n"
                              "[t]\n"
                              "  s = 'x' # comment\n"
                              "  list = [true, 1.5, 1979-05-27]\n"
                              "[[r]]\n"
                              "[[r]]\n"
                              "k.l = \"\\u00e9\"\n");
    assert_non_null(root);
    const struct node *table = node_get(root, "t");
    const struct node *text = node_get(table, "s");
    assert_int_equal(node_get(root, "a")->number, 1);
    assert_string_equal(text->text, "x");
    assert_int_equal(text->line, 3);
    assert_int_equal(text->column, 7);
    assert_int_equal(text->key_line, 3);
    assert_int_equal(text->key_column, 3);
    const struct node *list = node_get(table, "list");
    assert_int_equal(list->len, 3);
    assert_int_equal(list->at[0].kind, NODE_BOOL);
    assert_int_equal(list->at[1].kind, NODE_FLOAT);
    assert_int_equal(list->at[2].kind, NODE_DATE);
    assert_int_equal(list->at[1].column, 17);
    const struct node *rules = node_get(root, "r");
    assert_true(node_is_tables(rules));
    assert_int_equal(rules->len, 2);
    assert_string_equal(node_get(node_get(&rules->at[1], "k"), "l")->text, "é");
    assert_false(node_is_tables(list));
    assert_null(node_get(root, "none"));
    assert_null(node_get(NULL, "none"));
    assert_null(node_get(text, "none"));
    node_free(root);
    told("");
}

/* The parser's words are for those who know the grammar. */
static void syntax_errors_in_plain_words(void **state)
{
    static const struct {
        const char *text, *told;
    } CASES[] = {
        {"x = \"ab\n", "1:8: error: syntax error: a string has no closing quote\n  hint: it ends "},
        {"x = 'é\r\n", "1:7: error: syntax error: a string has no closing quote\n  hint: it ends "},
        {"x = \"a\001b\"\n",
         "1:7: error: syntax error: a string holds a control character\n  hint"},
        {"x = \"\377\"\n", "1:5: error: syntax error: the file is not UTF-8\n  hint: save"},
        {"x = 99999999999999999999\n",
         "1:5: error: '99999999999999999999' is too large a number\n"},
        {"x = ./cmd\n", "1:5: error: syntax error: this is no TOML value\n  hint: a string"},
        {"x = True\n", "1:5: error: syntax error: this is no TOML value\n  hint: write true,"},
        {"x: 1\n", "1:2: error: syntax error: the key has no '=' behind it\n  hint: write"},
        {"x =\n", "1:4: error: syntax error: the key has no value\n  hint: write it like"},
        {"x = ['a'\n[t]\n", "2:1: error: syntax error: a list is not closed before this\n  hint"},
        {"[t\n", "1:3: error: syntax error: the name of a table is not closed\n  hint: write"},
        {"x = 1,\n", "1:6: error: syntax error: something stands behind the value\n  hint: one"},
        {"x = \"a\\q\"\n", "1:8: error: syntax error: a backslash in double quotes begins"},
        {"x = { a = 1\n", "1:12: error: syntax error: a table in braces is not closed"},
        {"x = \x27\x27\x27z\n",
         "1:10: error: syntax error: the file ends in the middle of a value\n  hint"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf text = BUF_INIT((size_t)1 << 16);
        node_free(parse(CASES[i].text));
        problems_print(&problems, &text);
        const char *at = buf_text(&text) + strlen("f.toml:");
        if (strncmp(at, CASES[i].told, strlen(CASES[i].told)) != 0)
            fail_msg("%s", buf_text(&text));
        buf_fini(&text);
    }
    problems_fini(&problems);
}

static void kinds_in_words(void **state)
{
    (void)state;
    struct node *root =
        parse("a = {}\nb = []\nc = ''\nd = 1\ne = 1.0\nf = false\ng = 07:32:00\nh = [{}]\n");
    static const char *const wanted[] = {"a table",
                                         "a list",
                                         "a string",
                                         "a whole number",
                                         "a number with a fraction",
                                         "false",
                                         "a date or time",
                                         "an array of tables"};
    assert_int_equal(root->len, 8);
    for (size_t i = 0; i < root->len; i++)
        assert_string_equal(node_kind_words(&root->at[i]), wanted[i]);
    node_free(root);
}

static void goes_on_after_a_line_that_is_wrong(void **state)
{
    (void)state;
    struct node *root = parse("a = yes\nb = 1\nb = 2\nc = ?\nd = 4\n");
    assert_non_null(root);
    assert_int_equal(node_get(root, "d")->number, 4);
    node_free(root);
    assert_int_equal(problems.errors, 3);
    told("f.toml:1:5: error: syntax error: this is no TOML value\n"
         "  hint: a string stands in quotes; true, false and numbers do not\n"
         "f.toml:3:1: error: 'b' is given a second time\n"
         "  hint: keep one of the two; a table is opened once\n"
         "f.toml:4:5: error: syntax error: this is no TOML value\n"
         "  hint: a string stands in quotes; true, false and numbers do not\n");
}

static void ends_where_the_rest_would_be_misread(void **state)
{
    (void)state;
    assert_null(parse("[t\na = 1\n"));
    assert_int_equal(problems.errors, 1);
    assert_int_equal(problems.list.at[0].line, 1);
    assert_null(parse("a = '''\nnever closed\n"));
    assert_true(problems.errors >= 1);
    problems_fini(&problems);
}

/* toml++ would abort on these. */
static void a_table_without_a_name(void **state)
{
    static const char *const texts[] = {"[=]\n", "[]\n", "[[ ]]\n",   "[\x01a]\n",
                                        "[",     "[[",   "\n  [.a]\n"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_null(parse(texts[i]));
        assert_int_equal(problems.errors, 1);
        assert_string_equal(problems.list.at[0].message,
                            "syntax error: a table has no name in its brackets");
        assert_true(problems.list.at[0].line > 0);
    }
    /* Not where a list goes on, and also after a line that was wrong. */
    struct node *root = parse("a = [\n [ # ]\n 1 ],\n []]\n['b']\n[[\"c\"]]\n[ d ]\n");
    assert_non_null(root);
    node_free(root);
    told("");
    assert_null(parse("a = [1 2\n[=]\n"));
    assert_int_equal(problems.list.at[0].line, 1);
    problems_fini(&problems);
}

static void has_bounds(void **state)
{
    (void)state;
    char *large = mem_new(TOML_BYTES_MAX + 2, 1);
    memset(large, '\n', TOML_BYTES_MAX + 1);
    assert_null(parse(large));
    told("f.toml: error: the file is larger than 1024 KiB\n");
    free(large);
    node_free(parse("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r = 1\n"));
    told("f.toml:1:34: error: syntax error: a key has more dots than zonda reads\n");
    struct node *root =
        parse("a = 'b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s' # . . . . . . . . . . . .\n"
              "b = \"\"\"\n..................\n\"\"\"\n");
    assert_non_null(root);
    node_free(root);
    problems_fini(&problems);
}

/* toml++ 3.3 has undefined behaviour for most of these. */
static void letters_beyond_ascii(void **state)
{
    (void)state;
    struct node *root = parse("a = \"\"\"x\\\n  é\"\"\" # é\n'é' = 'ɪ'\n");
    assert_non_null(root);
    assert_string_equal(node_get(root, "a")->text, "xé");
    assert_string_equal(node_get(root, "é")->text, "ɪ");
    node_free(root);
    told("");
    static const char *const wrong[] = {"aɪ = 1\n", "a = é\n", "a = \"\"\"\\é\"\"\"\n", "[é]\n",
                                        "é"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        node_free(parse(wrong[i]));
        assert_true(problems.errors >= 1);
        assert_int_equal(problems.list.at[0].line, 1);
    }
    problems_fini(&problems);
}

static void refuses_what_c_cannot_hold(void **state)
{
    (void)state;
    node_free(parse("a = \"x\\u0000y\"\n"));
    assert_int_equal(problems.errors, 1);
    assert_non_null(strstr(problems.list.at[0].message, "NUL"));
    assert_int_equal(problems.list.at[0].line, 1);
    problems_fini(&problems);
    static const char bytes[] = "a = '\xff'\n";
    node_free(toml_parse(bytes, sizeof bytes - 1, "f.toml", &problems));
    assert_true(problems.errors >= 1);
    problems_fini(&problems);
}

static void an_empty_file_is_an_empty_table(void **state)
{
    (void)state;
    struct node *root = parse("");
    assert_non_null(root);
    assert_int_equal(root->kind, NODE_TABLE);
    assert_int_equal(root->len, 0);
    node_free(root);
    node_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_with_places),
        cmocka_unit_test(kinds_in_words),
        cmocka_unit_test(syntax_errors_in_plain_words),
        cmocka_unit_test(goes_on_after_a_line_that_is_wrong),
        cmocka_unit_test(ends_where_the_rest_would_be_misread),
        cmocka_unit_test(a_table_without_a_name),
        cmocka_unit_test(has_bounds),
        cmocka_unit_test(letters_beyond_ascii),
        cmocka_unit_test(refuses_what_c_cannot_hold),
        cmocka_unit_test(an_empty_file_is_an_empty_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
