#include "base/mem.h"
#include "config/value.h"

void command_copy(struct command *to, const struct command *from)
{
    command_fini(to);
    to->line = mem_string(from->line);
    strs_copy(&to->words, &from->words);
}

void value_copy(const struct schema_entry *entry, struct config *to, const struct config *from)
{
    void *copy = value_at(entry, to);
    const void *value = value_at(entry, from);
    switch (entry->type) {
    case VALUE_BOOL:
        *(bool *)copy = *(const bool *)value;
        break;
    case VALUE_INT:
    case VALUE_DURATION:
        *(uint32_t *)copy = *(const uint32_t *)value;
        break;
    case VALUE_SIZE:
        *(uint64_t *)copy = *(const uint64_t *)value;
        break;
    case VALUE_CHOICE:
    case VALUE_SIGNAL:
        *(int *)copy = *(const int *)value;
        break;
    case VALUE_STRING:
    case VALUE_PATH:
        mem_replace(copy, *(char *const *)value);
        break;
    case VALUE_COMMAND:
        command_copy(copy, value);
        break;
    default:
        strs_clear(copy);
        strs_copy(copy, value);
    }
}
