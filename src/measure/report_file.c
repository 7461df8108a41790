#include "measure/report_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "platform/fs.h"

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

int report_check_all(const struct strs *paths, struct err *err)
{
    STRS_EACH (path, paths) {
        if (report_check(*path, err) != 0)
            return err->code;
        char *dir = path_dir(*path);
        bool is = fs_is_dir(dir);
        if (!is) {
            err_set(err, ERR_USAGE, "%.200s cannot be written: there is no directory %.200s", *path,
                    dir);
            err_hint(err, "make it first: mkdir -p %.200s", dir);
        }
        free(dir);
        if (!is)
            return err->code;
    }
    return 0;
}
