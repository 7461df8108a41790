/* The ports the app is likely to want, and who has them. */
#include <stdlib.h>
#include <string.h>

#include "build/dotenv.h"
#include "build/golang/gomod.h"
#include "command/doctor/doctor.h"
#include "command/project.h"
#include "platform/sysinfo.h"

#define PORTS_MAX 16

struct ports {
    struct {
        uint16_t port;
        const char *from; /* why it is looked at */
    } at[PORTS_MAX];
    size_t len;
};

static void add(struct ports *ports, long port, const char *from)
{
    if (port < 1 || port > 65535 || ports->len == PORTS_MAX)
        return;
    for (size_t i = 0; i < ports->len; i++)
        if (ports->at[i].port == port)
            return;
    ports->at[ports->len].port = (uint16_t)port;
    ports->at[ports->len++].from = from;
}

/* "8080", ":8080", "127.0.0.1:8080", "[::1]:8080"; 0 where text is none of them. */
static long port_of(const char *text)
{
    const char *colon = strrchr(text, ':');
    const char *digits = colon ? colon + 1 : text;
    char *end;
    if (*digits < '0' || *digits > '9')
        return 0;
    long port = strtol(digits, &end, 10);
    return *end ? 0 : port;
}

static void from_environment(const struct doctor *doctor, struct ports *ports)
{
    static const char *const names[] = {"PORT",      "ADDR",        "HTTP_PORT",
                                        "HTTP_ADDR", "APP_PORT",    "SERVER_PORT",
                                        "ADDRESS",   "SERVER_ADDR", "LISTEN_ADDR"};
    struct strs env = {0};
    struct err ignored;
    if (dotenv_environment(&doctor->env, &doctor->config->env_files, &doctor->config->run.env, &env,
                           &ignored) == 0)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            const char *value = strs_env_get(&env, names[i]);
            if (value)
                add(ports, port_of(value), names[i]);
        }
    strs_fini(&env);
}

/* Is port one of those the app of the running zonda listens on? */
static bool is_ours(const struct json *running, uint16_t port)
{
    for (size_t i = 0; i < json_len(running); i++)
        if (json_number(json_at(running, i), 0) == port)
            return true;
    return false;
}

void check_ports(struct doctor *doctor)
{
    struct ports ports = {0};
    const struct json *running = json_get(doctor->status, "ports");
    for (size_t i = 0; i < json_len(running); i++)
        add(&ports, (long)json_number(json_at(running, i), 0), "the app");
    if (doctor->config)
        from_environment(doctor, &ports);
    if (gomod_is_in(doctor->root))
        add(&ports, 8080, "gin's default");
    if (ports.len == 0)
        doctor_add(doctor, FINDING_OK, "ports", NULL, "none is known before the app has started");
    for (size_t i = 0; i < ports.len; i++) {
        uint16_t port = ports.at[i].port;
        const char *from = ports.at[i].from;
        int pid;
        char command[200];
        if (!sysinfo_port_owner(port, &pid, command, sizeof command))
            doctor_add(doctor, FINDING_OK, "ports", NULL, "%u is free (%s)", port, from);
        else if (is_ours(running, port))
            doctor_add(doctor, FINDING_OK, "ports", NULL, "%u is the app's (pid %d: %s)", port, pid,
                       command);
        else if (pid)
            doctor_add(doctor, FINDING_WARN, "ports",
                       "end that process, or give the app another port",
                       "%u (%s) is in use by pid %d: %s", port, from, pid, command);
        else
            doctor_add(doctor, FINDING_WARN, "ports",
                       "run doctor as root to see who it is, or give the app another port",
                       "%u (%s) is in use by a process of another user", port, from);
    }
}
