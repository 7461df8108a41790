/* Where the control socket of a project is. */
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/path.h"
#include "control/control.h"
#include "platform/fs.h"

#define NAME_DIGITS 16

char *control_path(const char *root, struct err *err)
{
    char *dir = fs_runtime_dir(err);
    if (!dir)
        return NULL;
    /* The same project by another name (a link) is the same project. */
    char *real = fs_real(root);
    const char *name = real ? real : root;
    char hex[33];
    digest_hex(digest_of(name, strlen(name)), hex);
    char *path = mem_format("%s/%.*s.sock", dir, NAME_DIGITS, hex);
    free(real);
    free(dir);
    return path;
}
