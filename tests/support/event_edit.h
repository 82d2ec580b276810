#pragma once
/* EventEdit: the ways to make an event a little smaller: a member less, an array's element less or alone, a text
 * or a number cut. Numbered, so that whoever looks for a small event can try them one by one. */

#include "base/str.h"

/* The event after its edit number `number`, from 0, into *out. False when there are no more, or it is no JSON. */
bool event_edit(Arena *arena, Str event, uint32_t number, Str *out);
