/* Which pages may hear live events. */
#include "check.h"

#include "browser/access.h"

static void origins(void **state)
{
    static const char *const GOOD[] = {"http://localhost",        "http://localhost:8080",
                                       "https://localhost:8443",  "http://127.0.0.1:3000",
                                       "http://127.9.9.9",        "http://[::1]:8080",
                                       "http://shop.localhost:1", "https://shop.test"};
    static const char *const BAD[] = {"",
                                      "null",
                                      "localhost",
                                      "file://",
                                      "ftp://localhost",
                                      "http://",
                                      "http://evil.example",
                                      "http://localhost.evil.example",
                                      "http://127.0.0.1.evil.example",
                                      "http://evil.example:80@localhost",
                                      "http://localhost:99999",
                                      "http://shop.test",
                                      "https://shop.test:444",
                                      "https://shop.test.evil.example",
                                      "https://xshop.test",
                                      "http://192.168.0.1"};
    struct strs named = {0};
    struct access access = {.origins = &named, .token = ""};
    (void)state;
    strs_push(&named, "https://shop.test");
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_true(access_origin_ok(&access, http_text_of(GOOD[i])));
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_false(access_origin_ok(&access, http_text_of(BAD[i])));
    strs_fini(&named);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(origins)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
