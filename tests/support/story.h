#pragma once
/* Story: made-up events and made-up queries about them, for holding the engine's ways against each
 * other. Fields are few and values repeat, so that conditions hold now and then.
 *
 * Lifetimes    all of it in the arena given. */

#include "base/array.h"
#include "base/buffer.h"
#include "dice.h"
#include "event/schema.h"

typedef ARRAY(Str) StoryTexts;

typedef struct Story {
    StoryTexts events; /* padded for the reader */
    StoryTexts queries;
    const Schema *schema;
    Str mapping;    /* what the schema was read from; empty: the built-in one */
    Str tiebreaker; /* a field, or empty */
    StoryTexts index_patterns;
    bool has_size, head;
    uint64_t size;
    uint64_t max_samples_per_key; /* 0 = 1 */
    bool wait_at_end;
    uint32_t batch_rows;
    /* For tests of what is done about a difference: by rows, results whose last event holds this
     * text are lost. Empty: none. */
    Str flaw;
} Story;

typedef struct StoryField {
    const char *path;
    char
        kind; /* s text, n number, b boolean, c category, i ip, d date, v version, u unknown: may hold anything */
} StoryField;

#define STORY_FIELDS 13
extern const StoryField STORY_FIELD[STORY_FIELDS];

/* What all stories may share. */
typedef struct StoryWorld {
    const Schema *builtin;
    const Schema *mapped; /* a mapping with types that the built-in schema does not give */
    Str mapping;          /* its text */
} StoryWorld;

StoryWorld story_world(Arena *arena);
void story_make(Arena *arena, const StoryWorld *world, Dice *dice, Story *out);

/* The parts of it. */
void story_add_event(Dice *dice, Buffer *out, uint32_t number);
void story_add_query(Dice *dice, Buffer *out);
Str story_text(Dice *dice); /* some text that values and literals are made of */

typedef struct StoryVerdict {
    uint32_t compiled; /* queries that ran */
    uint32_t matched;  /* those of them with a match */
    uint64_t matches;
} StoryVerdict;

/* Runs what compiles in every way. False when two ways differ, or the engine fails. */
bool story_check(Arena *arena, const Story *story, StoryVerdict *verdict);

/* The story as a spec file that expects what comes out by rows, and in comments what comes out in
 * the other ways. */
void story_print(Buffer *out, const Story *story);
