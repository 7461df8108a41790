/* What builders share: who compiles, who waits, who gets what was made. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "build/golang/store.h"
#include "platform/fs.h"

static struct gostore *store;
static char dir[64];

/* One that asks, and what it was told. */
struct asking {
    struct gostore_ticket ticket;
    int told, compiles; /* times */
    bool failed;
    struct gocompiled got;
};

static void on_made(void *data, const struct gostore_made *made)
{
    struct asking *asking = data;
    asking->told++;
    asking->compiles += !made;
    if (!made)
        return;
    asking->failed = made->failed;
    if (!made->failed)
        gocompiled_copy(&asking->got, &made->compiled);
}

static struct asking ask_for(uint64_t key)
{
    return (struct asking){.ticket = {.key = {.low = key}, .on_made = on_made}};
}

static enum gostore_answer ask(struct asking *asking, struct gostore_made *made)
{
    asking->ticket.data = asking;
    return gostore_ask(store, &asking->ticket, made);
}

static int begin(void **state)
{
    struct err err;
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/zonda-unit-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    store = gostore_open(dir, &err);
    return store ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    gostore_drop(store);
    return rmdir(dir); /* nothing is left in it */
}

/* As the compiler leaves it. */
static struct gocompiled make(const char *name)
{
    struct err err;
    char *export = mem_format("%s/%s.x", gostore_dir(store), name);
    char *object = mem_format("%s/%s.o", gostore_dir(store), name);
    assert_int_equal(fs_write(export, "x", 1, 0600, &err), 0);
    assert_int_equal(fs_write(object, "o", 1, 0600, &err), 0);
    struct gocompiled compiled = {.export = gooutput_new(export, true),
                                  .object = gooutput_new(object, true)};
    free(export);
    free(object);
    return compiled;
}

static void the_first_compiles_and_the_others_get_it(void **state)
{
    struct asking first = ask_for(1), second = ask_for(1), other = ask_for(2), late = ask_for(1);
    struct gostore_made made = {0};
    (void)state;
    assert_int_equal(ask(&first, &made), GOSTORE_COMPILE);
    assert_int_equal(ask(&second, &made), GOSTORE_WAIT);
    assert_int_equal(ask(&other, &made), GOSTORE_COMPILE);
    struct gostore_made result = {.compiled = make("one")};
    gostore_tell(store, &first.ticket, &result);
    assert_int_equal(second.told, 1);
    assert_ptr_equal(second.got.export, result.compiled.export);
    assert_int_equal(ask(&late, &made), GOSTORE_HAS);
    assert_ptr_equal(made.compiled.object, result.compiled.object);
    gostore_tell(store, &other.ticket, NULL);
    gocompiled_fini(&second.got);
    gocompiled_fini(&result.compiled);
}

static void what_nobody_uses_is_forgotten(void **state)
{
    struct asking first = ask_for(1), again = ask_for(1);
    struct gostore_made made = {0}, result = {.compiled = make("one")};
    (void)state;
    char *path = mem_string(result.compiled.export->path);
    assert_int_equal(ask(&first, &made), GOSTORE_COMPILE);
    gostore_tell(store, &first.ticket, &result);
    gocompiled_fini(&result.compiled);
    assert_int_equal(ask(&again, &made), GOSTORE_COMPILE);
    assert_false(fs_is_file(path));
    gostore_tell(store, &again.ticket, NULL);
    free(path);
}

static void a_failure_is_told_and_not_kept(void **state)
{
    struct asking first = ask_for(1), second = ask_for(1), again = ask_for(1);
    struct buf output = BUF_INIT(100);
    struct gostore_made made = {0}, result = {.failed = true, .output = &output};
    (void)state;
    assert_int_equal(ask(&first, &made), GOSTORE_COMPILE);
    assert_int_equal(ask(&second, &made), GOSTORE_WAIT);
    gostore_tell(store, &first.ticket, &result);
    assert_true(second.failed);
    assert_int_equal(second.told, 1);
    assert_int_equal(ask(&again, &made), GOSTORE_COMPILE);
    gostore_tell(store, &again.ticket, NULL);
}

/* A compile that was given up: the next one does it; one that has left is not asked. */
static void another_takes_over(void **state)
{
    struct asking first = ask_for(1), gone = ask_for(1), second = ask_for(1), third = ask_for(1);
    struct gostore_made made = {0}, result = {0};
    (void)state;
    assert_int_equal(ask(&first, &made), GOSTORE_COMPILE);
    assert_int_equal(ask(&gone, &made), GOSTORE_WAIT);
    assert_int_equal(ask(&second, &made), GOSTORE_WAIT);
    assert_int_equal(ask(&third, &made), GOSTORE_WAIT);
    gostore_leave(store, &gone.ticket);
    gostore_tell(store, &first.ticket, NULL);
    assert_int_equal(gone.told, 0);
    assert_int_equal(second.compiles, 1);
    assert_int_equal(third.told, 0);
    result.compiled = make("one");
    gostore_tell(store, &second.ticket, &result);
    assert_int_equal(third.told, 1);
    assert_int_equal(third.compiles, 0);
    gocompiled_fini(&third.got);
    gocompiled_fini(&result.compiled);
}

static void a_removed_directory_is_made_again(void **state)
{
    struct asking first = ask_for(1), again = ask_for(1);
    struct gostore_made made = {0}, result = {.compiled = make("one")};
    struct err err;
    (void)state;
    assert_int_equal(gostore_restore(store), 0);
    assert_int_equal(ask(&first, &made), GOSTORE_COMPILE);
    gostore_tell(store, &first.ticket, &result);
    assert_int_equal(fs_remove_tree(gostore_dir(store), &err), 0);
    assert_int_equal(gostore_restore(store), 1);
    assert_true(fs_is_dir(gostore_dir(store)));
    assert_int_equal(ask(&again, &made), GOSTORE_COMPILE); /* its files are gone */
    gostore_tell(store, &again.ticket, NULL);
    gocompiled_fini(&result.compiled);
}

static void the_last_user_removes_it(void **state)
{
    char *path = mem_string(gostore_dir(store));
    (void)state;
    assert_ptr_equal(gostore_use(store), store);
    gostore_drop(store);
    assert_true(fs_is_dir(path));
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_compiles_and_the_others_get_it, begin, end),
        cmocka_unit_test_setup_teardown(what_nobody_uses_is_forgotten, begin, end),
        cmocka_unit_test_setup_teardown(a_failure_is_told_and_not_kept, begin, end),
        cmocka_unit_test_setup_teardown(another_takes_over, begin, end),
        cmocka_unit_test_setup_teardown(a_removed_directory_is_made_again, begin, end),
        cmocka_unit_test_setup_teardown(the_last_user_removes_it, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
