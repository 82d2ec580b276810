#pragma once
/* LiteralSet: finds which of many texts occur in a long one, in one pass over it (Aho and Corasick).
 *
 * Shape        states in breadth-first order, so that a state's children are neighbours and need no table: a few
 *              bytes a state. The root and the states of one byte have full rows over the classes of bytes
 *              that the literals know.
 * Skipping     where no literal has begun, a filter over three and six bytes tells nearly every place at which none
 *              can; the automaton runs only from the others. It needs literals of three bytes or more.
 * Cost         a step a byte, whatever the literals and the text. On real command lines as fast as libhs (Hyperscan)
 *              from 1,000 literals on and half as fast at 100 (bench_exec measures both); built in about 1 ms a
 *              thousand literals, where libhs takes 20.
 *
 * Lifetimes    in the arena; immutable, shared by all threads. */

#include "base/str.h"

#define LITERAL_MAX 512 /* bytes of a literal; of a longer one give a part */

typedef struct LiteralSet LiteralSet;

/* The literals are distinct and not empty; their ids are their places in the list. They need not stay. */
LiteralSet *literal_set_new(Arena *arena, const Str *literals, uint32_t count);

/* Called for each place where a literal occurs, in order of `end`, the offset behind it. */
typedef void LiteralFound(void *context, uint32_t literal, size_t end);
void literal_set_scan(const LiteralSet *set, Str text, LiteralFound *found, void *context);
