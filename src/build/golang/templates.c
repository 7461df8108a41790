#include "build/golang/templates.h"

#include <stdbool.h>
#include <string.h>

#include "build/golang/scan.h"
#include "build/golang/source.h"

static bool mentions(const char *text, size_t len, const char *word)
{
    return memmem(text, len, word, strlen(word)) != NULL;
}

static void note(int *line, const struct token *token)
{
    if (*line == 0)
        *line = token->line;
}

/* The word after a '.', before a '('. */
static void take_call(const struct token *word, bool templates, struct template_calls *calls)
{
    if (token_is(word, "LoadHTMLGlob") || token_is(word, "LoadHTMLFiles") ||
        token_is(word, "LoadHTMLFS"))
        note(&calls->load, word);
    else if (templates && (token_is(word, "ParseFiles") || token_is(word, "ParseGlob")))
        note(&calls->parse, word);
    else if (templates && token_is(word, "ParseFS"))
        note(&calls->parse_fs, word);
}

void templates_in_source(const char *text, size_t len, struct template_calls *calls)
{
    static const char *const WORDS[] = {"LoadHTML", "ReleaseMode", "ParseFiles", "ParseGlob",
                                        "ParseFS"};
    bool any = false;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        any |= mentions(text, len, WORDS[i]);
    if (!any)
        return;
    bool templates =
        source_imports(text, len, "html/template") || source_imports(text, len, "text/template");
    struct scan scan = {.at = text, .end = text + len, .line = 1, .line_begins = true};
    struct token token, word = {0};
    bool dot = false, mode = false; /* mode: within the brackets of SetMode */
    while (scan_code(&scan, &token) != SCAN_END) {
        if (word.kind == SCAN_WORD && token_is(&token, "(")) {
            take_call(&word, templates, calls);
            mode = token_is(&word, "SetMode");
        }
        if (mode && token_is(&token, "ReleaseMode"))
            note(&calls->release, &token);
        if (token_is(&token, ")"))
            mode = false;
        word = dot && token.kind == SCAN_WORD ? token : (struct token){0};
        dot = token_is(&token, ".");
    }
}
