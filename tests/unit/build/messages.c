#include "check.h"

#include <string.h>

#include "build/golang/messages.h"

static void written(const char *package_dir, const char *text, const char *wanted)
{
    struct buf out = BUF_INIT(1 << 16);
    messages_write(&out, "example.com/a", package_dir, "/home/me/app", text);
    assert_string_equal(buf_text(&out), wanted);
    buf_fini(&out);
}

/* As cmd/go prints them: shorter names, and "./" only in the directory itself. */
static void paths_are_made_relative(void **state)
{
    (void)state;
    written("/home/me/app", "/home/me/app/main.go:1:2: bad\n",
            "# example.com/a\n./main.go:1:2: bad\n");
    written("/home/me/app/lib", "/home/me/app/lib/a.go:1:2: bad\n\thave /home/me/app/lib/x\n",
            "# example.com/a\nlib/a.go:1:2: bad\n\thave lib/x\n");
    written("/home/me/lib", "/home/me/lib/a.go:3:4: bad",
            "# example.com/a\n../lib/a.go:3:4: bad\n");
    written("/srv/l", "/srv/l/a.go:3:4: bad\n", "# example.com/a\n/srv/l/a.go:3:4: bad\n");
    written("/home/me/app/lib", "x/home/me/app/lib/a.go\n",
            "# example.com/a\nx/home/me/app/lib/a.go\n");
}

static void a_missing_package_is_seen(void **state)
{
    (void)state;
    assert_true(messages_miss_package("a.go:3:8: could not import os (open : no such file)\n"));
    assert_false(messages_miss_package("a.go:3:8: undefined: os\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_made_relative),
        cmocka_unit_test(a_missing_package_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
