/* What zonda would build and run here, found as a run finds it. */
#include "command/doctor/doctor.h"
#include "engine/state.h"

static void check_one(struct doctor *doctor, const struct config *config)
{
    struct target target;
    struct err err = {0};
    const char *service = config->service ? config->service : "";
    if (target_find(config, &target, &err) != 0) {
        doctor_add(doctor, FINDING_FAIL, "target", *err.hint ? err.hint : NULL, "%s%s%s", service,
                   *service ? ": " : "", err.message);
        return;
    }
    const char *name = *service ? service : target.name;
    if (target.is_default)
        doctor_add(doctor, FINDING_OK, "target", NULL, "%s: go build %s", name, target.package);
    else
        doctor_add(doctor, FINDING_OK, "target", NULL, "%s: %s", name,
                   target.builds ? "[build] command builds it" : "[run] command is run as it is");
    target_fini(&target);
}

void check_target(struct doctor *doctor)
{
    const struct config *config = doctor->config;
    if (!config)
        return; /* what is wrong with it is told */
    for (size_t i = 0; i < config->services.len; i++)
        check_one(doctor, config->services.at[i]);
    if (!config->services.len)
        check_one(doctor, config);
}
