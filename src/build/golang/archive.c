#include "build/golang/archive.h"

#include <stdlib.h>
#include <string.h>

#include "platform/fs.h"

#define MAGIC       "!<arch>\n"
#define ENTRY_BYTES 60
#define SIZE_AT     48
#define EXPORT_MARK "\n$$B\n"
#define EXPORT_END  "\n$$\n"
#define OBJECT_MARK "\n!\n"
#define OBJECT_NAME "go120ld" /* after a NUL: the object format since Go 1.20 */

static const char *find(const char *data, size_t len, const char *text)
{
    return memmem(data, len, text, strlen(text));
}

static void look_export(const char *data, size_t len, struct goarchive *found)
{
    const char *mark = find(data, len, EXPORT_MARK);
    size_t end = strlen(EXPORT_END);
    if (!mark)
        return;
    mark += strlen(EXPORT_MARK);
    size_t left = len - (size_t)(mark - data);
    if (left < end + ARCHIVE_FINGERPRINT_BYTES || memcmp(data + len - end, EXPORT_END, end) != 0)
        return;
    found->has_export = true;
    found->export = digest_of(mark, left);
    memcpy(found->export_print, data + len - end - ARCHIVE_FINGERPRINT_BYTES,
           ARCHIVE_FINGERPRINT_BYTES);
}

/* The object itself, after the text at its head; NULL where data is none of this format. */
static char *object_in(char *data, size_t len)
{
    char *mark = memmem(data, len, OBJECT_MARK, strlen(OBJECT_MARK));
    if (!mark)
        return NULL;
    mark += strlen(OBJECT_MARK);
    size_t left = len - (size_t)(mark - data);
    if (left < 1 + strlen(OBJECT_NAME) + ARCHIVE_FINGERPRINT_BYTES || mark[0] != '\0' ||
        memcmp(mark + 1, OBJECT_NAME, strlen(OBJECT_NAME)) != 0)
        return NULL;
    return mark;
}

static void look_object(char *data, size_t len, const unsigned char *print, struct goarchive *found)
{
    char *object = object_in(data, len);
    if (!object)
        return;
    char *at = object + 1 + strlen(OBJECT_NAME);
    if (print)
        memcpy(at, print, ARCHIVE_FINGERPRINT_BYTES);
    memcpy(found->object_print, at, ARCHIVE_FINGERPRINT_BYTES);
    found->object = digest_of(object, len - (size_t)(object - data));
    found->has_object = true;
}

static int walk(const char *path, char *data, size_t len, const unsigned char *print,
                struct goarchive *found, struct err *err)
{
    size_t at = strlen(MAGIC);
    if (len < at || memcmp(data, MAGIC, at) != 0)
        return err_set(err, ERR_SYSTEM, "%s is no archive of the Go compiler", path);
    while (len - at >= ENTRY_BYTES) {
        char size_text[11] = "";
        memcpy(size_text, data + at + SIZE_AT, 10);
        size_t size = strtoul(size_text, NULL, 10);
        char *entry = data + at + ENTRY_BYTES;
        if (size > len - at - ENTRY_BYTES)
            return err_set(err, ERR_SYSTEM, "%s ends too early", path);
        if (memcmp(data + at, "__.PKGDEF ", 10) == 0)
            look_export(entry, size, found);
        else if (memcmp(data + at, "_go_.o ", 7) == 0)
            look_object(entry, size, print, found);
        at += ENTRY_BYTES + size + (size & 1);
        if (at > len)
            break;
    }
    return 0;
}

static int work_on(const char *path, const unsigned char *print, struct goarchive *found,
                   struct err *err)
{
    struct buf data = BUF_INIT(ARCHIVE_BYTES_MAX);
    *found = (struct goarchive){0};
    int result = fs_read(path, &data, err);
    if (result == 0)
        result = walk(path, data.data, data.len, print, found, err);
    if (result == 0 && print)
        result = fs_write(path, data.data, data.len, 0600, err);
    buf_fini(&data);
    return result;
}

int goarchive_look(const char *path, struct goarchive *found, struct err *err)
{
    return work_on(path, NULL, found, err);
}

int goarchive_refit(const char *path, const unsigned char print[ARCHIVE_FINGERPRINT_BYTES],
                    struct goarchive *found, struct err *err)
{
    return work_on(path, print, found, err);
}
