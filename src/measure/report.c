#include "measure/report.h"

#include <string.h>

#include "platform/fs.h"

static const struct {
    const char *end;
    void (*write)(const struct load_result *result, struct buf *out);
} KINDS[] = {
    {".html", report_html}, {".md", report_markdown}, {".json", report_json}, {".csv", report_csv}};

#define KINDS_LEN (sizeof KINDS / sizeof *KINDS)

/* KINDS_LEN: none */
static size_t kind_of(const char *path)
{
    size_t len = strlen(path), i = 0;
    for (; i < KINDS_LEN; i++) {
        size_t end = strlen(KINDS[i].end);
        if (len > end && strcmp(path + len - end, KINDS[i].end) == 0)
            break;
    }
    return i;
}

int report_check(const char *path, struct err *err)
{
    if (kind_of(path) < KINDS_LEN)
        return 0;
    err_set(err, ERR_USAGE, "no kind of report ends like %.200s", path);
    err_hint(err, "name a file that ends in .html, .md, .json or .csv");
    return ERR_USAGE;
}

int report_write(const struct load_result *result, const char *path, struct err *err)
{
    struct buf out = BUF_INIT(REPORT_BYTES_MAX);
    if (report_check(path, err) != 0)
        return err->code;
    KINDS[kind_of(path)].write(result, &out);
    int failed = fs_write(path, buf_text(&out), out.len, 0644, err);
    buf_fini(&out);
    return failed;
}
