#include "observe/reload.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "platform/random.h"

const char *reload_outcome_name(enum reload_outcome outcome)
{
    static const char *const NAMES[] = {[RELOAD_RUNNING] = "running",
                                        [RELOAD_SERVED] = "served",
                                        [RELOAD_ENDED] = "ended",
                                        [RELOAD_UNCHANGED] = "unchanged",
                                        [RELOAD_REFRESHED] = "refreshed",
                                        [RELOAD_BUILD_FAILED] = "build_failed",
                                        [RELOAD_START_FAILED] = "start_failed",
                                        [RELOAD_OBSOLETE] = "obsolete",
                                        [RELOAD_STOPPED] = "stopped"};
    return NAMES[outcome];
}

const char *reload_cause_name(enum reload_cause cause)
{
    static const char *const NAMES[] = {
        [CAUSE_START] = "start",   [CAUSE_CHANGE] = "change",   [CAUSE_KEY] = "key",
        [CAUSE_SIGNAL] = "signal", [CAUSE_CONTROL] = "control", [CAUSE_CONFIG] = "config",
        [CAUSE_CRASH] = "crash"};
    return NAMES[cause];
}

const char *reload_phase_name(enum reload_phase phase)
{
    static const char *const NAMES[] = {[PHASE_DECIDE] = "decide",
                                        [PHASE_WAIT] = "wait",
                                        [PHASE_BUILD] = "build",
                                        [PHASE_STOP] = "stop",
                                        [PHASE_START] = "start"};
    return NAMES[phase];
}

void reload_identify(struct reload *reload)
{
    random_hex(reload->trace_id, TRACE_ID_BYTES - 1);
    random_hex(reload->span_id, SPAN_ID_BYTES - 1);
    for (int phase = 0; phase < PHASES; phase++)
        random_hex(reload->span_ids[phase], SPAN_ID_BYTES - 1);
}

void reload_traceparent(const struct reload *reload, enum reload_phase phase,
                        char text[TRACEPARENT_BYTES])
{
    (void)snprintf(text, TRACEPARENT_BYTES, "00-%s-%s-01", reload->trace_id,
                   reload->span_ids[phase]);
}

void reload_fini(struct reload *reload)
{
    strs_fini(&reload->changed);
    diagnostics_fini(&reload->diagnostics);
}

static int64_t between(uint64_t from, uint64_t to)
{
    return from && to >= from ? (int64_t)(to - from) : -1;
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* The new version was started while the old one served, which was then asked to stop. */
static bool overlapped(const struct reload_times *at)
{
    return at->start && at->stop_start > at->start;
}

int64_t reload_phase_ns(const struct reload *reload, enum reload_phase phase)
{
    const struct reload_times *at = &reload->times;
    switch (phase) {
    case PHASE_DECIDE:
        return between(at->change, at->decided);
    case PHASE_WAIT:
        return between(at->decided, at->build_start);
    case PHASE_BUILD:
        /* A rule's command that nothing follows ends with the reload. */
        if (!at->build_end && reload->outcome == RELOAD_REFRESHED)
            return between(at->build_start, at->end);
        return between(at->build_start, at->build_end);
    case PHASE_STOP:
        return between(at->stop_start, overlapped(at) ? at->ready : at->stop_end);
    case PHASE_START:
        if (overlapped(at))
            return between(later(at->decided, at->build_end), at->stop_start);
        return between(later(at->decided, later(at->build_end, at->stop_end)), at->ready);
    }
    return -1;
}

int64_t reload_total_ns(const struct reload *reload)
{
    return between(reload->times.change,
                   reload->times.ready ? reload->times.ready : reload->times.end);
}

static int64_t rounded_ms(int64_t ns)
{
    return (ns + (int64_t)CLOCK_NS_PER_MS / 2) / (int64_t)CLOCK_NS_PER_MS;
}

static void write_phases(const struct reload *reload, struct json_writer *json)
{
    json_object_begin(json, "phases");
    for (enum reload_phase phase = PHASE_DECIDE; phase <= PHASE_START; phase++) {
        int64_t ns = reload_phase_ns(reload, phase);
        if (ns >= 0)
            json_int(json, reload_phase_name(phase), rounded_ms(ns));
    }
    json_object_end(json);
    json_string(json, "span_id", reload->span_id);
    json_object_begin(json, "span_ids");
    for (enum reload_phase phase = PHASE_DECIDE; phase <= PHASE_START; phase++)
        if (reload_phase_ns(reload, phase) >= 0)
            json_string(json, reload_phase_name(phase), reload->span_ids[phase]);
    json_object_end(json);
    if (reload_total_ns(reload) >= 0)
        json_int(json, "total_ms", rounded_ms(reload_total_ns(reload)));
}

/* What happened, in ms after the change. */
static void write_times(const struct reload_times *at, struct json_writer *json)
{
    const struct {
        const char *name;
        uint64_t ns;
    } times[] = {{"decided", at->decided},     {"build_start", at->build_start},
                 {"build_end", at->build_end}, {"stop_start", at->stop_start},
                 {"stop_end", at->stop_end},   {"start", at->start},
                 {"ready", at->ready},         {"end", at->end}};
    json_object_begin(json, "times");
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        int64_t ns = between(at->change, times[i].ns);
        if (ns >= 0)
            json_double(json, times[i].name, (double)ns / (double)CLOCK_NS_PER_MS);
    }
    json_object_end(json);
}

void reload_write_diagnostics(const struct diagnostics *diagnostics, struct json_writer *json)
{
    json_array_begin(json, "diagnostics");
    VEC_EACH (struct diagnostic, one, &diagnostics->list) {
        json_object_begin(json, NULL);
        json_string(json, "file", one->file);
        json_int(json, "line", one->line);
        json_int(json, "column", one->column);
        json_bool(json, "warning", one->warning);
        json_string(json, "message", one->message);
        json_object_end(json);
    }
    json_array_end(json);
    json_int(json, "diagnostics_dropped", (int64_t)diagnostics->dropped);
}

const char *build_method_name(enum build_method method)
{
    static const char *const NAMES[] = {[BUILT_NOT] = "",           [BUILT_BY_COMMAND] = "command",
                                        [BUILT_BY_GO] = "go build", [BUILT_DIRECTLY] = "direct",
                                        [BUILT_QUICKLY] = "quick",  [BUILT_EARLIER] = "earlier"};
    return NAMES[method];
}

void reload_write_how(const struct build_how *how, struct json_writer *json)
{
    const struct {
        const char *name;
        uint64_t ns;
    } times[] = {
        {"look_ms", how->look_ns}, {"compile_ms", how->compile_ns}, {"link_ms", how->link_ns}};
    if (how->method == BUILT_NOT)
        return;
    json_string(json, "built", build_method_name(how->method));
    json_string(json, "fell_back", how->fell_back ? how->why : NULL);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (times[i].ns)
            json_double(json, times[i].name, (double)times[i].ns / (double)CLOCK_NS_PER_MS);
}

void reload_write_members(const struct reload *reload, struct json_writer *json)
{
    char wall[CLOCK_WALL_BYTES];
    clock_format_utc(reload->wall_ns, wall);
    json_int(json, "id", (int64_t)reload->id);
    json_string(json, "trace_id", reload->trace_id);
    json_string(json, "cause", reload_cause_name(reload->cause));
    json_string(json, "action", action_name(reload->action));
    json_string(json, "reason", reload->reason);
    json_string(json, "outcome", reload_outcome_name(reload->outcome));
    json_string(json, "message", *reload->message ? reload->message : NULL);
    json_string(json, "timestamp", wall);
    json_array_begin(json, "changed");
    STRS_EACH (path, &reload->changed)
        json_string(json, NULL, *path);
    json_array_end(json);
    json_int(json, "changed_total", (int64_t)reload->changed_len);
    write_phases(reload, json);
    write_times(&reload->times, json);
    json_int(json, "packages", reload->packages);
    reload_write_how(&reload->how, json);
    json_int(json, "generation", (int64_t)reload->generation);
    reload_write_diagnostics(&reload->diagnostics, json);
}

void reload_write_json(const struct reload *reload, struct buf *out)
{
    struct json_writer json = {.out = out};
    json_object_begin(&json, NULL);
    reload_write_members(reload, &json);
    json_object_end(&json);
}
