#include <inttypes.h>

#include "base/path.h"
#include "command/doctor/doctor.h"

void check_config(struct doctor *doctor)
{
    const struct config *config = doctor->config;
    if (config && config->file)
        doctor_add(doctor, FINDING_OK, "config", NULL, "%s is valid",
                   path_show(config->root, config->file));
    else if (config)
        doctor_add(doctor, FINDING_OK, "config", "zonda init writes one",
                   "no file here: the defaults apply");
    VEC_EACH (struct problem, problem, &doctor->problems.list) {
        char place[PROBLEM_PLACE_BYTES];
        doctor_add(doctor, problem->error ? FINDING_FAIL : FINDING_WARN, "config", problem->hint,
                   "%s: %s", problem_place(problem, place, sizeof place), problem->message);
    }
    if (!config && doctor->problems.list.len == 0)
        doctor_add(doctor, FINDING_FAIL, "config", NULL, "the configuration cannot be read");
}

void check_running(struct doctor *doctor)
{
    const struct json *status = doctor->status;
    const char *root = json_text(json_get(status, "root"));
    const char *state = json_text(json_get(status, "state"));
    if (!status)
        doctor_add(doctor, FINDING_OK, "running", NULL, "no zonda runs for this directory");
    else
        doctor_add(doctor, FINDING_OK, "running", NULL,
                   "zonda %s runs for %s (pid %" PRId64 ", the app is %s)",
                   json_text(json_get(status, "version")) ? json_text(json_get(status, "version"))
                                                          : "of an unknown version",
                   root ? root : "this directory", json_number(json_get(status, "pid"), 0),
                   state ? state : "in an unknown state");
}
