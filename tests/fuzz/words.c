/* Any command line: splitting ends, and what was split and quoted again splits into the same. */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct strs words = {0}, again = {0};
    struct err err = {0};
    char *line = mem_string_n((const char *)data, len);
    (void)words_need_shell(line);
    if (words_split(line, &words, &err) == 0) {
        struct buf quoted = BUF_INIT((size_t)1 << 24);
        STRS_EACH (word, &words) {
            words_quote(&quoted, *word);
            (void)buf_putc(&quoted, ' ');
        }
        if (words_split(buf_text(&quoted), &again, &err) != 0 || !strs_equal(&words, &again))
            abort();
        buf_fini(&quoted);
    } else if (!*err.message) {
        abort();
    }
    strs_fini(&words);
    strs_fini(&again);
    free(line);
    return 0;
}
