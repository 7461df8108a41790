/* What a policy becomes, for each way in which it may rule the script. */
#include "check.h"

#include <string.h>

#include "browser/csp.h"

static void expect(const char *value, const char *nonce, const char *wanted)
{
    struct buf out = BUF_INIT(4096);
    csp_allow(value, strlen(value), nonce, &out);
    assert_string_equal(buf_text(&out), wanted);
    buf_fini(&out);
}

/* A policy that allows all that is needed stays as it is, byte for byte. */
static void same(const char *value, const char *nonce)
{
    expect(value, nonce, value);
}

static void test_enough(void **state)
{
    (void)state;
    same("default-src 'self'", "");
    same("default-src  'self' ;; img-src *;", "");
    same("default-src *", "");
    same("img-src 'none'", "");
    same("", "");
    same("script-src 'self'; connect-src 'SELF' https://api.example", "");
    same("sandbox allow-scripts; upgrade-insecure-requests", "");
    same("script-src 'nonce-abc' 'strict-dynamic'", "abc");
    same("script-src 'self' 'unsafe-inline'", "");
}

static void test_self(void **state)
{
    (void)state;
    expect("default-src 'none'", "", "default-src 'none'; script-src 'self'; connect-src 'self'");
    expect("default-src https:", "",
           "default-src https:; script-src https: 'self'; connect-src https: 'self'");
    expect("script-src 'none'; img-src *", "", "script-src 'self'; img-src *");
    expect("script-src https://cdn.example; worker-src 'none'", "",
           "script-src https://cdn.example 'self'; worker-src 'self'");
    expect("script-src-elem a.example; script-src b.example; connect-src 'none'", "",
           "script-src-elem a.example 'self'; script-src b.example; connect-src 'self'; "
           "worker-src b.example 'self'");
    expect("child-src x.example; script-src y.example", "",
           "child-src x.example; script-src y.example 'self'; worker-src x.example 'self'");
    expect("connect-src", "", "connect-src 'self'");
    expect("Script-Src A.example; script-src 'self'", "",
           "Script-Src A.example 'self'; script-src 'self'");
}

static void test_nonce(void **state)
{
    (void)state;
    expect("script-src 'nonce-abc'", "abc",
           "script-src 'nonce-abc'; worker-src 'nonce-abc' 'self'");
    expect("script-src 'nonce-ABC'", "abc", "script-src 'nonce-ABC' 'self'");
    expect("script-src 'strict-dynamic' 'sha256-x='", "mine",
           "script-src 'strict-dynamic' 'sha256-x=' 'nonce-mine'");
    expect("default-src 'none' 'strict-dynamic'", "mine",
           "default-src 'none' 'strict-dynamic'; script-src 'strict-dynamic' 'nonce-mine'; "
           "connect-src 'strict-dynamic' 'self'");
    same("script-src 'self' 'nonce-abc'", "");
}

static void test_several(void **state)
{
    (void)state;
    expect("script-src 'none', default-src 'self',script-src x", "",
           "script-src 'self', default-src 'self', script-src x 'self'");
    expect("script-src 'nonce-a' 'strict-dynamic', script-src 'strict-dynamic' 'nonce-b'", "a",
           "script-src 'nonce-a' 'strict-dynamic', script-src 'strict-dynamic' 'nonce-b' "
           "'nonce-a'");
}

static void look(const char *value, const char *nonce, bool needs)
{
    struct csp csp = {0};
    csp_look(&csp, value, strlen(value));
    assert_string_equal(csp.nonce, nonce);
    assert_int_equal(csp.needs_nonce, needs);
}

static void test_look(void **state)
{
    (void)state;
    look("script-src 'nonce-abc='", "abc=", false);
    look("default-src 'NONCE-Abc'; img-src 'nonce-img'", "Abc", false);
    look("img-src 'nonce-img'", "", false);
    look("script-src 'self', script-src 'nonce-second' 'strict-dynamic'", "second", true);
    look("script-src 'nonce-<script>'", "", false);
    look("script-src 'nonce-'", "", false);
    look("script-src 'nonce-", "", false);
    look("script-src 'strict-dynamic'", "", true);
    look("script-src-elem 'nonce-e'; script-src 'nonce-s'", "e", false);
    struct csp csp = {0};
    csp_look(&csp, "script-src 'nonce-first'", 24);
    csp_look(&csp, "script-src 'nonce-second'", 25);
    assert_string_equal(csp.nonce, "first");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_enough),  cmocka_unit_test(test_self), cmocka_unit_test(test_nonce),
        cmocka_unit_test(test_several), cmocka_unit_test(test_look),
    };
    return cmocka_run_group_tests_name("browser/csp", tests, NULL, NULL);
}
