#include "base/table.h"

#include "base/array.h"
#include "base/hash.h"

#define TABLE_FIRST 16u /* slots; a power of two */

typedef struct Entry {
    Str text;
    uint64_t hash;
} Entry;

/* Open addressing, at most half full: a slot holds index + 1, 0 is free. */
struct Table {
    Arena *arena;
    ARRAY(Entry) entries;
    uint32_t *slots;
    size_t slot_count;
    uint64_t seed; /* nobody outside can choose texts that collide */
};

Table *table_new(Arena *arena)
{
    Table *table = ARENA_NEW(arena, Table);
    table->arena = arena;
    table->slots = ARENA_MANY(arena, uint32_t, TABLE_FIRST);
    table->slot_count = TABLE_FIRST;
    table->seed = hash_random_seed();
    return table;
}

/* The slot that holds `text`, or the free one where it belongs. */
static size_t slot_of(const Table *table, Str text, uint64_t hash)
{
    size_t slot = hash & (table->slot_count - 1);
    while (table->slots[slot] != 0) {
        const Entry *entry = &table->entries.items[table->slots[slot] - 1];
        if (entry->hash == hash && str_equal(entry->text, text)) {
            break;
        }
        slot = (slot + 1) & (table->slot_count - 1);
    }
    return slot;
}

static void grow(Table *table)
{
    table->slot_count *= 2;
    table->slots = ARENA_MANY(table->arena, uint32_t, table->slot_count);
    for (uint32_t i = 0; i < table->entries.count; i++) {
        const Entry *entry = &table->entries.items[i];
        table->slots[slot_of(table, entry->text, entry->hash)] = i + 1;
    }
}

uint32_t table_add(Table *table, Str text)
{
    uint64_t hash = hash_bytes_seeded(text, table->seed);
    size_t slot = slot_of(table, text, hash);
    if (table->slots[slot] != 0) {
        return table->slots[slot] - 1;
    }
    if (table->entries.count >= table->slot_count / 2) {
        grow(table);
        slot = slot_of(table, text, hash);
    }
    Entry entry = {str_copy(table->arena, text), hash};
    ARRAY_PUSH(table->arena, &table->entries, entry);
    table->slots[slot] = table->entries.count;
    return table->entries.count - 1;
}

uint32_t table_find(const Table *table, Str text)
{
    uint32_t index_and_1 = table->slots[slot_of(table, text, hash_bytes_seeded(text, table->seed))];
    return index_and_1 == 0 ? STR_NONE : index_and_1 - 1;
}

Str table_text(const Table *table, uint32_t index)
{
    assert(index < table->entries.count);
    return table->entries.items[index].text;
}

uint32_t table_count(const Table *table)
{
    return table->entries.count;
}
