/* Any bytes as .air.toml, for a run and for validate; and as a file of unknown kind. */
#include "compat/dialects.h"
#include "load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct config_request request = {.dir = "/tmp", .dialects = COMPAT_DIALECTS};
    load_any(&request, "/tmp/.air.toml", data, len);
    request.lenient = true;
    load_any(&request, "/tmp/.air.toml", data, len);
    load_any(&request, "/tmp/dev.toml", data, len);
    return 0;
}
