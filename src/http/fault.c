#include "http/parser.h"

static const struct {
    const char *text;
    unsigned status;
} FAULTS[] = {
    [-HTTP_FAULT_LINE] = {"a line that does not end in CR LF", 400},
    [-HTTP_FAULT_METHOD] = {"a method that is no token", 400},
    [-HTTP_FAULT_TARGET] = {"a request target that is malformed", 400},
    [-HTTP_FAULT_TARGET_LONG] = {"a request target that is too long", 414},
    [-HTTP_FAULT_VERSION] = {"a version other than HTTP/1.0 and HTTP/1.1", 505},
    [-HTTP_FAULT_START] = {"a first line that is not HTTP", 400},
    [-HTTP_FAULT_STATUS] = {"a status that is none, or 101 without an upgrade", 400},
    [-HTTP_FAULT_NAME] = {"a field name that is no token, or not followed by a colon", 400},
    [-HTTP_FAULT_VALUE] = {"a control character in the value of a field", 400},
    [-HTTP_FAULT_FOLD] = {"a field that goes on in the next line", 400},
    [-HTTP_FAULT_HEAD_LARGE] = {"a head that is too large", 431},
    [-HTTP_FAULT_HOST] = {"a Host that is missing, doubled or malformed", 400},
    [-HTTP_FAULT_LENGTH] = {"a Content-Length that is doubled, or no number that is possible", 400},
    [-HTTP_FAULT_CODING] = {"a Transfer-Encoding other than chunked", 501},
    [-HTTP_FAULT_BOTH] = {"both Content-Length and Transfer-Encoding", 400},
    [-HTTP_FAULT_CHUNK] = {"a chunk that is malformed", 400},
    [-HTTP_FAULT_TRAILER] = {"a trailer that is malformed or too large", 400},
    [-HTTP_FAULT_CUT] = {"a message that is cut", 400},
};

const char *http_fault_text(enum http_fault fault)
{
    return FAULTS[-fault].text;
}

unsigned http_fault_status(enum http_fault fault)
{
    return FAULTS[-fault].status;
}
