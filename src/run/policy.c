#include "run/policy.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"

#define MINUTE_NS (60 * CLOCK_NS_PER_S)

void policy_fini(struct policy *policy)
{
    vec_fini(&policy->starts_ns);
    policy->row = 0;
}

void policy_reset(struct policy *policy)
{
    policy->row = 0;
}

static void forget_old(struct policy *policy, uint64_t mono_ns)
{
    while (policy->starts_ns.len > 0 && policy->starts_ns.at[0] + MINUTE_NS <= mono_ns)
        vec_remove(&policy->starts_ns, 0);
}

void policy_started(struct policy *policy, const struct policy_rules *rules, uint64_t mono_ns)
{
    forget_old(policy, mono_ns);
    while (policy->starts_ns.len > 0 && policy->starts_ns.len >= rules->max_restarts)
        vec_remove(&policy->starts_ns, 0);
    vec_push(&policy->starts_ns, mono_ns);
}

static bool minute_is_full(const struct policy *policy, const struct policy_rules *rules)
{
    return policy->starts_ns.len >= rules->max_restarts;
}

bool policy_has_room(struct policy *policy, const struct policy_rules *rules, uint64_t mono_ns)
{
    forget_old(policy, mono_ns);
    return !minute_is_full(policy, rules);
}

static uint32_t back_off(const struct policy *policy, const struct policy_rules *rules)
{
    uint64_t delay_ms = rules->restart_delay_ms;
    for (uint32_t i = 0; i < policy->row && delay_ms < POLICY_DELAY_MAX_MS; i++)
        delay_ms *= 2;
    /* A first delay that is longer than the bound was asked for by somebody. */
    uint32_t most = rules->restart_delay_ms > POLICY_DELAY_MAX_MS ? rules->restart_delay_ms
                                                                  : POLICY_DELAY_MAX_MS;
    if (policy->random) {
        uint64_t fifth = delay_ms / POLICY_JITTER;
        delay_ms = delay_ms - fifth + policy->random() % (2 * fifth + 1);
    }
    return delay_ms < most ? (uint32_t)delay_ms : most;
}

static void after_success(const struct policy *policy, const struct policy_rules *rules,
                          uint64_t mono_ns, struct policy_decision *decision)
{
    if (rules->restart != RESTART_ALWAYS || rules->max_restarts == 0) {
        (void)snprintf(decision->why, sizeof decision->why, "the app ended with exit status 0; %s",
                       POLICY_WHAT_TO_DO);
        return;
    }
    uint64_t delay_ms = rules->restart_delay_ms;
    if (minute_is_full(policy, rules)) {
        uint64_t room_ns = policy->starts_ns.at[0] + MINUTE_NS - mono_ns;
        uint64_t room_ms = room_ns / CLOCK_NS_PER_MS + 1;
        delay_ms = room_ms > delay_ms ? room_ms : delay_ms;
    }
    decision->retry = true;
    decision->delay_ms = (uint32_t)delay_ms;
    (void)snprintf(decision->why, sizeof decision->why, "the app ended with exit status 0");
}

static void after_crash(struct policy *policy, const struct policy_rules *rules, const char *how,
                        struct policy_decision *decision)
{
    char *why = decision->why;
    if (rules->restart == RESTART_NEVER) {
        (void)snprintf(why, sizeof decision->why, "the app ended: %s; %s", how, POLICY_WHAT_TO_DO);
    } else if (policy->row >= rules->max_retries) {
        (void)snprintf(why, sizeof decision->why,
                       "the app crashed: %s, %" PRIu32 " %s in a row; %s", how, policy->row + 1,
                       policy->row ? "times" : "time", POLICY_WHAT_TO_DO);
    } else if (minute_is_full(policy, rules)) {
        (void)snprintf(why, sizeof decision->why,
                       "the app crashed: %s, and was started %" PRIu32
                       " times in the last minute; %s",
                       how, rules->max_restarts, POLICY_WHAT_TO_DO);
    } else {
        decision->retry = true;
        decision->delay_ms = back_off(policy, rules);
        policy->row++;
        (void)snprintf(why, sizeof decision->why,
                       "the app crashed: %s (restart %" PRIu32 " of %" PRIu32 ")", how, policy->row,
                       rules->max_retries);
    }
}

void policy_ended(struct policy *policy, const struct policy_rules *rules,
                  const struct policy_end *end, uint64_t mono_ns, struct policy_decision *decision)
{
    *decision = (struct policy_decision){0};
    forget_old(policy, mono_ns);
    if (end->lived_ms >= POLICY_LIVED_MS || (end->ready && end->lived_ms >= POLICY_LIVED_READY_MS))
        policy->row = 0;
    if (exit_status_code(end->status) == 0) {
        after_success(policy, rules, mono_ns, decision);
        return;
    }
    struct buf how = BUF_INIT(128);
    exit_status_words(end->status, &how);
    after_crash(policy, rules, buf_text(&how), decision);
    buf_fini(&how);
}
