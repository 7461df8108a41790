#include "build/golang/build_id.h"

#include <stdint.h>
#include <string.h>

#define NOTE_TYPE   4 /* elf.h has no name for it: the linker calls it ELF_NOTE_GOBUILDID_TAG */
#define HEADER_SIZE 12

/* Little-endian, as every system on which zonda runs. */
static uint32_t number_at(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

bool build_id_content(const void *head, size_t len, char id[BUILD_ID_BYTES])
{
    static const unsigned char NAME[4] = {'G', 'o', '\0', '\0'};
    const unsigned char *bytes = head;
    if (len < 4 || memcmp(bytes, "\177ELF", 4) != 0)
        return false;
    for (size_t at = HEADER_SIZE; at + sizeof NAME <= len; at += 4) {
        const unsigned char *header = bytes + at - HEADER_SIZE;
        if (memcmp(bytes + at, NAME, sizeof NAME) != 0 || number_at(header) != sizeof NAME ||
            number_at(header + 8) != NOTE_TYPE)
            continue;
        size_t id_len = number_at(header + 4);
        if (id_len > len - at - sizeof NAME)
            return false;
        const char *text = (const char *)bytes + at + sizeof NAME;
        const char *slash = id_len ? memrchr(text, '/', id_len) : NULL;
        size_t part = slash ? id_len - (size_t)(slash + 1 - text) : 0;
        if (part == 0 || part >= BUILD_ID_BYTES)
            return false;
        memcpy(id, slash + 1, part);
        id[part] = '\0';
        return true;
    }
    return false;
}
