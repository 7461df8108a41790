/* A connection's requests: the same messages wherever they were cut. */
#include "http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    return fuzz_http(HTTP_REQUEST, data, len);
}
