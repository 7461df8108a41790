/*
 * The restart policy: what follows when the app ends by itself. Pure: times come in, a decision
 * goes out.
 *
 * A crash (any end but exit status 0) is followed by a new start after restart_delay · 2^i, at most
 * POLICY_DELAY_MAX_MS, i being the crashes in a row before this one, and a fifth more or less by
 * chance, so that services that fall together do not come back together; after max_retries such
 * starts it waits for a change or a key. A generation that lived long enough ends the row. Exit
 * status 0 is an end and no crash: with "always" the app is started again after restart_delay and
 * the row is left alone.
 *
 * All starts of the last minute are counted, whatever their cause. Where there were max_restarts of
 * them a crash waits for a change as well, and an exit status 0 with "always" waits until there is
 * room. Starts that a person asks for are never refused.
 */
#ifndef ZONDA_RUN_POLICY_H
#define ZONDA_RUN_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"
#include "config/config.h"
#include "platform/process.h"

#define POLICY_WHAT_TO_DO "waiting for a change, r or zonda trigger"

#define POLICY_DELAY_MAX_MS   10000
#define POLICY_JITTER         5     /* more or less by one part of so many */
#define POLICY_LIVED_MS       10000 /* a generation that lived for this long ends the row */
#define POLICY_LIVED_READY_MS 5000  /* one that became ready, for this long */

struct policy_rules {
    enum restart_policy restart;
    uint32_t restart_delay_ms, max_retries, max_restarts;
};

struct policy {
    uint32_t (*random)(void); /* any number; NULL: the delays are exact */
    uint32_t row;             /* crashes in a row that were followed by a new start */
    VEC(uint64_t) starts_ns;  /* of the last minute, at most max_restarts */
};

struct policy_end {
    struct exit_status status;
    uint64_t lived_ms;
    bool ready; /* it became ready */
};

struct policy_decision {
    bool retry;
    uint32_t delay_ms;
    char why[256];
};

void policy_fini(struct policy *policy);
void policy_reset(struct policy *policy); /* a change of the user: the row is over */
void policy_started(struct policy *policy, const struct policy_rules *rules, uint64_t mono_ns);
/* May it be started once more, or were there max_restarts in the last minute? */
bool policy_has_room(struct policy *policy, const struct policy_rules *rules, uint64_t mono_ns);
void policy_ended(struct policy *policy, const struct policy_rules *rules,
                  const struct policy_end *end, uint64_t mono_ns, struct policy_decision *decision);

#endif
