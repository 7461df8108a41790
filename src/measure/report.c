#include "measure/report.h"

#include "platform/fs.h"

static void (*const WRITERS[REPORT_KINDS])(const struct load_result *result, struct buf *out) = {
    [REPORT_HTML] = report_html,
    [REPORT_MARKDOWN] = report_markdown,
    [REPORT_JSON] = report_json,
    [REPORT_CSV] = report_csv,
};

int report_write(const struct load_result *result, const char *path, struct err *err)
{
    struct buf out = BUF_INIT(REPORT_BYTES_MAX);
    if (report_check(path, err) != 0)
        return err->code;
    WRITERS[report_kind(path)](result, &out);
    int failed = fs_write(path, buf_text(&out), out.len, 0644, err);
    buf_fini(&out);
    return failed;
}
