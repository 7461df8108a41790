/* Durations and sizes: numbers with units, and their ranges. */
#include "config/value.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit time_units[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {NULL, 0}};
static const struct unit size_units[] = {
    {"B", 1},
    {"KiB", UINT64_C(1) << 10},
    {"MiB", UINT64_C(1) << 20},
    {"GiB", UINT64_C(1) << 30},
    {"K", UINT64_C(1) << 10},
    {"M", UINT64_C(1) << 20},
    {"G", UINT64_C(1) << 30},
    {"KB", 1000},
    {"MB", 1000000},
    {"GB", 1000000000},
    {NULL, 0},
};

#define BARE_MAX_MS 99                  /* longer ones are what people give in milliseconds */
#define NUMBER_MAX  (UINT64_C(1) << 50) /* far above every range, far below an overflow */

/* Digits and a fraction of at most three digits, in thousandths; NULL where there are none. */
static const char *read_number(const char *text, uint64_t *thousandths)
{
    uint64_t whole = 0, part = 0, scale = 100;
    if (!isdigit((unsigned char)*text))
        return NULL;
    for (; isdigit((unsigned char)*text); text++)
        if (whole < NUMBER_MAX / 1000)
            whole = whole * 10 + (uint64_t)(*text - '0');
    if (*text == '.' && isdigit((unsigned char)text[1]))
        for (text++; isdigit((unsigned char)*text); text++, scale /= 10)
            part += scale * (uint64_t)(*text - '0');
    *thousandths = whole * 1000 + part;
    return text;
}

/* The unit that the letters at text are; they end at *end. */
static const struct unit *read_unit(const char *text, const struct unit *units, const char **end)
{
    size_t len = 0;
    while (isalpha((unsigned char)text[len]))
        len++;
    *end = text + len;
    for (; units->name; units++)
        if (strlen(units->name) == len && strncmp(units->name, text, len) == 0)
            return units;
    return NULL;
}

/* number unit, or a bare number; several of them ("1m30s") where they may be added. */
static bool read_sum(const char *text, const struct unit *units, bool several, uint64_t *sum)
{
    const char *at = text;
    uint64_t total = 0;
    do {
        uint64_t thousandths = 0;
        const char *end = read_number(at, &thousandths);
        if (!end)
            return false;
        if (*end == '\0' && at == text) {
            *sum = thousandths / 1000;
            return thousandths % 1000 == 0;
        }
        end += strspn(end, " ");
        const struct unit *unit = read_unit(end, units, &at);
        if (!unit)
            return false;
        if (thousandths > NUMBER_MAX / unit->factor)
            total = NUMBER_MAX;
        else
            total += thousandths * unit->factor / 1000;
        if (total > NUMBER_MAX)
            total = NUMBER_MAX;
    } while (several && *at);
    *sum = total;
    return *at == '\0';
}

int value_duration(const char *text, uint64_t *ms, struct err *err)
{
    if (read_sum(text, time_units, true, ms))
        return 0;
    err_set(err, ERR_CONFIG, "'%.64s', which is no duration", text);
    err_hint(err, "write a number and a unit: \"300ms\", \"5s\", \"2m\", \"1h\"");
    return ERR_CONFIG;
}

bool value_is_bare_duration(const struct schema_entry *entry, const char *text, struct err *err)
{
    size_t len = strspn(text, "0123456789");
    uint64_t ms = 0;
    if (entry->type != VALUE_DURATION || !len || text[len] || value_duration(text, &ms, err) != 0 ||
        ms == 0 || ms > BARE_MAX_MS)
        return false;
    err_set(err, ERR_CONFIG, "%s is %s without a unit: that is %s ms", entry->key, text, text);
    err_hint(err, "write \"%ss\" for seconds, \"%sms\" for milliseconds", text, text);
    return true;
}

int value_size(const char *text, uint64_t *bytes, struct err *err)
{
    if (read_sum(text, size_units, false, bytes))
        return 0;
    err_set(err, ERR_CONFIG, "'%.64s', which is no size", text);
    err_hint(err, "write a number and a unit: \"64KiB\", \"10MiB\", \"1GiB\"");
    return ERR_CONFIG;
}

/* In the largest unit that leaves no rest. */
static void format(const struct schema_entry *entry, uint64_t number, char *text, size_t len)
{
    const struct unit *units = entry->type == VALUE_DURATION ? time_units : size_units;
    const struct unit *best = NULL;
    for (size_t i = 0; entry->type != VALUE_INT && units[i].name && i < 4; i++)
        if (number && number % units[i].factor == 0)
            best = &units[i];
    if (best)
        (void)snprintf(text, len, "%llu%s", (unsigned long long)(number / best->factor),
                       best->name);
    else
        (void)snprintf(text, len, "%llu", (unsigned long long)number);
}

int value_set_number(const struct schema_entry *entry, struct config *config, uint64_t number,
                     struct err *err)
{
    if (number < entry->min || number > entry->max) {
        char found[32], min[32], max[32];
        format(entry, number, found, sizeof found);
        format(entry, entry->min, min, sizeof min);
        format(entry, entry->max, max, sizeof max);
        err_set(err, ERR_CONFIG, "%s is %s, but it must be %s %s", entry->key, found,
                number < entry->min ? "at least" : "at most", number < entry->min ? min : max);
        err_hint(err, "from %s to %s", min, max);
        return ERR_CONFIG;
    }
    if (entry->type == VALUE_SIZE)
        *(uint64_t *)value_at(entry, config) = number;
    else
        *(uint32_t *)value_at(entry, config) = (uint32_t)number;
    return 0;
}
