#pragma once
/* Table: text -> small number, for names. Each distinct text gets the next index: 0, 1, 2, ...
 *
 * Lifetimes    in the arena it was made in; texts are copied into it.
 * Threads      reading is free once nobody adds. */

#include "base/str.h"

typedef struct Table Table;

Table *table_new(Arena *arena);
uint32_t table_add(Table *table, Str text);        /* its index, new or old */
uint32_t table_find(const Table *table, Str text); /* its index, or STR_NONE */
Str table_text(const Table *table, uint32_t index);
uint32_t table_count(const Table *table);
