/* The place of the script in pages, whole and in pieces of every size. */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "browser/inject.h"

#define TEXT "<script>"
#define HERE "\x01" /* in the tables below: where TEXT is put */

/* Feeds the page in pieces of that many bytes. */
static void run(const char *page, size_t len, size_t piece, struct buf *out)
{
    struct injector injector;
    inject_init(&injector, TEXT, strlen(TEXT));
    for (size_t at = 0; at < len; at += piece)
        inject_feed(&injector, page + at, len - at < piece ? len - at : piece, out);
    inject_end(&injector, out);
    assert_true(inject_done(&injector));
}

/* wanted holds HERE at most once. */
static void expect(const char *wanted)
{
    struct buf page = BUF_INIT(4096), whole = BUF_INIT(4096);
    const char *here = strstr(wanted, HERE);
    size_t before = here ? (size_t)(here - wanted) : strlen(wanted);
    (void)buf_append(&page, wanted, before);
    (void)buf_append(&whole, wanted, before);
    if (here) {
        (void)buf_puts(&whole, TEXT);
        (void)buf_puts(&page, here + 1);
        (void)buf_puts(&whole, here + 1);
    }
    for (size_t piece = 1; piece <= page.len + 1; piece++) {
        struct buf out = BUF_INIT(4096);
        run(buf_text(&page), page.len, piece, &out);
        if (strcmp(buf_text(&out), buf_text(&whole)) != 0)
            print_error("in pieces of %zu: %s\n", piece, buf_text(&out));
        assert_string_equal(buf_text(&out), buf_text(&whole));
        buf_fini(&out);
    }
    buf_fini(&page);
    buf_fini(&whole);
}

static void test_after_head(void **state)
{
    (void)state;
    expect("<!doctype html><html><head>" HERE "<title>x</title></head><body></body></html>");
    expect("<!DOCTYPE HTML>\n<HTML lang=en>\n<HEAD\n>" HERE "\n<title>");
    expect("\xef\xbb\xbf<!doctype html><html><head>" HERE);
    expect("<html><head data-x='>' data-y=\">\" z=/>" HERE "<body>");
    expect("<html a='<head>' b=\"<head>\" c=<head>" HERE "x");
    expect("<!doctype html PUBLIC \"-//W3C//DTD XHTML 1.0//EN\"\n \"http://www.w3.org/x.dtd\">"
           "<html xmlns=\"http://www.w3.org/1999/xhtml\"><head>" HERE "<title>");
    expect("<?xml version=\"1.0\"?><!doctype html><html><head>" HERE);
}

static void test_head_left_out(void **state)
{
    (void)state;
    expect("<!doctype html>" HERE "<title>x</title><p>y");
    expect("<!doctypehtml>" HERE "<p>");
    expect("<!doctype html>\n\t " HERE "text");
    expect("<!doctype html><html>\n" HERE "<body onload=\"</body>\"></body></html>");
    expect("<html>" HERE "<header>x</header>");
    expect("<html>" HERE "<headx>");
    expect("<html>" HERE "</head><body>");
    expect("<!doctype html>" HERE "< head>");
    expect("<!doctype html>" HERE "<htmlx>");
    expect("<!doctype html>" HERE "<");
    expect("<!doctype html>" HERE "<hea");
    expect("<!doctype html>" HERE);
    expect("<html>" HERE);
    expect("<html><html>" HERE "<p>"); /* the second one only adds attributes */
}

static void test_comments(void **state)
{
    (void)state;
    expect("<!-- <head> --><!doctype html><!-- <html><head> --><html><!--><head>" HERE "-->x");
    expect("<!doctype html><!--><head>" HERE "<title>");
    expect("<!doctype html><!---><head>" HERE "<title>");
    expect("<!doctype html><!--!><head>--><head>" HERE);
    expect("<!doctype html><!---!><head>--><head>" HERE);
    expect("<!doctype html><!----!><head>" HERE);
    expect("<!doctype html><!--a--!><head>" HERE);
    expect("<!doctype html><!--a--!-><head>--><head>" HERE);
    expect("<!doctype html><!--a->b--c--!d-->" HERE "<p>");
    expect("<!doctype html><!--a---><head>" HERE);
    expect("<!doctype html><!x <head><head>" HERE);
    expect("<!doctype html><![CDATA[<head>" HERE "]]>");
    expect("<!doctype html><!><head>" HERE);
    expect("<!doctype html><!-><head>" HERE);
    expect("<!doctype html><?php <head><head>" HERE);
}

static void test_attributes(void **state)
{
    (void)state;
    expect("<html =\"><head>" HERE "\">");     /* a name that begins with '=' */
    expect("<html a\"><head>" HERE);           /* a quote in a name */
    expect("<html a=b\"><head>" HERE);         /* and in a value without quotes */
    expect("<html a= \n\">\" b><head>" HERE);  /* white space after '=' */
    expect("<html a \n= \n'>' b><head>" HERE); /* and before it */
    expect("<html a/=\">" HERE "\" x><head>"); /* after '/' a name begins with '=' */
    expect("<html a=><head>" HERE);
    expect("<html/><head/>" HERE "<p>");
    expect("<html / a='>'/><head>" HERE);
}

static void test_no_page(void **state)
{
    (void)state;
    expect("");
    expect(" \n");
    expect("<div>a fragment</div>");
    expect("<head><title>no doctype</title></head>");
    expect("<body></body>");
    expect("text <!doctype html><html><head>");
    expect("<!-- only --> a comment <html>");
    expect("<!-- never ends <!doctype html><html><head>");
    expect("<!doctype html><html><!-- never ends ");
    expect("<!doctype html><html><head a='");
    expect("<");
    expect("<!");
    expect("<!doctyp");
    expect("\xef\xbb");
    expect("\xef\xbb<html>");
    expect("\xff\xfe<\x02h\x02");
    expect("<p><script>'<!doctype html><html><head>'</script>");
}

static void test_bytes_after_it(void **state)
{
    (void)state;
    static const char PAGE[] = "<!doctype html><html><head>\0\xff</head><head><html><!-- \0";
    struct buf out = BUF_INIT(4096);
    run(PAGE, sizeof PAGE - 1, 7, &out);
    assert_int_equal(out.len, sizeof PAGE - 1 + strlen(TEXT));
    assert_memory_equal(out.data + 27 + strlen(TEXT), PAGE + 27, sizeof PAGE - 1 - 27);
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_after_head), cmocka_unit_test(test_head_left_out),
        cmocka_unit_test(test_comments),   cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_no_page),    cmocka_unit_test(test_bytes_after_it),
    };
    return cmocka_run_group_tests_name("browser/inject", tests, NULL, NULL);
}
