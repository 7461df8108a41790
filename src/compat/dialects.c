#include "compat/dialects.h"

#include "compat/air.h"

const struct config_dialect *const COMPAT_DIALECTS[] = {&COMPAT_AIR, NULL};
