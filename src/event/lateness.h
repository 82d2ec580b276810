#pragma once
/* Lateness: whether the values of a field get their codes only when somebody asks for them, as far as the batches
 * before tell.
 *
 * A field with many new values in a batch becomes late: for some batches, for twice as many each time that is found
 * again. Between, it is tried for two batches, since the first one fills a dictionary with what is new to it only
 * because the field was late. */

#include "base/base.h"

typedef struct Lateness {
    bool is_late;
    uint32_t left;    /* batches; the one at hand counts */
    uint32_t stretch; /* how many they were the last time; 0: there was none */
    uint32_t tried;   /* batches in a row in which it was not late */
} Lateness;

/* A batch that has the field has ended. */
void lateness_end_batch(Lateness *lateness, bool has_many_new);
