/* A copy of a project that stands by itself. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "measure/bench/subject_parts.h"
#include "measure/bench/walk.h"

#define COPY_BYTES_MAX ((uint64_t)1 << 30)

struct copy {
    const struct bench_subject *subject;
    const char *to;
    uint64_t bytes;
};

/* --- paths in go.mod and go.work --- */

/* A word of go.mod that goes up and out of the project; "" and quotes are kept as they are. */
static bool leads_out(const char *root, const char *dir, const char *word, size_t len, char **path)
{
    bool quoted = len >= 2 && (*word == '"' || *word == '`');
    char *name = quoted ? mem_string_n(word + 1, len - 2) : mem_string_n(word, len);
    char *joined = path_join(dir, name), *clean = path_clean(joined);
    bool out =
        (strncmp(name, "../", 3) == 0 || strncmp(name, "./", 2) == 0 || strcmp(name, "..") == 0) &&
        !path_below(root, clean);
    free(joined);
    free(name);
    *path = out ? clean : NULL;
    if (!out)
        free(clean);
    return out;
}

void subject_rewrite_paths(const char *root, const char *dir, const char *text, size_t len,
                           struct buf *out)
{
    for (const char *at = text, *end = text + len; at < end;) {
        size_t blank = 0, word = 0;
        while (at + blank < end && isspace((unsigned char)at[blank]))
            blank++;
        (void)buf_append(out, at, blank);
        at += blank;
        if (end - at >= 2 && at[0] == '/' && at[1] == '/') { /* a comment, to the end of its line */
            while (at + word < end && at[word] != '\n')
                word++;
            (void)buf_append(out, at, word);
            at += word;
            continue;
        }
        char quote = at < end && (*at == '"' || *at == '`') ? *at : '\0';
        while (at + word < end && (quote ? word == 0 || at[word - 1] != quote || word == 1
                                         : !isspace((unsigned char)at[word])))
            word++;
        char *path;
        if (leads_out(root, dir, at, word, &path))
            (void)buf_printf(out, "\"%s\"", path);
        else
            (void)buf_append(out, at, word);
        if (path)
            free(path);
        at += word;
    }
}

/* --- one file --- */

static bool is_module_file(const char *file)
{
    const char *name = path_base(file);
    return strcmp(name, "go.mod") == 0 || strcmp(name, "go.work") == 0;
}

static bool put_all_marks(const struct bench_subject *subject, const char *file, struct buf *text)
{
    for (int kind = 0; kind < KINDS; kind++) {
        const struct strs *candidates = &subject->candidates[kind];
        for (size_t i = 0; i < candidates->len; i++) {
            if (strcmp(candidates->at[i], file) != 0)
                continue;
            char mark[BENCH_MARK_BYTES];
            struct buf marked = BUF_INIT(2 * SUBJECT_FILE_MAX);
            bench_candidate_mark(mark, (enum bench_kind)kind, i);
            if (!subject_put_mark((enum bench_kind)kind, file, buf_text(text), text->len, mark,
                                  &marked)) {
                buf_fini(&marked);
                return false;
            }
            buf_fini(text);
            *text = marked;
        }
    }
    return true;
}

/* What was built into the root, by `go build` without -o. */
static bool is_program(const char *file, const struct buf *text, unsigned mode)
{
    return !strchr(file, '/') && (mode & 0111) && text->len > 4 &&
           memcmp(text->data, "\177ELF", 4) == 0;
}

static int copy_file(struct copy *copy, const char *file, struct err *err)
{
    const char *root = copy->subject->root;
    char *from = path_join(root, file), *to = path_join(copy->to, file);
    struct fs_info info = fs_stat(from, false);
    struct buf text = BUF_INIT((size_t)COPY_BYTES_MAX);
    int result = 0;
    copy->bytes += info.size_bytes;
    if (copy->bytes > COPY_BYTES_MAX) {
        result = err_set(err, ERR_CONFIG, "%s has more than 1 GiB of files", root);
        err_hint(err, "name the directory of the Go module alone with --project");
    } else {
        result = fs_read(from, &text, err);
    }
    if (result == 0 && is_module_file(file)) {
        char *dir = path_dir(from);
        struct buf rewritten = BUF_INIT(SUBJECT_FILE_MAX);
        subject_rewrite_paths(root, dir, buf_text(&text), text.len, &rewritten);
        buf_fini(&text);
        text = rewritten;
        free(dir);
    }
    if (result == 0 && !put_all_marks(copy->subject, file, &text))
        result = err_set(err, ERR_CONFIG, "%s has no place for a mark", from);
    if (result == 0 && !is_program(file, &text, info.mode))
        result = fs_write(to, buf_text(&text), text.len, info.mode | 0600, err);
    buf_fini(&text);
    free(from);
    free(to);
    return result;
}

/* Leads where it led; one that leads nowhere is left out. */
static int copy_link(const struct copy *copy, const char *link, struct err *err)
{
    char *from = path_join(copy->subject->root, link), *real = fs_real(from);
    int result = 0;
    if (real) {
        const char *below = path_below(copy->subject->root, real);
        char *target = below ? path_join(copy->to, below) : mem_string(real);
        char *path = path_join(copy->to, link);
        result = fs_symlink(target, path, err);
        free(target);
        free(path);
    }
    free(real);
    free(from);
    return result;
}

/* --- the whole --- */

static int copy_entry(void *data, const char *file, enum fs_kind kind, struct err *err)
{
    struct copy *copy = data;
    if (kind == FS_FILE)
        return copy_file(copy, file, err);
    if (kind == FS_LINK)
        return copy_link(copy, file, err);
    if (kind != FS_DIR || subject_skips(file))
        return WALK_PAST;
    char *to = path_join(copy->to, file);
    int result = fs_mkdirs(to, 0755, err);
    free(to);
    return result;
}

int bench_subject_copy(const struct bench_subject *subject, const char *to, struct err *err)
{
    struct copy copy = {.subject = subject, .to = to};
    if (fs_stat(to, false).kind != FS_NONE)
        return err_set(err, ERR_SYSTEM, "%s exists already", to);
    if (path_below(subject->root, to))
        return err_set(err, ERR_CONFIG, "%s is inside the project that is copied", to);
    int result = fs_mkdirs(to, 0755, err);
    return result == 0 ? bench_walk(subject->root, copy_entry, &copy, err) : result;
}
