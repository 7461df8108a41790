#include "measure/tally.h"

const char *load_error_name(enum load_error error)
{
    static const char *const NAMES[LOAD_ERRORS] = {
        [LOAD_OK] = "ok",           [LOAD_REFUSED] = "refused", [LOAD_RESET] = "reset",
        [LOAD_CLOSED] = "closed",   [LOAD_TIMEOUT] = "timeout", [LOAD_MALFORMED] = "malformed",
        [LOAD_TLS] = "tls",         [LOAD_STATUS] = "status",   [LOAD_CHECK] = "check",
        [LOAD_DROPPED] = "dropped", [LOAD_SYSTEM] = "system",
    };
    return NAMES[error];
}

void tally_merge(struct tally *tally, const struct tally *more)
{
    tally->requests += more->requests;
    for (int i = 0; i < LOAD_ERRORS; i++)
        tally->errors[i] += more->errors[i];
    tally->retried += more->retried;
    tally->connections += more->connections;
    tally->sent_bytes += more->sent_bytes;
    tally->received_bytes += more->received_bytes;
    histogram_merge(&tally->latency, &more->latency);
}

void tally_reset(struct tally *tally)
{
    tally->requests = tally->retried = tally->connections = 0;
    tally->sent_bytes = tally->received_bytes = 0;
    for (int i = 0; i < LOAD_ERRORS; i++)
        tally->errors[i] = 0;
    histogram_reset(&tally->latency);
}

uint64_t tally_failed(const struct tally *tally)
{
    return tally->requests - tally->errors[LOAD_OK];
}
