#include "http/coding.h"

#include <stdlib.h>

#include "base/mem.h"
#include "http/coding_parts.h"
#include "http/fields.h"

struct coder {
    const struct coder_kind *kind;
    void *state;
    uint64_t left; /* of output_max */
    bool done, bad;
};

enum coding coding_of(struct http_text value)
{
    if (!value.len || http_text_equal_case(value, "identity"))
        return CODING_IDENTITY;
    if (http_text_equal_case(value, "gzip") || http_text_equal_case(value, "x-gzip"))
        return CODING_GZIP;
    return http_text_equal_case(value, "br") ? CODING_BR : CODING_UNKNOWN;
}

struct coder *coder_decode_new(enum coding coding, uint64_t output_max)
{
    struct coder *coder = mem_new(1, sizeof *coder);
    coder->kind = coding == CODING_BR ? &coder_unbrotli : &coder_gunzip;
    coder->state = coder->kind->open();
    coder->left = output_max;
    return coder;
}

/* All that is allowed has come. Is it all there is? One byte more tells. */
static enum coding_result look_further(struct coder *coder, struct coding_step *step)
{
    char more;
    struct coding_step further = {step->in, step->in_len, &more, 1, step->finish};
    enum coding_result result = coder->kind->step(coder->state, &further);
    step->in = further.in;
    step->in_len = further.in_len;
    return further.out_len ? result : CODING_BAD;
}

enum coding_result coder_step(struct coder *coder, struct coding_step *step)
{
    if (coder->bad || coder->done)
        return coder->bad ? CODING_BAD : CODING_DONE;
    size_t room = step->out_len, allowed = coder->left < room ? (size_t)coder->left : room;
    step->out_len = allowed;
    enum coding_result result = coder->kind->step(coder->state, step);
    size_t made = allowed - step->out_len;
    coder->left -= made;
    step->out_len = room - made;
    if (result == CODING_MORE && !coder->left)
        result = look_further(coder, step);
    bool idle = !step->in_len && !made && step->out_len;
    if (result == CODING_MORE && step->finish && idle)
        result = CODING_BAD; /* cut */
    coder->done = result == CODING_DONE;
    coder->bad = result == CODING_BAD;
    return result;
}

void coder_free(struct coder *coder)
{
    if (!coder)
        return;
    coder->kind->close(coder->state);
    free(coder);
}
