#include "browser/csp.h"

#include <string.h>

/* A piece of the header's value, borrowed. */
struct text {
    const char *at;
    size_t len;
};

/* A kind of fetch that the script needs, and the directives that may rule it: the first one that
   the policy has does. */
static const char *const SCRIPT[] = {"script-src-elem", "script-src", "default-src", NULL};
static const char *const CONNECT[] = {"connect-src", "default-src", NULL};
static const char *const WORKER[] = {"worker-src", "child-src", "script-src", "default-src", NULL};

#define NEEDS 3

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\f' || byte == '\r';
}

static struct text trim(struct text text)
{
    while (text.len && is_space(*text.at))
        text.at++, text.len--;
    while (text.len && is_space(text.at[text.len - 1]))
        text.len--;
    return text;
}

/* Takes what stands before the next separator (' ' means any white space) out of rest. */
static struct text take(struct text *rest, char separator)
{
    struct text part = {rest->at, 0};
    while (part.len < rest->len &&
           !(separator == ' ' ? is_space(rest->at[part.len]) : rest->at[part.len] == separator))
        part.len++;
    size_t used = part.len < rest->len ? part.len + 1 : part.len;
    rest->at += used;
    rest->len -= used;
    return trim(part);
}

/* ASCII case-insensitive. */
static bool begins(struct text text, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i < len; i++) {
        char byte = i < text.len ? text.at[i] : '\0';
        if ((byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte) != word[i])
            return false;
    }
    return true;
}

static bool is(struct text text, const char *word)
{
    return text.len == strlen(word) && begins(text, word);
}

/* The sources of the first directive of that name, and whether there is one: later ones of the
   same name mean nothing. */
static bool find(struct text policy, const char *name, struct text *sources)
{
    while (policy.len) {
        struct text directive = take(&policy, ';');
        if (is(take(&directive, ' '), name)) {
            *sources = trim(directive);
            return true;
        }
    }
    return false;
}

/* The directive that rules a need; NULL: nothing does, all is allowed. */
static const char *ruling(struct text policy, const char *const *need, struct text *sources)
{
    for (; *need; need++)
        if (find(policy, *need, sources))
            return *need;
    return NULL;
}

static bool has(struct text sources, const char *source)
{
    while (sources.len)
        if (is(take(&sources, ' '), source))
            return true;
    return false;
}

/* Nonces compare as they are written. */
static struct text nonce_of(struct text sources)
{
    static const char PREFIX[] = "'nonce-";
    while (sources.len) {
        struct text source = take(&sources, ' ');
        size_t around = sizeof PREFIX; /* with the quote at the end */
        if (source.len > around && begins(source, PREFIX) && source.at[source.len - 1] == '\'')
            return (struct text){source.at + sizeof PREFIX - 1, source.len - around};
    }
    return (struct text){0};
}

/* A nonce is base64 or base64url: anything else has no place in an attribute of HTML. */
static bool is_nonce(struct text nonce)
{
    for (size_t i = 0; i < nonce.len; i++) {
        char byte = nonce.at[i];
        if (!((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
              (byte >= '0' && byte <= '9') || strchr("+/-_=", byte)))
            return false;
    }
    return nonce.len > 0 && nonce.len < CSP_NONCE_BYTES;
}

void csp_look(struct csp *csp, const char *value, size_t len)
{
    struct text rest = {value, len}, sources = {0};
    while (rest.len) {
        if (!ruling(take(&rest, ','), SCRIPT, &sources))
            continue;
        struct text nonce = nonce_of(sources);
        if (!*csp->nonce && is_nonce(nonce)) {
            memcpy(csp->nonce, nonce.at, nonce.len);
            csp->nonce[nonce.len] = '\0';
        }
        csp->needs_nonce |= has(sources, "'strict-dynamic'");
    }
}

static bool has_nonce(struct text sources, const char *nonce)
{
    while (*nonce && sources.len) {
        struct text source = take(&sources, ' ');
        struct text own = nonce_of(source);
        if (own.len == strlen(nonce) && memcmp(own.at, nonce, own.len) == 0)
            return true;
    }
    return false;
}

/* What a need's sources lack; NULL: nothing. */
static const char *lacking(const char *const *need, struct text sources, const char *nonce)
{
    bool script = need == SCRIPT;
    if (script && has_nonce(sources, nonce))
        return NULL;
    if (need != CONNECT && has(sources, "'strict-dynamic'"))
        return script ? "'nonce-" : NULL;
    return has(sources, "'self'") || has(sources, "*") ? NULL : "'self'";
}

/* A source list with one more source; 'none' stands only alone. */
static void put_sources(struct text sources, const char *lack, const char *nonce, struct buf *out)
{
    while (sources.len) {
        struct text source = take(&sources, ' ');
        if (source.len && !is(source, "'none'")) {
            (void)buf_putc(out, ' ');
            (void)buf_append(out, source.at, source.len);
        }
    }
    if (*lack == '\'' && lack[1] == 'n')
        (void)buf_printf(out, " 'nonce-%s'", nonce);
    else
        (void)buf_printf(out, " %s", lack);
}

/* What is to be done about one need in one policy. */
struct change {
    const char *lack;      /* NULL: nothing */
    const char *directive; /* the one that gets it */
    bool is_new;           /* it is made, from the sources of the one that rules */
    struct text sources;
};

static struct change change_for(struct text policy, const char *const *need, const char *own,
                                const char *nonce)
{
    struct change change = {0};
    const char *rules = ruling(policy, need, &change.sources);
    if (!rules)
        return change;
    bool keeps = strcmp(rules, own) == 0 || (need == SCRIPT && strcmp(rules, "default-src") != 0);
    change.lack = lacking(need, change.sources, nonce);
    change.directive = keeps ? rules : own;
    change.is_new = !keeps;
    return change;
}

/* Workers follow script-src where they have nothing of their own: what that gets, they get. */
static bool follows_script(struct text policy, const struct change *script)
{
    struct text ignored;
    return script->lack && strcmp(script->directive, "script-src") == 0 &&
           strcmp(script->lack, "'self'") == 0 && !find(policy, "worker-src", &ignored) &&
           !find(policy, "child-src", &ignored);
}

static void put_directive(struct text directive, struct change *changes, const char *nonce,
                          struct buf *out)
{
    struct text sources = directive, name = take(&sources, ' ');
    for (size_t i = 0; i < NEEDS; i++) {
        struct change *change = &changes[i];
        if (!change->lack || change->is_new || !is(name, change->directive))
            continue;
        (void)buf_append(out, name.at, name.len);
        put_sources(sources, change->lack, nonce, out);
        change->lack = NULL; /* a second directive of the name means nothing */
        return;
    }
    (void)buf_append(out, directive.at, directive.len);
}

static void put_policy(struct text policy, struct change *changes, const char *nonce,
                       struct buf *out)
{
    const char *between = "";
    for (struct text rest = policy; rest.len;) {
        struct text directive = take(&rest, ';');
        if (!directive.len)
            continue;
        (void)buf_puts(out, between);
        put_directive(directive, changes, nonce, out);
        between = "; ";
    }
    for (size_t i = 0; i < NEEDS; i++) {
        if (!changes[i].lack)
            continue;
        (void)buf_printf(out, "; %s", changes[i].directive);
        put_sources(changes[i].sources, changes[i].lack, nonce, out);
    }
}

void csp_allow(const char *value, size_t len, const char *nonce, struct buf *out)
{
    struct text rest = {value, len};
    const char *between = "";
    while (rest.len) {
        struct text policy = take(&rest, ',');
        struct change changes[NEEDS] = {
            change_for(policy, SCRIPT, "script-src", nonce),
            change_for(policy, CONNECT, "connect-src", nonce),
            change_for(policy, WORKER, "worker-src", nonce),
        };
        if (follows_script(policy, &changes[0]))
            changes[2].lack = NULL;
        (void)buf_puts(out, between);
        if (changes[0].lack || changes[1].lack || changes[2].lack)
            put_policy(policy, changes, nonce, out);
        else
            (void)buf_append(out, policy.at, policy.len);
        between = ", ";
    }
}
