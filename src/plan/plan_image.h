#pragma once
/* PlanImage: a PlanSet as an image (base/image.h), and back.
 *
 * A member more of a plan's structures does not compile until plan_image.c knows it: add it to the table of
 * its structure and to the structure's line among those at the end of the tables. */

#include "base/image.h"
#include "plan/plan.h"

#define PLAN_IMAGE_FIELDS 0 /* the limit of FieldIds, once the plan is read; 1 to 7 are its own */

void plan_image_put(ImageWriter *writer, const PlanSet *plan);
/* What the plan's value lists hold is not in it: `lists` have no data until the caller finds it. NULL when the image holds none that can be, or one of another schema. */
const PlanSet *plan_image_get(ImageReader *reader, const Schema *schema);
