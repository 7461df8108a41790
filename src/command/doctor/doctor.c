#include "command/doctor/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "command/project.h"
#include "platform/environment.h"
#include "platform/fs.h"

#define STATUS_TIMEOUT_MS 2000
#define MESSAGE_MAX       ((size_t)2048)
#define OUTPUT_MAX        ((size_t)1 << 20)

void doctor_add(struct doctor *doctor, enum finding_level level, const char *topic,
                const char *hint, const char *format, ...)
{
    struct buf message = BUF_INIT(MESSAGE_MAX);
    va_list args;
    va_start(args, format);
    (void)buf_vprintf(&message, format, args);
    va_end(args);
    struct finding finding = {.level = level, .topic = topic, .message = buf_steal(&message)};
    finding.hint = mem_string(hint);
    vec_push(&doctor->findings, finding);
}

static const char *const LEVELS[] = {"ok", "warn", "fail"};

static void print_text(const struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->findings.len; i++) {
        const struct finding *finding = &doctor->findings.at[i];
        (void)printf("%-4s  %-12s %s\n", LEVELS[finding->level], finding->topic, finding->message);
        if (finding->hint)
            (void)printf("      %-12s hint: %s\n", "", finding->hint);
    }
}

static void print_json(const struct doctor *doctor, bool healthy)
{
    struct buf out = BUF_INIT(OUTPUT_MAX);
    struct json_writer writer = {.out = &out};
    json_object_begin(&writer, NULL);
    json_int(&writer, "v", 1);
    json_bool(&writer, "healthy", healthy);
    json_array_begin(&writer, "findings");
    for (size_t i = 0; i < doctor->findings.len; i++) {
        const struct finding *finding = &doctor->findings.at[i];
        json_object_begin(&writer, NULL);
        json_string(&writer, "level", LEVELS[finding->level]);
        json_string(&writer, "topic", finding->topic);
        json_string(&writer, "message", finding->message);
        json_string(&writer, "hint", finding->hint);
        json_object_end(&writer);
    }
    json_array_end(&writer);
    json_object_end(&writer);
    (void)puts(buf_text(&out));
    buf_fini(&out);
}

static int run(const struct arguments *arguments)
{
    static void (*const checks[])(struct doctor *) = {check_system,  check_config, check_target,
                                                      check_running, check_tree,   check_tmp,
                                                      check_go,      check_ports};
    struct doctor doctor = {.arguments = arguments};
    struct err ignored;
    environment_read(&doctor.env);
    doctor.config = project_config(arguments, NULL, &doctor.problems);
    doctor.root = doctor.config ? mem_string(doctor.config->root) : fs_cwd();
    (void)project_ask("{\"v\":1,\"command\":\"status\"}", STATUS_TIMEOUT_MS, &doctor.status, NULL,
                      &ignored);
    bool healthy = true;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        checks[i](&doctor);
    for (size_t i = 0; i < doctor.findings.len; i++)
        healthy = healthy && doctor.findings.at[i].level != FINDING_FAIL;
    if (arguments->json)
        print_json(&doctor, healthy);
    else
        print_text(&doctor);

    for (size_t i = 0; i < doctor.findings.len; i++) {
        free(doctor.findings.at[i].message);
        free(doctor.findings.at[i].hint);
    }
    vec_fini(&doctor.findings);
    problems_fini(&doctor.problems);
    json_free(doctor.status);
    strs_fini(&doctor.env);
    free(doctor.root);
    if (doctor.config)
        config_free(doctor.config);
    return healthy ? EXIT_OK : EXIT_APP;
}

const struct command_entry COMMAND_DOCTOR = {
    .name = "doctor",
    .usage = "zonda doctor [--json]",
    .summary = "Check this machine and project for what keeps reloads from working",
    .help =
        "Looks at watch limits against the directories of this project, file systems that deliver\n"
        "no events, the directory for builds, the Go toolchain, the configuration, what would be\n"
        "built and run, the ports of the app and who holds them, and the terminal. Changes "
        "nothing. Exit status 0, or 1\n"
        "where something fails.",
    .run = run,
};
