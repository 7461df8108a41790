/*
 * A pattern is compiled to a few steps on the stack, and all ways through them are followed at once
 * (Thompson's simulation): time is at most steps times characters, whatever the pattern.
 */
#include "base/glob.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#define STEPS_MAX (2 * GLOB_BYTES_MAX + 4)
#define DEPTH_MAX 16

enum op {
    OP_CHAR,  /* the character at */
    OP_ANY,   /* '?' */
    OP_SET,   /* the set from at (after '[') */
    OP_STAR,  /* any number of characters but '/' */
    OP_DIRS,  /* "**" and '/': any number of directories, none included; to: of what follows */
    OP_IN,    /* the second half of OP_DIRS: inside a directory's name */
    OP_REST,  /* "**" at the end: one character or more, '/' included */
    OP_MORE,  /* the second half of OP_REST */
    OP_SPLIT, /* go on here and at step to */
    OP_JUMP,  /* go on at step to */
    OP_MATCH,
};

struct step {
    uint8_t op;
    uint16_t at; /* in the pattern */
    uint16_t to;
};

struct program {
    const char *text; /* the pattern */
    struct step steps[STEPS_MAX];
    int len;
    const char *fault;
    int fault_at;
};

struct brace {
    int split; /* the open OP_SPLIT of this alternative */
    int jumps; /* the last of its OP_JUMPs, chained by to; 0: none */
};

struct states {
    uint64_t bits[(STEPS_MAX + 63) / 64];
};

static int emit(struct program *program, enum op op, int at)
{
    if (program->len >= STEPS_MAX - 1) {
        program->fault = "the pattern is too long";
        return program->len;
    }
    program->steps[program->len] = (struct step){.op = (uint8_t)op, .at = (uint16_t)at};
    return program->len++;
}

/* After the ']' that closes the set whose first character is at; -1 where none does. */
static int set_end(const char *text, int at)
{
    if (text[at] == '!' || text[at] == '^')
        at++;
    for (int first = at; text[at]; at++) {
        if (text[at] == ']' && at > first)
            return at + 1;
        if (text[at] == '\\' && text[at + 1])
            at++;
        else if (text[at] == '[' && text[at + 1] == ':' && strstr(text + at + 2, ":]"))
            at = (int)(strstr(text + at + 2, ":]") - text) + 1;
    }
    return -1;
}

static bool in_class(const char *name, size_t len, unsigned char character)
{
    static const struct {
        const char *name;
        int (*fn)(int);
    } CLASSES[] = {{"alpha", isalpha}, {"digit", isdigit}, {"alnum", isalnum},
                   {"upper", isupper}, {"lower", islower}, {"space", isspace},
                   {"blank", isblank}, {"punct", ispunct}, {"print", isprint},
                   {"graph", isgraph}, {"cntrl", iscntrl}, {"xdigit", isxdigit}};
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++)
        if (strlen(CLASSES[i].name) == len && memcmp(CLASSES[i].name, name, len) == 0)
            return CLASSES[i].fn(character) != 0;
    return false;
}

static bool set_has(const char *text, int at, char wanted)
{
    unsigned char character = (unsigned char)wanted;
    bool negated = text[at] == '!' || text[at] == '^', found = false;
    int first = at += negated;
    if (wanted == '/')
        return false;
    for (; text[at] != ']' || at == first; at++) {
        const char *end =
            text[at] == '[' && text[at + 1] == ':' ? strstr(text + at + 2, ":]") : NULL;
        if (end) {
            found |= in_class(text + at + 2, (size_t)(end - text) - (size_t)at - 2, character);
            at = (int)(end - text) + 1;
            continue;
        }
        at += text[at] == '\\';
        unsigned char low = (unsigned char)text[at], high = low;
        if (text[at + 1] == '-' && text[at + 2] && text[at + 2] != ']') {
            at += 2;
            at += text[at] == '\\';
            high = (unsigned char)text[at];
        }
        found |= low <= character && character <= high;
    }
    return found != negated;
}

/* Is the edge of a path component here, so that "**" beside it is more than '*'? */
static bool is_edge(char character, int depth)
{
    return character == '/' || character == '\0' ||
           (depth && (character == '{' || character == ',' || character == '}'));
}

/* At a '*': gives the position after what was read. */
static int stars(struct program *program, int at, int depth)
{
    const char *text = program->text;
    int end = at + (int)strspn(text + at, "*");
    bool before = at == 0 || is_edge(text[at - 1], depth);
    if (end - at == 2 && before && text[end] == '/') {
        emit(program, OP_DIRS, at);
        emit(program, OP_IN, at);
        return end + 1;
    }
    if (end - at == 2 && before && is_edge(text[end], depth)) {
        emit(program, OP_REST, at);
        emit(program, OP_MORE, at);
        return end;
    }
    emit(program, OP_STAR, at);
    return end;
}

static void fault(struct program *program, const char *what, int at)
{
    if (!program->fault)
        program->fault_at = at;
    if (!program->fault)
        program->fault = what;
}

/* At ',' or '}' inside a brace. */
static void brace_next(struct program *program, struct brace *brace, int at)
{
    int jump = emit(program, OP_JUMP, at);
    program->steps[jump].to = (uint16_t)brace->jumps;
    brace->jumps = jump;
    program->steps[brace->split].to = (uint16_t)program->len;
    if (program->text[at] == ',') {
        brace->split = emit(program, OP_SPLIT, at);
        return;
    }
    /* The last split has no alternative left: both its ways are the same. */
    program->steps[brace->split].to = (uint16_t)(brace->split + 1);
    while (jump) {
        int before = program->steps[jump].to;
        program->steps[jump].to = (uint16_t)program->len;
        jump = before;
    }
}

/* At anything that stands for one character: gives the position after it. */
static int single(struct program *program, int at)
{
    const char *text = program->text;
    if (text[at] == '[') {
        int end = set_end(text, at + 1);
        if (end < 0) {
            fault(program, "'[' without ']'", at);
            return at + 1;
        }
        emit(program, OP_SET, at + 1);
        return end;
    }
    bool quoted = text[at] == '\\';
    at += quoted;
    if (!text[at]) {
        fault(program, "a backslash at the end", at - 1);
        return at;
    }
    emit(program, text[at] == '?' && !quoted ? OP_ANY : OP_CHAR, at);
    return at + 1;
}

static void compile(struct program *program, const char *text, int len, bool braces)
{
    struct brace open[DEPTH_MAX];
    int depth = 0, at = 0;
    program->text = text;
    program->len = 0;
    program->fault = NULL;
    while (at < len && !program->fault) {
        if (braces && text[at] == '{') {
            if (depth == DEPTH_MAX) {
                fault(program, "braces too deep", at);
                break;
            }
            open[depth].jumps = 0;
            open[depth++].split = emit(program, OP_SPLIT, at++);
        } else if (depth && (text[at] == ',' || text[at] == '}')) {
            brace_next(program, &open[depth - 1], at);
            depth -= text[at++] == '}';
        } else if (text[at] == '*') {
            at = stars(program, at, depth);
        } else {
            at = single(program, at);
        }
    }
    if (depth)
        fault(program, "'{' without '}'", program->steps[open[depth - 1].split].at);
    emit(program, OP_MATCH, len);
}

static void enter(const struct program *program, struct states *states, int step)
{
    for (;;) {
        uint64_t bit = UINT64_C(1) << (step % 64);
        if (states->bits[step / 64] & bit)
            return;
        states->bits[step / 64] |= bit;
        const struct step *at = &program->steps[step];
        switch (at->op) {
        case OP_STAR:
            step++;
            break;
        case OP_DIRS:
            enter(program, states, step + 1);
            step += 2;
            break;
        case OP_MORE:
            step++;
            break;
        case OP_SPLIT:
            enter(program, states, at->to);
            step++;
            break;
        case OP_JUMP:
            step = at->to;
            break;
        default:
            return;
        }
    }
}

static void advance(const struct program *program, struct states *next, int step, char character)
{
    const struct step *at = &program->steps[step];
    switch (at->op) {
    case OP_CHAR:
        if (program->text[at->at] == character)
            enter(program, next, step + 1);
        break;
    case OP_ANY:
        if (character != '/')
            enter(program, next, step + 1);
        break;
    case OP_SET:
        if (set_has(program->text, at->at, character))
            enter(program, next, step + 1);
        break;
    case OP_STAR:
        if (character != '/')
            enter(program, next, step);
        break;
    case OP_IN:
        enter(program, next, character == '/' ? step - 1 : step);
        break;
    case OP_REST:
        enter(program, next, step + 1);
        break;
    case OP_MORE:
        enter(program, next, step);
        break;
    default:
        break;
    }
}

static bool run(const struct program *program, const char *path)
{
    struct states now = {0};
    size_t words = (size_t)program->len / 64 + 1;
    enter(program, &now, 0);
    for (; *path; path++) {
        struct states next;
        memset(next.bits, 0, words * sizeof *next.bits);
        bool alive = false;
        for (size_t word = 0; word < words; word++) {
            for (uint64_t bits = now.bits[word]; bits; bits &= bits - 1) {
                advance(program, &next, (int)word * 64 + __builtin_ctzll(bits), *path);
                alive = true;
            }
        }
        if (!alive)
            return false;
        memcpy(now.bits, next.bits, words * sizeof *next.bits);
    }
    int end = program->len - 1;
    return now.bits[end / 64] >> (end % 64) & 1;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool match_n(const char *pattern, size_t len, const char *path, bool braces)
{
    struct program program;
    if (*path == '/')
        path++;
    if (memchr(pattern, '/', len) == NULL)
        path = base_of(path);
    if (*pattern == '/') {
        pattern++;
        len--;
    }
    compile(&program, pattern, (int)len, braces);
    return !program.fault && run(&program, path);
}

/* Does a directory above path match the pattern without its trailing '/'? */
static bool match_above(const char *pattern, size_t len, const char *path)
{
    char dir[4096];
    size_t path_len = strlen(path);
    if (path_len >= sizeof dir)
        return false;
    memcpy(dir, path, path_len + 1);
    for (char *slash; (slash = strrchr(dir, '/')) && slash > dir;) {
        *slash = '\0';
        if (match_n(pattern, len, dir, true))
            return true;
    }
    return false;
}

bool glob_match(const char *pattern, const char *path)
{
    size_t len = strlen(pattern);
    if (len == 0 || len >= GLOB_BYTES_MAX)
        return false;
    if (len > 1 && pattern[len - 1] == '/' && pattern[len - 2] != '\\')
        return match_above(pattern, len - 1, path);
    return match_n(pattern, len, path, true);
}

bool glob_match_git(const char *pattern, const char *path)
{
    size_t len = strlen(pattern);
    return len > 0 && len < GLOB_BYTES_MAX && match_n(pattern, len, path, false);
}

int glob_check(const char *pattern, struct err *err)
{
    struct program program;
    size_t len = strlen(pattern);
    if (len == 0)
        return err_set(err, ERR_CONFIG, "the pattern is empty");
    if (len >= GLOB_BYTES_MAX)
        return err_set(err, ERR_CONFIG, "the pattern has %zu bytes, more than %d", len,
                       GLOB_BYTES_MAX - 1);
    compile(&program, pattern, (int)len, true);
    if (!program.fault)
        return 0;
    err_set(err, ERR_CONFIG, "the pattern '%.200s' is wrong at offset %d: %s", pattern,
            program.fault_at, program.fault);
    err_hint(err, "a backslash before a special character makes it an ordinary one");
    return ERR_CONFIG;
}
