#include "build/golang/squeeze.h"

#include <string.h>

#define LOOK_AHEAD 64 /* declarations */
#define NONE       ((size_t)-1)

/* Where the next byte of the variant goes. */
struct layout {
    const struct gotokens *before, *now;
    struct buf *out;
    uint32_t line, column;
    bool failed;
};

static void put(struct layout *layout, const char *text, size_t len)
{
    (void)buf_append(layout->out, text, len);
    for (size_t i = 0; i < len; i++) {
        layout->column = text[i] == '\n' ? 1 : layout->column + 1;
        layout->line += text[i] == '\n';
    }
}

/* Newlines and spaces up to a position; a failure where it is passed already. */
static void pad(struct layout *layout, uint32_t line, uint32_t column)
{
    while (layout->line < line)
        put(layout, "\n", 1);
    if (layout->line > line || layout->column > column) {
        layout->failed = true;
        return;
    }
    while (layout->column < column)
        put(layout, " ", 1);
}

/* The text from the first to the last token, comments between them included, as it stands. */
static void copy(struct layout *layout, const struct gotokens *scan, size_t first, size_t last)
{
    const struct gotoken *from = &scan->tokens.at[first], *to = &scan->tokens.at[last];
    put(layout, scan->text + from->at, to->at + to->len - from->at);
}

static void put_token(struct layout *layout, const struct gotokens *scan, size_t token)
{
    put(layout, scan->text + scan->tokens.at[token].at, scan->tokens.at[token].len);
}

/* The tokens after first up to last on one line (raw strings keep theirs). */
static void join(struct layout *layout, const struct gotokens *scan, size_t first, size_t last)
{
    for (size_t i = first + 1; i <= last && !layout->failed; i++) {
        const struct gotoken *before = &scan->tokens.at[i - 1];
        if (scan->tokens.at[i].kind == GOTOKEN_DIRECTIVE)
            layout->failed = true;
        bool newline = scan->tokens.at[i].line > before->last_line;
        if (i > first + 1 && newline && gotokens_ends_statement(scan, i - 1))
            put(layout, ";", 1);
        put(layout, " ", 1);
        if (i < last)
            put_token(layout, scan, i);
    }
}

/* A statement ends after the token because a newline follows. */
static bool newline_ends(const struct gotokens *scan, size_t token)
{
    return scan->tokens.at[token + 1].line > scan->tokens.at[token].last_line &&
           gotokens_ends_statement(scan, token);
}

/* The same program text: tokens, and the statements that newlines end between them. */
static bool same_tokens(const struct layout *layout, size_t old_first, size_t old_last,
                        size_t now_first, size_t now_last)
{
    const struct gotokens *before = layout->before, *now = layout->now;
    if (old_last - old_first != now_last - now_first)
        return false;
    for (size_t i = 0; i <= old_last - old_first; i++) {
        const struct gotoken *a = &before->tokens.at[old_first + i];
        const struct gotoken *b = &now->tokens.at[now_first + i];
        if (a->kind != b->kind || a->len != b->len ||
            memcmp(before->text + a->at, now->text + b->at, a->len) != 0)
            return false;
        if (i < old_last - old_first &&
            newline_ends(before, old_first + i) != newline_ends(now, now_first + i))
            return false;
    }
    return true;
}

/* Does the declaration have another text from its head on (a function: before its body)? */
static bool same_head(const struct layout *layout, const struct gotokens_decl *old,
                      const struct gotokens_decl *new)
{
    if (old->open && new->open)
        return same_tokens(layout, old->first, old->open, new->first, new->open);
    return !old->open &&
           !new->open &&same_tokens(layout, old->first, old->last, new->first, new->last);
}

/* A function whose body is another one: the old head, the new body squeezed to the old height. */
static void put_function(struct layout *layout, const struct gotokens_decl *old,
                         const struct gotokens_decl *new)
{
    const struct gotoken *close = &layout->before->tokens.at[old->last];
    copy(layout, layout->before, old->first, old->open);
    join(layout, layout->now, new->open, new->last);
    if (layout->line < close->line)
        pad(layout, close->line, close->column);
    else if (layout->line > close->line)
        layout->failed = true;
    put(layout, "}", 1);
}

static void put_pair(struct layout *layout, const struct gotokens_decl *old,
                     const struct gotokens_decl *new)
{
    const struct gotoken *first = &layout->before->tokens.at[old->first];
    pad(layout, first->line, first->column);
    if (layout->failed)
        return;
    if (same_tokens(layout, old->first, old->last, new->first, new->last))
        copy(layout, layout->before, old->first, old->last);
    else if (old->open && new->open && same_head(layout, old, new))
        put_function(layout, old, new);
    else
        copy(layout, layout->now, new->first, new->last);
    put(layout, "\n", 1);
}

/* The next declaration of list, at most LOOK_AHEAD after from, with the head of decl. */
static size_t find(const struct layout *layout, const gotokens_decls *list, size_t from,
                   const struct gotokens_decl *decl, bool decl_is_old)
{
    for (size_t i = from; i < list->len && i < from + LOOK_AHEAD; i++)
        if (decl_is_old ? same_head(layout, decl, &list->at[i])
                        : same_head(layout, &list->at[i], decl))
            return i;
    return NONE;
}

/* Walks both lists; what the old one does not have is left in added. */
static void put_declarations(struct layout *layout, const gotokens_decls *old,
                             const gotokens_decls *new, gotokens_decls *added)
{
    size_t i = 0, j = 0;
    while (i < old->len && j < new->len && !layout->failed) {
        size_t later = find(layout, new, j, &old->at[i], true);
        if (later == NONE && find(layout, old, i + 1, &new->at[j], false) != NONE) {
            i++; /* removed */
            continue;
        }
        for (; later != NONE && j < later; j++)
            vec_push(added, new->at[j]);
        put_pair(layout, &old->at[i++], &new->at[j++]);
    }
    for (; j < new->len; j++)
        vec_push(added, new->at[j]);
}

/* The compiler numbers the types that functions declare in the order of the source, so these may
   not change places. */
static bool has_local_type(const struct gotokens *scan, const struct gotokens_decl *decl)
{
    for (size_t i = decl->open; decl->open && i < decl->last; i++)
        if (gotokens_is(scan, i, "type"))
            return true;
    return false;
}

/* Nothing stands after the last declaration, such as a directive. */
static bool is_whole(const struct gotokens *scan, const gotokens_decls *decls)
{
    size_t end = decls->len ? decls->at[decls->len - 1].last + 1 : scan->header;
    while (gotokens_is(scan, end, ";"))
        end++;
    return end == scan->tokens.len;
}

bool squeeze(const struct gotokens *before, const struct gotokens *now, struct buf *out)
{
    struct layout layout = {.before = before, .now = now, .out = out, .line = 1, .column = 1};
    if (!before->sound || !now->sound || before->moves_lines || now->moves_lines ||
        !digest_equal(gotokens_header_digest(before), gotokens_header_digest(now)))
        return false;
    gotokens_decls old = {0}, new = {0}, added = {0};
    gotokens_decls_of(before, &old);
    gotokens_decls_of(now, &new);
    layout.failed = !is_whole(before, &old) || !is_whole(now, &new);
    const struct gotoken *last = &before->tokens.at[before->header - 1];
    put(&layout, before->text, last->at + last->len);
    put(&layout, "\n", 1);
    put_declarations(&layout, &old, &new, &added);
    const struct gotoken *end = &before->tokens.at[before->tokens.len - 1];
    while (layout.line <= end->last_line)
        put(&layout, "\n", 1);
    for (size_t i = 0; i < added.len && !layout.failed; i++) {
        layout.failed = has_local_type(now, &added.at[i]);
        copy(&layout, now, added.at[i].first, added.at[i].last);
        put(&layout, "\n", 1);
    }
    vec_fini(&old);
    vec_fini(&new);
    vec_fini(&added);
    return !layout.failed && !out->truncated;
}
