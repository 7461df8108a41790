#include "measure/report_file.h"

#include <string.h>

static const char *const ENDS[REPORT_KINDS] = {[REPORT_HTML] = ".html",
                                               [REPORT_MARKDOWN] = ".md",
                                               [REPORT_JSON] = ".json",
                                               [REPORT_CSV] = ".csv"};

enum report_kind report_kind(const char *path)
{
    size_t len = strlen(path);
    for (int i = 0; i < REPORT_KINDS; i++) {
        size_t end = strlen(ENDS[i]);
        if (len > end && strcmp(path + len - end, ENDS[i]) == 0)
            return (enum report_kind)i;
    }
    return REPORT_KINDS;
}

int report_check(const char *path, struct err *err)
{
    if (report_kind(path) < REPORT_KINDS)
        return 0;
    err_set(err, ERR_USAGE, "no kind of report ends like %.200s", path);
    err_hint(err, "name a file that ends in .html, .md, .json or .csv");
    return ERR_USAGE;
}
