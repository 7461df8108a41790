/* The table itself: what it says about each key holds. */
#include "check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/value.h"
#include "fixture.h"

static struct fixture fixture;

static int end(void **state)
{
    (void)state;
    fixture_fini(&fixture);
    return 0;
}

/* [section] key = value, through the reader. */
static const char *load_one(const struct schema_entry *entry, const char *value)
{
    char *header = *entry->section ? mem_format("[%s]\n", entry->section) : mem_string("");
    char *text = mem_format("%s%s = %s\n", header, entry->key, value);
    const char *told = fixture_load(&fixture, PROJECT "/zonda.toml", text);
    free(header);
    free(text);
    return told;
}

static bool writes_nothing(const struct schema_entry *entry)
{
    return entry->type == VALUE_COMMAND; /* an empty command cannot be written */
}

static void every_default_is_valid(void **state)
{
    struct config *defaults;
    (void)state;
    (void)fixture_load(&fixture, NULL, NULL);
    defaults = fixture.config;
    fixture.config = NULL;
    assert_non_null(defaults);
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        if (writes_nothing(&SCHEMA[i]))
            continue;
        assert_string_equal(load_one(&SCHEMA[i], SCHEMA[i].fallback), "");
        assert_true(value_equal(&SCHEMA[i], fixture.config, defaults));
    }
    config_free(defaults);
}

static void every_example_is_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCHEMA_LEN; i++)
        if (SCHEMA[i].example) {
            /* Only the package of the example is nowhere in /tmp. */
            const char *told = load_one(&SCHEMA[i], SCHEMA[i].example);
            assert_non_null(fixture.config);
            assert_true(!*told || strcmp(SCHEMA[i].key, "package") == 0);
        }
}

/* A default that is not empty, or an example: the reader shows how to write the key. */
static void every_key_shows_its_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        const char *fallback = SCHEMA[i].fallback;
        bool empty = strcmp(fallback, "\"\"") == 0 || strcmp(fallback, "[]") == 0 ||
                     strcmp(fallback, "{}") == 0;
        assert_true(SCHEMA[i].example || !empty);
    }
}

static bool is_section(const char *name)
{
    for (size_t i = 0; SCHEMA_SECTIONS[i].name; i++)
        if (strcmp(SCHEMA_SECTIONS[i].name, name) == 0)
            return true;
    return false;
}

static void keys_are_in_order_and_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        const struct schema_entry *entry = &SCHEMA[i];
        assert_true(is_section(entry->section));
        assert_ptr_equal(schema_find(entry->section, entry->key), entry);
        assert_true(entry->effect != EFFECT_NONE);
        for (const char *at = entry->key; *at; at++)
            assert_true(islower((unsigned char)*at) || *at == '_');
        assert_int_equal(entry->doc[strlen(entry->doc) - 1], '.');
        assert_true((entry->type != VALUE_CHOICE) || entry->choices);
        if (i && strcmp(SCHEMA[i - 1].section, entry->section) != 0)
            for (size_t j = 0; j + 1 < i; j++)
                assert_string_not_equal(SCHEMA[j].section, entry->section);
    }
    assert_null(schema_find("build", "none"));
    assert_null(schema_find("none", "command"));
}

static void every_value_has_its_own_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCHEMA_LEN; i++)
        for (size_t j = i + 1; j < SCHEMA_LEN; j++)
            assert_int_not_equal(SCHEMA[i].offset, SCHEMA[j].offset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_default_is_valid, end),
        cmocka_unit_test_teardown(every_example_is_valid, end),
        cmocka_unit_test(every_key_shows_its_form),
        cmocka_unit_test(keys_are_in_order_and_unique),
        cmocka_unit_test(every_value_has_its_own_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
