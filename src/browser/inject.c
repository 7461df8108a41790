#include "browser/inject.h"

#include <string.h>

enum state {
    BEGIN,   /* perhaps in a byte order mark */
    BETWEEN, /* white space, then '<' or the place */
    OPEN,    /* held begins with '<' and is not known yet */
    COMMENT,
    COMMENT_BANG, /* after "--!" */
    DECLARATION,  /* a doctype or a bogus comment: until '>', in quotes too */
    TAG,          /* before attribute name state */
    TAG_NAME,
    TAG_AFTER_NAME,
    TAG_BEFORE_VALUE,
    TAG_DOUBLE, /* in "…" */
    TAG_SINGLE, /* in '…' */
    TAG_UNQUOTED,
    DONE,
};

static const char BYTE_ORDER_MARK[] = "\xef\xbb\xbf";

void inject_init(struct injector *injector, const char *text, size_t text_len)
{
    *injector = (struct injector){.text = text, .text_len = text_len, .state = BEGIN};
}

bool inject_done(const struct injector *injector)
{
    return injector->state == DONE;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\f' || byte == '\r';
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* Is held a beginning of word? */
static bool begins(const struct injector *injector, const char *word)
{
    if (injector->held_len > strlen(word))
        return false;
    for (size_t i = 0; i < injector->held_len; i++)
        if (lower(injector->held[i]) != word[i])
            return false;
    return true;
}

static bool is_word(const struct injector *injector, const char *word)
{
    return injector->held_len == strlen(word) && begins(injector, word);
}

static void release(struct injector *injector, struct buf *out)
{
    (void)buf_append(out, injector->held, injector->held_len);
    injector->held_len = 0;
}

/* The place is here, before what is held. */
static void place(struct injector *injector, struct buf *out)
{
    if (injector->page)
        (void)buf_append(out, injector->text, injector->text_len);
    release(injector, out);
    injector->state = DONE;
}

/* A '>' has ended a tag or a declaration. */
static void ended(struct injector *injector, struct buf *out)
{
    injector->state = BETWEEN;
    if (injector->head)
        place(injector, out);
}

/* "<html" or "<head" is held, and byte comes after it. */
static void named(struct injector *injector, char byte, struct buf *out)
{
    bool html = is_word(injector, "<html");
    bool tag = is_space(byte) || byte == '/' || byte == '>';
    if (!tag || !(html || injector->page)) {
        place(injector, out);
        (void)buf_putc(out, byte);
        return;
    }
    release(injector, out);
    (void)buf_putc(out, byte);
    injector->page = true;
    injector->head = !html;
    injector->state = TAG;
    if (byte == '>')
        ended(injector, out);
}

static void comment(struct injector *injector, struct buf *out)
{
    release(injector, out);
    injector->state = COMMENT;
    injector->virgin = true;
    injector->dashes = 0;
}

static void declaration(struct injector *injector, char byte, struct buf *out)
{
    release(injector, out);
    injector->state = DECLARATION;
    if (byte == '>')
        ended(injector, out);
}

/* One more byte of what began with '<'. */
static void open_byte(struct injector *injector, char byte, struct buf *out)
{
    if (is_word(injector, "<html") || is_word(injector, "<head")) {
        named(injector, byte, out);
        return;
    }
    injector->held[injector->held_len++] = byte;
    if (is_word(injector, "<!--")) {
        comment(injector, out);
    } else if (is_word(injector, "<!doctype")) {
        injector->page = true;
        declaration(injector, byte, out);
    } else if (begins(injector, "<!--") || begins(injector, "<!doctype") ||
               begins(injector, "<html") || begins(injector, "<head")) {
        injector->state = OPEN; /* still */
    } else if (injector->held[1] == '!' || injector->held[1] == '?') {
        declaration(injector, byte, out); /* bogus comment state */
    } else {
        place(injector, out);
    }
}

/* "-->" and "--!>" end a comment, and so do "<!-->" and "<!--->". */
static void comment_byte(struct injector *injector, char byte)
{
    bool closes = injector->dashes >= 2;
    if (byte == '>' && (closes || injector->virgin)) {
        injector->state = BETWEEN;
    } else if (byte == '!' && closes) {
        injector->state = COMMENT_BANG;
    } else if (byte == '-') {
        injector->dashes++;
        return;
    }
    injector->dashes = 0;
    injector->virgin = false;
}

static void bang_byte(struct injector *injector, char byte)
{
    injector->dashes = byte == '-';
    injector->state = byte == '>' ? BETWEEN : COMMENT;
}

/* The state after one more byte of a tag; DONE stands for its end. */
static enum state tag_byte(enum state state, char byte)
{
    enum state quoted = byte == '"' ? TAG_DOUBLE : byte == '\'' ? TAG_SINGLE : DONE;
    if (state == TAG_DOUBLE || state == TAG_SINGLE)
        return quoted == state ? TAG : state;
    if (byte == '>')
        return DONE;
    if (state == TAG_BEFORE_VALUE && !is_space(byte))
        return quoted == DONE ? TAG_UNQUOTED : quoted;
    if (state == TAG_BEFORE_VALUE)
        return state;
    if (state == TAG_UNQUOTED)
        return is_space(byte) ? TAG : state;
    if (byte == '/')
        return TAG;
    if (is_space(byte))
        return state == TAG ? TAG : TAG_AFTER_NAME;
    return byte == '=' && state != TAG ? TAG_BEFORE_VALUE : TAG_NAME;
}

static void between_byte(struct injector *injector, char byte, struct buf *out)
{
    if (byte == '<') {
        injector->held[injector->held_len++] = byte;
        injector->state = OPEN;
        return;
    }
    if (!is_space(byte))
        place(injector, out);
    (void)buf_putc(out, byte);
}

static void begin_byte(struct injector *injector, char byte, struct buf *out)
{
    size_t at = injector->held_len;
    if (byte == BYTE_ORDER_MARK[at]) {
        injector->held[injector->held_len++] = byte;
        if (injector->held_len < strlen(BYTE_ORDER_MARK))
            return;
        release(injector, out);
        injector->state = BETWEEN;
    } else if (at == 0) {
        injector->state = BETWEEN;
        between_byte(injector, byte, out);
    } else { /* half a mark: no text that a browser would read */
        place(injector, out);
        (void)buf_putc(out, byte);
    }
}

static void step(struct injector *injector, char byte, struct buf *out)
{
    enum state state = (enum state)injector->state;
    if (state == BEGIN) {
        begin_byte(injector, byte, out);
    } else if (state == BETWEEN) {
        between_byte(injector, byte, out);
    } else if (state == OPEN) {
        open_byte(injector, byte, out);
    } else {
        (void)buf_putc(out, byte);
        if (state == COMMENT)
            comment_byte(injector, byte);
        else if (state == COMMENT_BANG)
            bang_byte(injector, byte);
        else if (state != DECLARATION)
            injector->state = (int)tag_byte(state, byte);
        if (injector->state == DONE || (state == DECLARATION && byte == '>'))
            ended(injector, out);
    }
}

void inject_feed(struct injector *injector, const char *bytes, size_t len, struct buf *out)
{
    size_t at = 0;
    while (at < len && injector->state != DONE)
        step(injector, bytes[at++], out);
    (void)buf_append(out, bytes + at, len - at);
}

void inject_end(struct injector *injector, struct buf *out)
{
    if (injector->state == BETWEEN || injector->state == OPEN)
        place(injector, out);
    release(injector, out);
    injector->state = DONE;
}
