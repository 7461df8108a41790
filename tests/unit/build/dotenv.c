#include "build/scratch.h"

#include "build/dotenv.h"

/* The whole file, the entries it makes. */
static const struct {
    const char *text, *entries;
} FILES[] = {
    {"A=1\nB=2\n", "A=1|B=2|"},
    {"A=1\r\nB=2\r\n", "A=1|B=2|"},
    {"A=1", "A=1|"},
    {"", ""},
    {"\n# comment\n  # another\n\nA=1\n", "A=1|"},
    {"  A = 1  \n", "A=1|"},
    {"export A=1\nexport\tB=2\n", "A=1|B=2|"},
    {"exported=1\n", "exported=1|"},
    {"A: 1\nB:  two\n", "A=1|B=two|"},
    {"A=\nB=x\n", "A=|B=x|"},
    {"A=one two\n", "A=one two|"},
    {"A=one # comment\n", "A=one|"},
    {"A=one#no comment\n", "A=one#no comment|"},
    {"A=#one\n", "A=#one|"},
    {"A='one # two' # three\nB=1\n", "A=one # two|B=1|"},
    {"A='$B \\n'\n", "A=$B \\n|"},
    {"A=\"a\\nb\\tc\\rd\"\n", "A=a\nb\tc\rd|"},
    {"A=\"a\\\\b\\\"c\\$B\\x\"\n", "A=a\\b\"c$Bx|"},
    {"A=\"one\ntwo\"\nB=1\n", "A=one\ntwo|B=1|"},
    {"A=\"one\r\ntwo\"\n", "A=one\ntwo|"},
    {"A='one\ntwo'\n", "A=one\ntwo|"},
    {"A=1\nB=$A/x\nC=${A}y\nD=\"<$A>\"\n", "A=1|B=1/x|C=1y|D=<1>|"},
    {"B=$NONE.\nC=${NONE}.\n", "B=.|C=.|"},
    {"A=pa$sword\nB=100$\nC=a$$\n", "A=pa$sword|B=100$|C=a$$|"},
    {"A=\\$B\n", "A=$B|"},
    {"A=C:\\dir\n", "A=C:\\dir|"},
    {"A=1\nA=2\n", "A=2|"},
    {"A.B=1\n", "A.B=1|"},
    {"A=a=b\n", "A=a=b|"},
    {"\xef\xbb\xbf"
     "A=1\n",
     "A=1|"},
    {"A=\"x\" B=\"y\"\n", "A=x|B=y|"},
};

static void files_are_read_as_godotenv_reads_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        struct strs env = {0};
        struct err err = {0};
        struct buf text = BUF_INIT(1000);
        if (dotenv_parse(FILES[i].text, strlen(FILES[i].text), ".env", &env, &err) != 0)
            fail_msg("%s: %s %s", FILES[i].text, err.place, err.message);
        STRS_EACH (entry, &env)
            (void)buf_printf(&text, "%s|", *entry);
        assert_string_equal(buf_text(&text), FILES[i].entries);
        buf_fini(&text);
        strs_fini(&env);
    }
}

static void mistakes_have_their_place(void **state)
{
    static const struct {
        const char *text, *place, *word;
    } WRONG[] = {
        {"A=1\nB=\"two\nC=3\n", ".env:2:3", "no end"},
        {"A='x", ".env:1:3", "no end"},
        {"A=1\n\n  =x\n", ".env:3:3", "name"},
        {"JUST_A_NAME\n", ".env:1:12", "'='"},
        {"A B=1\n", ".env:1:3", "'='"},
        {"A=1\n-B=1\n", ".env:2:1", "name"},
        {"A=\"x\\\"", ".env:1:3", "no end"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct strs env = {0};
        struct err err = {0};
        assert_int_equal(dotenv_parse(WRONG[i].text, strlen(WRONG[i].text), ".env", &env, &err),
                         ERR_CONFIG);
        assert_string_equal(err.place, WRONG[i].place);
        assert_non_null(strstr(err.message, WRONG[i].word));
        assert_string_not_equal(err.hint, "");
        strs_fini(&env);
    }
    struct strs env = {0};
    struct err err = {0};
    assert_int_equal(dotenv_parse("A=\0B", 4, ".env", &env, &err), ERR_CONFIG);
    assert_string_equal(err.place, ".env:1:3");
    strs_fini(&env);
}

static void it_is_bounded(void **state)
{
    struct strs env = {0};
    struct err err = {0};
    struct buf text = BUF_INIT(2 * DOTENV_BYTES_MAX);
    (void)state;
    for (int i = 0; i <= DOTENV_ENTRIES_MAX; i++)
        (void)buf_printf(&text, "A%d=x\n", i);
    assert_int_equal(dotenv_parse(buf_text(&text), text.len, ".env", &env, &err), ERR_CONFIG);
    assert_int_equal(env.len, DOTENV_ENTRIES_MAX);
    strs_clear(&env);
    buf_reset(&text);
    (void)buf_puts(&text, "A=12345678901234567890123456789012345678901234567890\n");
    while (text.len < 100000) /* each one doubles the next: 2^n bytes, but for the bound */
        (void)buf_puts(&text, "A=$A$A\n");
    assert_int_equal(dotenv_parse(buf_text(&text), text.len, ".env", &env, &err), ERR_CONFIG);
    buf_fini(&text);
    strs_fini(&env);
}

static void who_wins(void **state)
{
    struct strs base = {0}, files = {0}, extra = {0}, env = {0};
    struct err err = {0};
    (void)state;
    put("first", "A=first\nB=first\nSHELL_HAS=first\nUSES=$SHELL_HAS\n");
    put("second", "B=second\nC=$A\n");
    strs_push(&base, "SHELL_HAS=shell");
    strs_push(&base, "D=base");
    strs_push(&files, at("first"));
    strs_push(&files, at("missing"));
    strs_push(&files, at("second"));
    strs_push(&extra, "D=extra");
    strs_push(&extra, "E=extra");
    assert_int_equal(dotenv_environment(&base, &files, &extra, &env, &err), 0);
    assert_string_equal(strs_env_get(&env, "A"), "first");
    assert_string_equal(strs_env_get(&env, "B"), "second");
    assert_string_equal(strs_env_get(&env, "C"), "first");
    assert_string_equal(strs_env_get(&env, "SHELL_HAS"), "shell");
    assert_string_equal(strs_env_get(&env, "D"), "extra");
    assert_string_equal(strs_env_get(&env, "E"), "extra");
    assert_int_equal(env.len, 7);
    put("second", "B='\n");
    strs_clear(&env);
    assert_int_equal(dotenv_environment(&base, &files, &extra, &env, &err), ERR_CONFIG);
    assert_non_null(strstr(err.place, "/second:1:3"));
    strs_fini(&base);
    strs_fini(&files);
    strs_fini(&extra);
    strs_fini(&env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_read_as_godotenv_reads_them),
        cmocka_unit_test(mistakes_have_their_place),
        cmocka_unit_test(it_is_bounded),
        cmocka_unit_test(who_wins),
    };
    return cmocka_run_group_tests_name("build/dotenv", tests, scratch_make, scratch_remove);
}
