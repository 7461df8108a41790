#include "config/suggest.h"

#include <ctype.h>
#include <string.h>

#define WORD_MAX 63

static int letter(char character)
{
    return character == '-' ? '_' : tolower((unsigned char)character);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance (Damerau-Levenshtein without repeated edits). */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b_len; j++) {
        last[j] = j;
        before[j] = j;
    }
    for (size_t i = 1; i <= a_len; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t cost = letter(a[i - 1]) != letter(b[j - 1]);
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + cost);
            if (i > 1 && j > 1 && letter(a[i - 1]) == letter(b[j - 2]) &&
                letter(a[i - 2]) == letter(b[j - 1]))
                now[j] = least(now[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[b_len];
}

/* Letters that a and b begin with in common. */
static size_t common(const char *a, const char *b)
{
    size_t len = 0;
    while (a[len] && letter(a[len]) == letter(b[len]))
        len++;
    return len;
}

/* The shortest of the names that go on where word ends, past its last dot: an end that was left
   out, and not another word of the same length, is what people forget. A wrong letter may be
   behind three right ones. */
static const char *continued(const char *word, const char *const *names, size_t len)
{
    const char *dot = strrchr(word, '.');
    size_t section = dot ? (size_t)(dot - word) + 1 : 0, word_len = strlen(word);
    const char *best = NULL;
    size_t best_common = word_len - 1; /* at least all but the last letter */
    for (size_t i = 0; i < len; i++) {
        size_t found = common(word, names[i]);
        if (found < section + 4 || found < best_common || strlen(names[i]) < word_len ||
            (best && found == best_common && strlen(names[i]) >= strlen(best)))
            continue;
        best = names[i];
        best_common = found;
    }
    return best;
}

const char *suggest(const char *word, const char *const *names, size_t len)
{
    size_t word_len = strlen(word);
    const char *best = NULL;
    size_t best_distance = word_len / 3 > 1 ? word_len / 3 + 1 : 2; /* one more than allowed */
    if (word_len == 0 || word_len > WORD_MAX)
        return NULL;
    const char *longer = continued(word, names, len);
    for (size_t i = 0; i < len; i++) {
        size_t name_len = strlen(names[i]);
        if (name_len > WORD_MAX)
            continue;
        size_t found = distance(word, word_len, names[i], name_len);
        if (found < best_distance) {
            best = names[i];
            best_distance = found;
        }
    }
    return longer && best_distance > 1 ? longer : best;
}
