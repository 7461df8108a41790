#include <stdlib.h>
#include <string.h>

#include "command/doctor/doctor.h"
#include "platform/sysinfo.h"
#include "platform/terminal.h"

#define FILES_LOW 256

static void check_files(struct doctor *doctor, const struct sysinfo_limits *limits)
{
    if (limits->files_max >= 0 && limits->files_max < FILES_LOW)
        doctor_add(doctor, FINDING_WARN, "descriptors", "raise it with: ulimit -n 4096",
                   "only %ld files may be open at once", limits->files_max);
    else if (limits->files_max < 0)
        doctor_add(doctor, FINDING_OK, "descriptors", NULL, "no limit on open files");
    else
        doctor_add(doctor, FINDING_OK, "descriptors", NULL, "%ld files may be open at once",
                   limits->files_max);
}

static bool is_utf8(const struct strs *env)
{
    const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < 3; i++) {
        const char *value = strs_env_get(env, names[i]);
        if (value && *value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

static void check_terminal(struct doctor *doctor)
{
    const char *term = strs_env_get(&doctor->env, "TERM");
    const char *no_color = strs_env_get(&doctor->env, "NO_COLOR");
    bool tty = terminal_is_tty(1);
    const char *colors = no_color && *no_color ? "no colours (NO_COLOR)" : "colours";
    if (!tty)
        doctor_add(doctor, FINDING_OK, "terminal", NULL,
                   "output is no terminal: no colours, no keys, no progress line");
    else if (!term || strcmp(term, "dumb") == 0)
        doctor_add(doctor, FINDING_OK, "terminal", NULL, "TERM is %s: no colours, no progress line",
                   term ? term : "not set");
    else
        doctor_add(doctor, FINDING_OK, "terminal", NULL, "%s, %d columns, %s", term,
                   terminal_columns(1), colors);
    if (tty && !is_utf8(&doctor->env))
        doctor_add(doctor, FINDING_WARN, "locale", "set LANG=C.UTF-8",
                   "the locale is not UTF-8: some characters may look wrong");
}

void check_system(struct doctor *doctor)
{
    struct sysinfo_limits limits;
    sysinfo_limits(&limits);
    int processors = sysinfo_processors();
    doctor_add(doctor, FINDING_OK, "zonda", NULL, "%s", ZONDA_VERSION);
    doctor_add(doctor, FINDING_OK, "system", NULL, "%s, %d processor%s", sysinfo_system(),
               processors, processors == 1 ? "" : "s");
    check_files(doctor, &limits);
    check_terminal(doctor);
}
