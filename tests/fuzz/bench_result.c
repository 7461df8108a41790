/* Any bytes: a result comes out, whose JSON reads back as the same, or an error of its own. */
#include <stdlib.h>
#include <string.h>

#include "measure/bench/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct err err = {0};
    struct bench_result *result = bench_result_read((const char *)data, len, "old.json", &err);
    if (!result) {
        if (err.code != ERR_CONFIG || !*err.message)
            abort();
        return 0;
    }
    struct buf once = BUF_INIT((size_t)1 << 24), twice = BUF_INIT((size_t)1 << 24);
    bench_report_json(result, &once);
    struct bench_result *back = bench_result_read(buf_text(&once), once.len, "new.json", &err);
    if (!back)
        abort();
    bench_report_json(back, &twice);
    if (once.len != twice.len || memcmp(once.data, twice.data, once.len) != 0)
        abort();
    buf_reset(&once);
    bench_report_text(result, back, &once);
    bench_report_html(result, back, &once);
    bench_result_free(result);
    bench_result_free(back);
    buf_fini(&once);
    buf_fini(&twice);
    return 0;
}
