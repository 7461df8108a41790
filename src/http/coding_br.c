/* br, RFC 7932, by Google's Brotli; decoding only. */
#include <brotli/decode.h>
#include <stdlib.h>

#include "http/coding_parts.h"

static void *open_decoder(void)
{
    BrotliDecoderState *state = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    if (!state)
        abort(); /* no memory */
    return state;
}

static enum coding_result step_decoder(void *state, struct coding_step *step)
{
    const uint8_t *in = (const uint8_t *)step->in;
    uint8_t *out = (uint8_t *)step->out;
    BrotliDecoderResult result =
        BrotliDecoderDecompressStream(state, &step->in_len, &in, &step->out_len, &out, NULL);
    step->in = (const char *)in;
    step->out = (char *)out;
    if (result == BROTLI_DECODER_RESULT_SUCCESS)
        return CODING_DONE;
    return result == BROTLI_DECODER_RESULT_ERROR ? CODING_BAD : CODING_MORE;
}

static void close_decoder(void *state)
{
    BrotliDecoderDestroyInstance(state);
}

const struct coder_kind coder_unbrotli = {open_decoder, step_decoder, close_decoder};
