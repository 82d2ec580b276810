#pragma once
/* Version: texts like "1.2.4", "8.17.0-rc.1", "2.0+build7" in the order of semantic versioning, with any number
 * of parts between the dots.
 *
 * Order        parts as numbers, a shorter version before a longer one that begins with it; a pre-release
 *              before the release; its identifiers numerically if both are numbers, numbers before words;
 *              build words last, by bytes. What is no version comes after all versions, by bytes. */

#include "base/buffer.h"

int version_compare(Str a, Str b);
bool version_is_valid(Str text);
/* Bytes of a valid version: as strings of bytes they have its order. */
void version_append_order(Buffer *out, Str text);
