/* What is made from the table: the JSON Schema, the manual, the documentation, a first zonda.toml.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "fixture.h"

#define OUT_MAX ((size_t)1 << 20)

static struct buf out;

static int begin(void **state)
{
    (void)state;
    buf_init(&out, OUT_MAX);
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_false(out.truncated);
    buf_fini(&out);
    return 0;
}

static void the_json_schema(void **state)
{
    struct err err;
    (void)state;
    schema_write_json(&out);
    struct json *root = json_parse(buf_text(&out), out.len, &err);
    assert_non_null(root);
    assert_string_equal(json_text(json_get(root, "$schema")),
                        "https://json-schema.org/draft/2020-12/schema");
    const struct json *properties = json_get(root, "properties");
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        const struct schema_entry *entry = &SCHEMA[i];
        const struct json *table = properties;
        if (*entry->section)
            table = json_get(json_get(properties, entry->section), "properties");
        const struct json *key = json_get(table, entry->key);
        assert_string_equal(json_text(json_get(key, "description")), entry->doc);
        assert_non_null(json_get(key, "type"));
        assert_int_equal(json_len(json_get(key, "examples")), entry->example != NULL);
        assert_int_equal(json_get(key, "default") != NULL, entry->type != VALUE_COMMAND);
    }
    const struct json *settle =
        json_get(json_get(json_get(properties, "watch"), "properties"), "settle_max");
    assert_string_equal(json_text(json_get(settle, "default")), "2s");
    assert_int_equal(json_number(json_get(settle, "maximum"), -1), 3600000);
    const struct json *rule = json_get(json_get(properties, "rule"), "items");
    for (size_t i = 0; SCHEMA_RULE[i].name; i++)
        assert_non_null(json_get(json_get(rule, "properties"), SCHEMA_RULE[i].name));
    json_free(root);
}

static void contains(const char *text)
{
    assert_non_null(strstr(buf_text(&out), text));
}

static void the_manual(void **state)
{
    (void)state;
    schema_write_manual(&out);
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        char *item = mem_format("\n.It Ic %s", SCHEMA[i].key);
        contains(item);
        free(item);
    }
    /* No line is taken for a request by accident, and none is too long. */
    for (const char *line = buf_text(&out); *line; line += *line == '\n') {
        size_t len = strcspn(line, "\n");
        assert_true(len <= 80);
        assert_true(*line != '\'');
        assert_true(*line != '.' || (line[1] >= 'A' && line[1] <= 'Z'));
        line += len;
    }
}

static void the_documentation(void **state)
{
    (void)state;
    schema_write_markdown(&out);
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        char *row = mem_format("\n| `%s` | ", SCHEMA[i].key);
        contains(row);
        free(row);
    }
    for (size_t i = 0; SCHEMA_SECTIONS[i].name; i++)
        contains(SCHEMA_SECTIONS[i].doc);
}

/* Takes "# key = value" for "key = value", as a user who removes the sign. */
static char *uncommented(const char *text)
{
    struct buf all = BUF_INIT(OUT_MAX);
    while (*text) {
        size_t len = strcspn(text, "\n");
        size_t key = 2 + strspn(text + (len > 2 ? 2 : 0), "abcdefghijklmnopqrstuvwxyz_");
        bool is = len > 2 && strncmp(text, "# ", 2) == 0 && strncmp(text + key, " = ", 3) == 0;
        (void)buf_append(&all, text + 2 * is, len - 2 * is);
        (void)buf_putc(&all, '\n');
        text += len;
        text += *text == '\n';
    }
    char *result = buf_steal(&all);
    buf_fini(&all);
    return result;
}

/* Without a mistake, but that the package of the example is nowhere in /tmp. */
static void is_right(struct fixture *fixture, const char *text)
{
    const char *told = fixture_load(fixture, PROJECT "/zonda.toml", text);
    assert_non_null(strstr(told, "warning: package ./cmd/api is no directory"));
    assert_int_equal(fixture->problems.errors, 0);
    assert_int_equal(fixture->problems.warnings, 1);
}

/* It changes nothing, and with each sign removed it is still valid. */
static void a_first_file(void **state)
{
    struct fixture fixture = {0}, defaults = {0};
    struct init_facts facts = {0};
    struct strs changed = {0};
    (void)state;
    schema_write_init(&facts, &out);
    assert_string_equal(fixture_load(&fixture, PROJECT "/zonda.toml", buf_text(&out)), "");
    (void)fixture_load(&defaults, PROJECT "/zonda.toml", "");
    assert_int_equal(config_difference(fixture.config, defaults.config, &changed), EFFECT_NONE);
    assert_int_equal(changed.len, 0);
    char *all = uncommented(buf_text(&out));
    is_right(&fixture, all);
    for (size_t i = 0; i < SCHEMA_LEN; i++)
        assert_int_equal(fixture.config->origins[i].kind, ORIGIN_FILE);
    free(all);
    strs_fini(&changed);
    fixture_fini(&fixture);
    fixture_fini(&defaults);
}

static void a_first_file_that_fits(void **state)
{
    struct fixture fixture = {0};
    struct strs mains = {0};
    (void)state;
    strs_push(&mains, "./cmd/api");
    strs_push(&mains, "./cmd/worker");
    struct init_facts facts = {.package = "./cmd/api", .mains = &mains, .has_env_file = true};
    schema_write_init(&facts, &out);
    is_right(&fixture, buf_text(&out));
    assert_string_equal(fixture.config->build.package, "./cmd/api");
    assert_string_equal(fixture.config->env_files.at[0], PROJECT "/.env");
    assert_non_null(strstr(buf_text(&out), "./cmd/worker"));
    buf_reset(&out);
    facts.loads_env_itself = true;
    schema_write_init(&facts, &out);
    is_right(&fixture, buf_text(&out));
    assert_int_equal(fixture.config->env_files.len, 0);
    strs_fini(&mains);
    fixture_fini(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_json_schema, begin, end),
        cmocka_unit_test_setup_teardown(the_manual, begin, end),
        cmocka_unit_test_setup_teardown(the_documentation, begin, end),
        cmocka_unit_test_setup_teardown(a_first_file, begin, end),
        cmocka_unit_test_setup_teardown(a_first_file_that_fits, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
