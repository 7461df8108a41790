/* What zonda would build and run here, found as a run finds it. */
#include "command/doctor/doctor.h"
#include "engine/state.h"

void check_target(struct doctor *doctor)
{
    struct target target;
    struct err err = {0};
    if (!doctor->config)
        return; /* what is wrong with it is told */
    if (target_find(doctor->config, &target, &err) != 0) {
        doctor_add(doctor, FINDING_FAIL, "target", *err.hint ? err.hint : NULL, "%s", err.message);
        return;
    }
    if (target.is_default)
        doctor_add(doctor, FINDING_OK, "target", NULL, "%s: go build %s", target.name,
                   target.package);
    else
        doctor_add(doctor, FINDING_OK, "target", NULL, "%s: %s", target.name,
                   target.builds ? "[build] command builds it" : "[run] command is run as it is");
    target_fini(&target);
}
