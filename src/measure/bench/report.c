#include "measure/bench/report.h"

#include "measure/report_file.h"
#include "platform/fs.h"

#define BYTES_MAX ((size_t)64 << 20) /* BENCH_SAMPLES_MAX samples as JSON */

int bench_report_write(const struct bench_result *result, const struct bench_result *old,
                       const char *path, struct err *err)
{
    struct buf out = BUF_INIT(BYTES_MAX);
    if (report_check(path, err) != 0)
        return err->code;
    switch (report_kind(path)) {
    case REPORT_HTML:
        bench_report_html(result, old, &out);
        break;
    case REPORT_MARKDOWN:
        bench_report_markdown(result, old, &out);
        break;
    case REPORT_JSON:
        bench_report_json(result, &out);
        break;
    case REPORT_CSV:
    case REPORT_KINDS:
        bench_report_csv(result, &out);
        break;
    }
    int failed = out.truncated
                     ? err_set(err, ERR_SYSTEM, "%.200s: the report is longer than 64 MiB", path)
                     : fs_write(path, buf_text(&out), out.len, 0644, err);
    buf_fini(&out);
    return failed;
}
