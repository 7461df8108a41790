#include "check.h"

#include <string.h>

#include "base/regex.h"

static void it_matches_anywhere(void **state)
{
    struct err err = {0};
    (void)state;
    struct regex *regex = regex_new("_gen\\.go$", &err);
    assert_non_null(regex);
    assert_true(regex_match(regex, "/src/a_gen.go"));
    assert_false(regex_match(regex, "/src/a_gen.go\n")); /* '$' is the end and nothing else */
    assert_false(regex_match(regex, "/src/a.go"));
    assert_false(regex_match(regex, ""));
    regex_free(regex);
}

static void a_mistake_has_its_place(void **state)
{
    struct err err = {0};
    (void)state;
    assert_null(regex_new("ab(c", &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.message, "offset 4"));
    assert_non_null(strstr(err.message, "parenthes"));
    regex_free(NULL);
}

/* Ends at its limit, as no match, instead of after the heat death of the universe. */
static void a_hostile_one_ends(void **state)
{
    struct err err;
    char text[200];
    (void)state;
    struct regex *regex = regex_new("^(([a-z])+.)+[A-Z]([a-z])+$", &err);
    assert_non_null(regex);
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_false(regex_match(regex, text));
    assert_true(regex_match(regex, "aaAa"));
    regex_free(regex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_matches_anywhere),
        cmocka_unit_test(a_mistake_has_its_place),
        cmocka_unit_test(a_hostile_one_ends),
    };
    return cmocka_run_group_tests_name("base/regex", tests, NULL, NULL);
}
