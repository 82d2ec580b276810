#pragma once
/* Program: which program this is, to the build: what one build has computed is no use to another. */

#include "base/hash.h"

/* Adds the build ids of the program and of its libraries, or, of what has none, its path, size and time.
 * False when that cannot be told either. */
bool program_hash(HashStream *stream) MUST_CHECK;
