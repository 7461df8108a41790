/* Any bytes as zonda.toml. */
#include "load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct config_request request = {.dir = "/tmp"};
    load_any(&request, "/tmp/zonda.toml", data, len);
    return 0;
}
