/* Any .env file: reading ends, every entry has a name, a mistake has its place. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "build/dotenv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct strs env = {0};
    struct err err = {0};
    strs_push(&env, "HOME=/home/user");
    if (dotenv_parse((const char *)data, len, ".env", &env, &err) != 0 &&
        (!*err.message || strncmp(err.place, ".env:", 5) != 0))
        abort();
    STRS_EACH (entry, &env)
        if (**entry == '=' || !strchr(*entry, '='))
            abort();
    strs_fini(&env);
    return 0;
}
