#pragma once
/* PlanTwice: a plan that went through an image and back, held against the one it was. */

#include "plan/plan.h"

/* What is different, in words in the arena; NULL when nothing is. */
const char *plan_twice(Arena *arena, const PlanSet *plan);
