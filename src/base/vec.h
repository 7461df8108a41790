/*
 * Typed vectors by one macro: struct { T *at; size_t len, cap; }.
 *
 * The element type says who owns what its elements point to; vec_fini frees only the array.
 */
#ifndef ZONDA_BASE_VEC_H
#define ZONDA_BASE_VEC_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *at;                                                                                  \
        size_t len, cap;                                                                           \
    }

/* Makes room for one more element at the end and gives its (uninitialised) address. */
#define vec_add(vec)                                                                               \
    ((vec)->len == (vec)->cap                                                                      \
         ? (void)((vec)->cap = (vec)->cap ? (vec)->cap * 2 : 8,                                    \
                  (vec)->at = mem_resize((vec)->at, (vec)->cap, sizeof *(vec)->at))                \
         : (void)0,                                                                                \
     &(vec)->at[(vec)->len++])

#define vec_push(vec, value) (*vec_add(vec) = (value))

#define vec_remove(vec, index)                                                                     \
    (memmove(&(vec)->at[index], &(vec)->at[(index) + 1],                                           \
             ((vec)->len - (index)-1) * sizeof *(vec)->at),                                        \
     (vec)->len--)

#define vec_fini(vec) (free((vec)->at), (vec)->at = NULL, (vec)->len = (vec)->cap = 0)

#define VEC_EACH(type, item, vec)                                                                  \
    for (type *item = (vec)->at; item != NULL && item < (vec)->at + (vec)->len; item++)

#endif
