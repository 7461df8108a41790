/* Marks: where one is put into a file of each kind, and how it is changed and found again. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "measure/bench/subject_parts.h"
#include "platform/fs.h"

#define MARK         "zonda-bench-"
#define MARK_DIGITS  6
#define NUMBER_MAX   999999
#define FIRST_NUMBER 990000 /* of candidates: what counts edits from 0 never gets there */

void bench_mark(char mark[BENCH_MARK_BYTES], uint32_t number)
{
    (void)snprintf(mark, BENCH_MARK_BYTES, MARK "%06u", (unsigned)(number % (NUMBER_MAX + 1)));
}

void bench_candidate_mark(char mark[BENCH_MARK_BYTES], enum bench_kind kind, size_t index)
{
    bench_mark(mark, FIRST_NUMBER + (uint32_t)kind * 100 + (uint32_t)index);
}

bool bench_mark_in_process(int pid, const char *mark)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/exe", pid);
    return fs_contains(path, mark, strlen(mark));
}

/* --- Go --- */

/* Two kinds may be edited in one file or package, so each has its name. */
static const char *go_name(enum bench_kind kind)
{
    return kind == KIND_LEAF ? "zondaBenchLeafMark" : "zondaBenchDeepMark";
}

/* A variable is read at run time, so that the compiler cannot leave its value out, and is of a type
   that its value does not change: what importers see of the package stays the same. */
static bool mark_go(enum bench_kind kind, const char *text, size_t len, const char *mark,
                    struct buf *out)
{
    const char *name = go_name(kind);
    if (memmem(text, len, name, strlen(name)))
        return false;
    (void)buf_append(out, text, len);
    return buf_printf(out,
                      "\n\nvar %s = \"%s\"\n\nfunc init() {\n\tif %s == \"\" {\n"
                      "\t\tpanic(\"no mark\")\n\t}\n}\n",
                      name, mark, name) == 0;
}

/* --- templates --- */

static bool put_element(struct buf *out, const char *mark)
{
    return buf_printf(out, "<template id=\"%s\"></template>", mark) == 0;
}

/* Where the last </body> begins, or NULL. */
static const char *body_end(const char *text, size_t len)
{
    static const char TAG[] = "</body>";
    for (size_t at = len; at-- > 0;)
        if (len - at >= sizeof TAG - 1 && strncasecmp(text + at, TAG, sizeof TAG - 1) == 0)
            return text + at;
    return NULL;
}

/* The end of the action {{define "name"}} that begins at text, or NULL where another begins there.
 */
static const char *define_end(const char *text, const char *end)
{
    const char *at = text + 2;
    at += at < end && *at == '-';
    while (at < end && isspace((unsigned char)*at))
        at++;
    if (end - at < 7 || (strncmp(at, "define ", 7) != 0 && strncmp(at, "define\"", 7) != 0))
        return NULL;
    const char *close = memmem(at, (size_t)(end - at), "}}", 2);
    return close ? close + 2 : NULL;
}

/* Into each {{define}} that begins with an element, where an element before it is one more of the
   same place. That of a doctype would not be. */
static bool mark_defines(const char *text, size_t len, const char *mark, struct buf *out,
                         bool *defines)
{
    const char *end = text + len, *from = text;
    bool marked = false;
    *defines = false;
    for (const char *at = text; (at = memmem(at, (size_t)(end - at), "{{", 2));) {
        const char *close = define_end(at, end);
        at += 2;
        if (!close)
            continue;
        *defines = true;
        const char *first = close;
        while (first < end && isspace((unsigned char)*first))
            first++;
        if (end - first < 2 || *first != '<' || !isalpha((unsigned char)first[1]))
            continue;
        (void)buf_append(out, from, (size_t)(first - from));
        marked = put_element(out, mark);
        from = at = first;
    }
    return buf_append(out, from, (size_t)(end - from)) == 0 && marked;
}

static bool mark_template(const char *text, size_t len, const char *mark, struct buf *out)
{
    const char *body = body_end(text, len);
    bool defines;
    if (!memchr(text, '<', len))
        return false; /* no HTML */
    if (body) {
        (void)buf_append(out, text, (size_t)(body - text));
        (void)put_element(out, mark);
        return buf_append(out, body, len - (size_t)(body - text)) == 0;
    }
    if (mark_defines(text, len, mark, out, &defines))
        return true;
    /* What stands outside all definitions is shown only where there is none. */
    return !defines && put_element(out, mark) && buf_putc(out, '\n') == 0;
}

/* --- others --- */

static bool mark_comment(const char *file, const char *text, size_t len, const char *mark,
                         struct buf *out)
{
    static const struct {
        const char *extension, *before, *after;
    } COMMENTS[] = {
        {"css", "/* ", " */"}, {"js", "/* ", " */"}, {"mjs", "/* ", " */"},
        {"toml", "# ", ""},    {"yaml", "# ", ""},   {"yml", "# ", ""},
        {"env", "# ", ""},     {"ini", "; ", ""},    {"conf", "# ", ""},
    };
    bool is_env = strncmp(path_base(file), ".env", 4) == 0;
    const char *extension = is_env ? "env" : path_ext(file);
    for (size_t i = 0; i < sizeof COMMENTS / sizeof *COMMENTS; i++) {
        if (strcmp(COMMENTS[i].extension, extension) != 0)
            continue;
        (void)buf_append(out, text, len);
        return buf_printf(out, "%s%s%s%s\n", len && text[len - 1] != '\n' ? "\n" : "",
                          COMMENTS[i].before, mark, COMMENTS[i].after) == 0;
    }
    return false;
}

static bool is_html(const char *file)
{
    static const char *const EXTENSIONS[] = {"html", "htm", "tmpl", "tpl", "gohtml"};
    for (size_t i = 0; i < sizeof EXTENSIONS / sizeof *EXTENSIONS; i++)
        if (strcmp(path_ext(file), EXTENSIONS[i]) == 0)
            return true;
    return false;
}

bool subject_put_mark(enum bench_kind kind, const char *file, const char *text, size_t len,
                      const char *mark, struct buf *out)
{
    if (kind == KIND_LEAF || kind == KIND_DEEP)
        return strcmp(path_ext(file), "go") == 0 && mark_go(kind, text, len, mark, out);
    return is_html(file) ? mark_template(text, len, mark, out)
                         : mark_comment(file, text, len, mark, out);
}

int subject_try_mark(enum bench_kind kind, const char *path, struct buf *text, struct err *err)
{
    struct buf marked = BUF_INIT(2 * SUBJECT_FILE_MAX);
    char mark[BENCH_MARK_BYTES];
    bench_mark(mark, 0);
    int result = fs_read(path, text, err);
    if (result == 0)
        result = subject_put_mark(kind, path, buf_text(text), text->len, mark, &marked);
    buf_fini(&marked);
    return result;
}

/* --- edits --- */

/* Is this a mark of kind? In Go files the variable before it tells. */
static bool is_own(enum bench_kind kind, const char *text, const char *at)
{
    char before[64];
    int len = snprintf(before, sizeof before, "%s = \"", go_name(kind));
    if (kind != KIND_LEAF && kind != KIND_DEEP)
        return true;
    return at - text >= len && strncmp(at - len, before, (size_t)len) == 0;
}

static size_t replace_marks(enum bench_kind kind, struct buf *text, const char *mark)
{
    size_t found = 0, len = strlen(mark);
    char *end = text->data + text->len;
    for (char *at = text->data; at && (at = memmem(at, (size_t)(end - at), MARK, strlen(MARK)));) {
        const char *digits = at + strlen(MARK);
        if (strspn(digits, "0123456789") >= MARK_DIGITS && is_own(kind, text->data, at)) {
            memcpy(at, mark, len);
            found++;
        }
        at += strlen(MARK);
    }
    return found;
}

int bench_subject_edit(const struct bench_subject *subject, const char *copy, enum bench_kind kind,
                       uint32_t number, struct err *err)
{
    const char *file = subject->files[kind].path;
    char mark[BENCH_MARK_BYTES];
    if (!file)
        return err_set(err, ERR_CONFIG, "the project has no file for an edit of kind %s",
                       bench_kind_name(kind));
    char *path = path_join(copy, file);
    struct buf text = BUF_INIT(2 * SUBJECT_FILE_MAX);
    bench_mark(mark, number);
    int result = fs_read(path, &text, err);
    if (result == 0 && replace_marks(kind, &text, mark) == 0)
        result = err_set(err, ERR_CONFIG, "%s has lost its mark", path);
    if (result == 0)
        result = fs_write(path, text.data, text.len, fs_stat(path, true).mode, err);
    buf_fini(&text);
    free(path);
    return result;
}
