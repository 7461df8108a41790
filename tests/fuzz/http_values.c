/* Values of fields: lists, hosts, media types; what comes out lies inside of what went in. */
#include "http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void inside(struct http_text part, struct http_text whole)
{
    if (part.len && (part.at < whole.at || part.at + part.len > whole.at + whole.len))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct http_text value = {(const char *)data, len}, list = value, element, host;
    uint16_t port;
    size_t elements = 0;
    while (http_list_next(&list, &element)) {
        inside(element, value);
        if (!element.len || ++elements > len)
            abort();
        inside(http_parameter(element, "q"), element);
    }
    if (http_list_has(value, "close") && !elements)
        abort();
    if (http_host_parse(value, &host, &port)) {
        inside(host, value);
        if (!host.len)
            abort();
        (void)http_host_is_loopback(host);
    }
    (void)http_media_is(value, "text/*");
    return 0;
}
