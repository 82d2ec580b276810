#pragma once
/* LiteralAutomaton: many texts searched at once (Aho and Corasick). One step a byte, whatever the literals.
 *
 * Shape        states in breadth-first order, so that a state's children are neighbours and need no table: a few
 *              bytes a state. The root and the states of one byte, where a search spends most of its
 *              time, have full rows over the classes of bytes that the literals know. */

#include "exec/literal_set.h"

typedef struct LiteralAutomaton LiteralAutomaton;

LiteralAutomaton *literal_automaton_new(Arena *arena, const Str *literals, uint32_t count);
void literal_automaton_scan(const LiteralAutomaton *automaton, Str text, LiteralFound *found,
                            void *context);
