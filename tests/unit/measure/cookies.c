#include "check.h"

#include <stdio.h>
#include <string.h>

#include "measure/cookies.h"

static void take(struct cookies *cookies, const char *text, const char *target)
{
    cookies_take(cookies, text, strlen(text), target, false);
}

static void assert_sent(const struct cookies *cookies, const char *target, const char *wanted)
{
    struct buf out = BUF_INIT(100000);
    cookies_write(cookies, target, &out);
    assert_string_equal(buf_text(&out), wanted);
    buf_fini(&out);
}

static void cookies_come_back(void **state)
{
    struct cookies cookies = {0};
    (void)state;
    assert_sent(&cookies, "/", "");
    take(&cookies, " a = 1 ; Path=/; HttpOnly", "/x");
    take(&cookies, "b=x=y; path=/; SameSite=Lax", "/x");
    assert_sent(&cookies, "/any?q", "Cookie: a=1; b=x=y\r\n");
    take(&cookies, "a=2; Path=/", "/x");
    assert_sent(&cookies, "/", "Cookie: b=x=y; a=2\r\n");
    cookies_fini(&cookies);
}

static void paths_are_kept_apart(void **state)
{
    struct cookies cookies = {0};
    (void)state;
    take(&cookies, "a=dir", "/shop/cart?x=/y/z"); /* default path: /shop */
    take(&cookies, "b=here; Path=/shop/cart", "/");
    assert_sent(&cookies, "/shop", "Cookie: a=dir\r\n");
    assert_sent(&cookies, "/shop/", "Cookie: a=dir\r\n");
    assert_sent(&cookies, "/shop/cart?q=/", "Cookie: a=dir; b=here\r\n");
    assert_sent(&cookies, "/shop/cartoon", "Cookie: a=dir\r\n");
    assert_sent(&cookies, "/shopping", "");
    assert_sent(&cookies, "/", "");
    cookies_fini(&cookies);
}

static void cookies_end(void **state)
{
    static const char *const ENDS[] = {"a=; Path=/; Max-Age=0", "a=; Path=/; Max-Age=-1",
                                       "a=x; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                                       "a=x; Path=/; Expires=Thu, 01-Jan-1970 00:00:00 GMT"};
    (void)state;
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        struct cookies cookies = {0};
        take(&cookies, "a=1; Path=/; Expires=Fri, 01 Jan 2100 00:00:00 GMT", "/");
        assert_sent(&cookies, "/", "Cookie: a=1\r\n");
        take(&cookies, ENDS[i], "/");
        assert_sent(&cookies, "/", "");
        cookies_fini(&cookies);
    }
}

static void what_is_no_cookie_is_not_kept(void **state)
{
    struct cookies cookies = {0};
    char large[COOKIE_BYTES_MAX + 10];
    (void)state;
    take(&cookies, "", "/");
    take(&cookies, "novalue", "/");
    take(&cookies, "=x", "/");
    take(&cookies, ";a=1", "/");
    take(&cookies, "a=1; Secure", "/"); /* not over a plain connection */
    memset(large, 'x', sizeof large);
    large[0] = 'a';
    large[1] = '=';
    large[sizeof large - 1] = '\0';
    take(&cookies, large, "/");
    assert_int_equal(cookies.list.len, 0);
    cookies_take(&cookies, "s=1; Secure", 11, "/", true);
    for (int i = 0; i < 2 * COOKIES_MAX; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "c%d=1", i);
        take(&cookies, text, "/");
    }
    assert_int_equal(cookies.list.len, COOKIES_MAX);
    cookies_fini(&cookies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cookies_come_back),
        cmocka_unit_test(paths_are_kept_apart),
        cmocka_unit_test(cookies_end),
        cmocka_unit_test(what_is_no_cookie_is_not_kept),
    };
    return cmocka_run_group_tests_name("measure/cookies", tests, NULL, NULL);
}
