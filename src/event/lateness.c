#include "event/lateness.h"

#if defined(SHRIKE_TINY)
#define FIRST_STRETCH 2u
#define LAST_STRETCH  8u
#else
#define FIRST_STRETCH 16u
#define LAST_STRETCH  256u
#endif
#define TRIED_BATCHES 2u

static uint32_t longer(uint32_t stretch)
{
    return stretch == 0 ? FIRST_STRETCH : stretch < LAST_STRETCH ? stretch * 2 : stretch;
}

void lateness_end_batch(Lateness *lateness, bool has_many_new)
{
    if (lateness->is_late) {
        lateness->is_late = --lateness->left > 0;
        lateness->tried = 0;
        return;
    }
    lateness->tried += lateness->tried < TRIED_BATCHES;
    if (lateness->tried < TRIED_BATCHES) {
        return;
    }
    lateness->is_late = has_many_new;
    lateness->stretch = has_many_new ? longer(lateness->stretch) : 0;
    lateness->left = lateness->stretch;
}
