#pragma once
/* RuleImage: rules as they were read, what was wrong with others, and the set compiled of them, as an image
 * (base/image.h) and back.
 *
 * Of a rule's source only what printing it needs is kept: kinds, keys, texts; not where it stood in its file.
 * Whatever bytes an image has, what is read of it can be printed, hashed and explained. That a rule says what a rule
 * must (a threat has a tactic) and a query what its functions take is the word of the image's writer, which
 * rule_cache.h sees to.
 * A member more of these structures does not compile until rule_image.c knows it. */

#include "base/image.h"
#include "rule/rule_set.h"

void rule_image_put(ImageWriter *writer, const RuleList *list, const RuleSet *set);
/* Both live in the reader's arena. False when the image holds none that can be, or of another schema;
 * `list` may hold some of them then. */
bool rule_image_get(ImageReader *reader, const Schema *schema, RuleList *list, RuleSet **set);
