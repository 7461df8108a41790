/* Chance, the same for the same seed. */
#include <math.h>

#include "measure/load_parts.h"

/* Sebastiano Vigna's splitmix64. */
uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

double random_unit(uint64_t *state)
{
    return (double)(random_next(state) >> 11) / 9007199254740992.0; /* 2^53 */
}

static uint32_t divisor(uint32_t a, uint32_t b)
{
    return b ? divisor(b, a % b) : a;
}

/* As many cards of each task as its weight, by the weights' common divisor. */
void deck_make(struct worker *worker)
{
    const struct scenario *scenario = worker->load->scenario;
    uint32_t common = 0;
    VEC_EACH (const struct task, task, &scenario->tasks)
        common = divisor(task->weight, common);
    for (size_t i = 0; i < scenario->tasks.len; i++)
        for (uint32_t n = 0; n < scenario->tasks.at[i].weight / common; n++)
            vec_push(&worker->deck, (uint16_t)i);
    worker->deck_at = worker->deck.len; /* shuffled at the first draw */
}

/* Cards are drawn without being put back until none is left: the order is chance, the mix is not.
 */
size_t deck_draw(struct worker *worker)
{
    if (worker->deck_at == worker->deck.len) {
        for (size_t i = worker->deck.len - 1; i > 0; i--) {
            size_t j = random_next(&worker->random) % (i + 1);
            uint16_t card = worker->deck.at[i];
            worker->deck.at[i] = worker->deck.at[j];
            worker->deck.at[j] = card;
        }
        worker->deck_at = 0;
    }
    return worker->deck.at[worker->deck_at++];
}

uint64_t pause_draw(const struct pause *pause, uint64_t *state)
{
    if (pause->kind == PAUSE_UNIFORM)
        return pause->low_ns +
               (uint64_t)((double)(pause->high_ns - pause->low_ns) * random_unit(state));
    if (pause->kind == PAUSE_EXPONENTIAL) /* 1 - u is never 0; at most 37 times the mean */
        return (uint64_t)(-log(1 - random_unit(state)) * (double)pause->low_ns);
    return pause->low_ns;
}
