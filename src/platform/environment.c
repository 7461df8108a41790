#include "platform/environment.h"

#include <unistd.h>

void environment_read(struct strs *env)
{
    for (char **entry = environ; entry && *entry; entry++)
        strs_push(env, *entry);
}

int environment_pid(void)
{
    return (int)getpid();
}
