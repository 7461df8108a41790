/* What zonda doctor finds. */
#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "command/doctor/doctor.h"
#include "platform/environment.h"
#include "platform/fs.h"

static struct doctor *doctor_new(void)
{
    static const struct arguments arguments;
    struct doctor *doctor = mem_new(1, sizeof *doctor);
    doctor->arguments = &arguments;
    doctor->root = mem_string("/");
    environment_read(&doctor->env);
    return doctor;
}

static void doctor_free(struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->findings.len; i++) {
        free(doctor->findings.at[i].message);
        free(doctor->findings.at[i].hint);
    }
    vec_fini(&doctor->findings);
    json_free(doctor->status);
    strs_fini(&doctor->env);
    free(doctor->root);
    free(doctor);
}

/* The first finding whose message holds text. */
static const struct finding *finding_of(const struct doctor *doctor, const char *text)
{
    for (size_t i = 0; i < doctor->findings.len; i++)
        if (strstr(doctor->findings.at[i].message, text))
            return &doctor->findings.at[i];
    fail_msg("no finding with %s", text);
    return NULL;
}

static void captures_what_a_command_prints(void **state)
{
    static const char *const prints[] = {"sh", "-c", "pwd; echo dropped >&2", NULL};
    struct buf out = BUF_INIT((size_t)1000);
    struct strs env = {0};
    struct err err = {0};
    (void)state;
    environment_read(&env);
    assert_int_equal(doctor_capture(prints, &env, 30000, &out, &err), 0);
    assert_string_equal(buf_text(&out), "/\n");
    strs_fini(&env);
    buf_fini(&out);
}

static void tells_why_a_command_gave_nothing(void **state)
{
    static const char *const fails[] = {"sh", "-c", "exit 7", NULL};
    static const char *const hangs[] = {"sleep", "600", NULL};
    static const char *const missing[] = {"there-is-no-such-command", NULL};
    struct buf out = BUF_INIT((size_t)1000);
    struct strs env = {0};
    struct err err = {0};
    (void)state;
    environment_read(&env);
    assert_int_equal(doctor_capture(fails, &env, 30000, &out, &err), ERR_SYSTEM);
    assert_non_null(strstr(err.message, "exit status 7"));
    assert_int_equal(doctor_capture(hangs, &env, 50, &out, &err), ERR_SYSTEM);
    assert_non_null(strstr(err.message, "sleep did not end in time"));
    assert_true(doctor_capture(missing, &env, 30000, &out, &err) < 0);
    assert_non_null(strstr(err.message, "there-is-no-such-command"));
    strs_fini(&env);
    buf_fini(&out);
}

static void tells_a_port_of_ours_from_one_that_is_taken(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    struct err err;
    (void)state;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    int port = ntohs(address.sin_port);

    struct config config = {.root = NULL};
    char *value = mem_format("127.0.0.1:%d", port);
    struct doctor *doctor = doctor_new();
    doctor->config = &config;
    strs_env_set(&doctor->env, "ADDR", value);
    check_ports(doctor);
    char *wanted = mem_format("%d (ADDR) is in use by pid %d", port, getpid());
    assert_int_equal(finding_of(doctor, wanted)->level, FINDING_WARN);
    assert_non_null(finding_of(doctor, wanted)->hint);
    free(wanted);
    doctor_free(doctor);

    char *text = mem_format("{\"ports\":[%d]}", port);
    doctor = doctor_new();
    doctor->status = json_parse(text, strlen(text), &err);
    assert_non_null(doctor->status);
    check_ports(doctor);
    wanted = mem_format("%d is the app's", port);
    assert_int_equal(finding_of(doctor, wanted)->level, FINDING_OK);
    free(wanted);
    doctor_free(doctor);
    free(text);
    free(value);
    (void)close(fd);
}

/* What makes a run end with status 3 is no healthy project. */
static void finds_what_a_run_would_build(void **state)
{
    char scratch[] = "/tmp/zonda-test-XXXXXX";
    char *empty = mem_string("");
    struct err err;
    (void)state;
    assert_non_null(mkdtemp(scratch));
    struct config config = {.root = scratch, .tmp_dir = scratch};
    config.build.package = config.build.output = empty;
    struct doctor *doctor = doctor_new();
    mem_replace(&doctor->root, scratch);
    doctor->config = &config;
    check_target(doctor);
    check_ports(doctor);
    const struct finding *finding = finding_of(doctor, "there is nothing to build or run");
    assert_int_equal(finding->level, FINDING_FAIL);
    assert_non_null(finding->hint);
    (void)finding_of(doctor, "none is known"); /* of gin's port there is no word */
    doctor_free(doctor);

    char *module = mem_format("%s/go.mod", scratch), *source = mem_format("%s/main.go", scratch);
    assert_int_equal(fs_write(module, "module a.b/shop\n", 16, 0644, &err), 0);
    assert_int_equal(fs_write(source, "package main\n", 13, 0644, &err), 0);
    doctor = doctor_new();
    mem_replace(&doctor->root, scratch);
    doctor->config = &config;
    check_target(doctor);
    assert_int_equal(finding_of(doctor, "shop: go build .")->level, FINDING_OK);
    doctor_free(doctor);
    assert_int_equal(fs_remove_tree(scratch, &err), 0);
    free(module);
    free(source);
    free(empty);
}

static void finds_a_tmp_dir_that_cannot_be(void **state)
{
    char scratch[] = "/tmp/zonda-test-XXXXXX";
    struct err err;
    (void)state;
    assert_non_null(mkdtemp(scratch));
    char *file = mem_format("%s/file", scratch);
    char *good = mem_format("%s/not/yet", scratch);
    assert_int_equal(fs_write(file, "x", 1, 0644, &err), 0);

    struct config config = {.tmp_dir = file};
    struct doctor *doctor = doctor_new();
    mem_replace(&doctor->root, scratch);
    doctor->config = &config;
    check_tmp(doctor);
    assert_int_equal(finding_of(doctor, "is not a directory")->level, FINDING_FAIL);
    doctor_free(doctor);

    config.tmp_dir = good;
    doctor = doctor_new();
    mem_replace(&doctor->root, scratch);
    doctor->config = &config;
    check_tmp(doctor);
    assert_int_equal(finding_of(doctor, "not/yet will be made")->level, FINDING_OK);
    doctor_free(doctor);

    assert_int_equal(fs_remove_tree(scratch, &err), 0);
    free(good);
    free(file);
}

static void compares_go_with_go_mod(void **state)
{
    char scratch[] = "/tmp/zonda-test-XXXXXX";
    static const char wants[] = "module example.com/shop\n\ngo 1.999.9\n";
    struct err err;
    (void)state;
    char *go = fs_which("go");
    if (!go)
        skip();
    free(go);
    assert_non_null(mkdtemp(scratch));
    char *file = mem_format("%s/go.mod", scratch);
    assert_int_equal(fs_write(file, wants, sizeof wants - 1, 0644, &err), 0);
    struct doctor *doctor = doctor_new();
    mem_replace(&doctor->root, scratch);
    strs_env_set(&doctor->env, "GOTOOLCHAIN", "local");
    check_go(doctor);
    assert_int_equal(finding_of(doctor, "wants go 1.999.9")->level, FINDING_FAIL);
    doctor_free(doctor);
    /* What may fetch another toolchain is only warned about. */
    doctor = doctor_new();
    mem_replace(&doctor->root, scratch);
    strs_env_set(&doctor->env, "GOTOOLCHAIN", "auto");
    check_go(doctor);
    assert_int_equal(finding_of(doctor, "wants go 1.999.9")->level, FINDING_WARN);
    doctor_free(doctor);
    /* No command at all. */
    doctor = doctor_new();
    mem_replace(&doctor->root, scratch);
    char *path = mem_string(getenv("PATH"));
    assert_int_equal(setenv("PATH", scratch, 1), 0);
    check_go(doctor);
    assert_int_equal(setenv("PATH", path, 1), 0);
    assert_int_equal(finding_of(doctor, "no go command")->level, FINDING_FAIL);
    doctor_free(doctor);
    assert_int_equal(fs_remove_tree(scratch, &err), 0);
    free(path);
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(captures_what_a_command_prints),
        cmocka_unit_test(tells_why_a_command_gave_nothing),
        cmocka_unit_test(tells_a_port_of_ours_from_one_that_is_taken),
        cmocka_unit_test(finds_what_a_run_would_build),
        cmocka_unit_test(finds_a_tmp_dir_that_cannot_be),
        cmocka_unit_test(compares_go_with_go_mod),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
