#include <dlfcn.h>
#include <string.h>

#include "platform/library.h"

int library_load(const char *name, const struct library_symbol *symbols, unsigned count,
                 struct err *err)
{
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library)
        return err_set(err, ERR_SYSTEM, "cannot load %s: %s", name, dlerror());
    for (unsigned i = 0; i < count; i++) {
        void *found = dlsym(library, symbols[i].name);
        if (!found) {
            (void)dlclose(library);
            return err_set(err, ERR_SYSTEM, "%s has no %s", name, symbols[i].name);
        }
        memcpy(symbols[i].function, &found, sizeof found); /* dlsym(3): ISO C knows no cast */
    }
    (void)dlclose(library); /* RTLD_NODELETE: it stays */
    return 0;
}
