#include "platform/detach.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>

static int open_null(posix_spawn_file_actions_t *actions)
{
    for (int fd = 0; fd < 3; fd++) {
        int failed = posix_spawn_file_actions_addopen(actions, fd, "/dev/null", O_RDWR, 0);
        if (failed)
            return failed;
    }
    return 0;
}

/* A session of its own, and signals as they were before zonda changed them. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    (void)posix_spawnattr_setsigmask(attributes, &none); /* these two only store their argument */
    (void)posix_spawnattr_setsigdefault(attributes, &all);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF);
}

int detach(const char *const *argv, const char *const *env, struct err *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t pid = 0;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return err_system(err, failed, "cannot start \"%s\"", argv[0]);
    failed = posix_spawnattr_init(&attributes);
    if (failed)
        goto out;
    if ((failed = open_null(&actions)) == 0 && (failed = set_attributes(&attributes)) == 0)
        /* posix_spawnp(3) does not change what these point to. */
        failed = posix_spawnp(&pid, argv[0], &actions, &attributes, (char *const *)(uintptr_t)argv,
                              (char *const *)(uintptr_t)env);
    (void)posix_spawnattr_destroy(&attributes);
out:
    (void)posix_spawn_file_actions_destroy(&actions);
    if (!failed)
        return 0;
    (void)err_system(err, failed, "cannot start \"%s\"", argv[0]);
    err->code = ERR_APP;
    return ERR_APP;
}
