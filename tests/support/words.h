#pragma once
/* Words: the fields of some events with the values that each has there: what queries about them are made of.
 *
 * Lifetimes    in the arena given; borrows the events. */

#include "base/json.h"
#include "story.h"

typedef struct Word {
    Str path;
    char kind; /* as StoryField's: the schema's type of it, else what its first value is */
    ARRAY(const Json *) values; /* scalars, never null; at least one */
} Word;

typedef struct Words {
    ARRAY(Word) list; /* at least one */
} Words;

Words words_of(Arena *arena, const StoryTexts *events, const Schema *schema);

/* Some field of that kind; any when there is none, or `kind` is 'u'. */
const Word *words_pick(const Words *words, Dice *dice, char kind);
Str words_path(const Words *words, Dice *dice, char kind);
const Word *words_find(const Words *words, Str path); /* NULL: not there */

/* A mapping with a type for every field; mostly the one its values have. */
Str words_mapping(Arena *arena, const Words *words, Dice *dice);
