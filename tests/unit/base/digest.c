#include "check.h"

#include <string.h>

#include "base/digest.h"

static void content_decides(void **state)
{
    (void)state;
    assert_true(digest_equal(digest_of("abc", 3), digest_of("abcd", 3)));
    assert_false(digest_equal(digest_of("abc", 3), digest_of("abd", 3)));
    assert_false(digest_equal(digest_of("", 0), digest_of("\0", 1)));
    struct digest a = {.high = 1, .low = 2}, b = {.high = 2, .low = 2}, c = {.high = 1, .low = 3};
    assert_false(digest_equal(a, b)); /* both halves count */
    assert_false(digest_equal(a, c));
}

/* XXH3-128 of no bytes, as the xxHash specification has it. */
static void it_is_xxh3(void **state)
{
    char text[33];
    (void)state;
    digest_hex(digest_of("", 0), text);
    assert_string_equal(text, "99aa06d3014798d86001c324468d497f");
}

static void pieces_make_the_same(void **state)
{
    char data[5000];
    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)(i * 7);
    struct digest_state *pieces = digest_state_new();
    for (size_t at = 0; at < sizeof data; at += 13)
        digest_state_add(pieces, data + at, sizeof data - at < 13 ? sizeof data - at : 13);
    assert_true(digest_equal(digest_state_free(pieces), digest_of(data, sizeof data)));
    assert_true(digest_equal(digest_state_free(digest_state_new()), digest_of("", 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_decides),
        cmocka_unit_test(it_is_xxh3),
        cmocka_unit_test(pieces_make_the_same),
    };
    return cmocka_run_group_tests_name("base/digest", tests, NULL, NULL);
}
