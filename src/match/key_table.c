#include "match/key_table.h"

#include "base/heap.h"

#define TABLE_MIN  16
#define CACHE_LINE ((size_t)64)
#define FETCH_MOST (4 * CACHE_LINE) /* of a record; more would push out more than it brings */

/* Empty without a record. */
struct KeyPlace {
    uint64_t hash;
    KeyRecord *record;
};

KeyTable key_table_of(size_t record_size)
{
    return (KeyTable){.record_size = record_size};
}

static void free_places(KeyTable *table)
{
    table->bytes -= table->size * sizeof *table->places;
    free(table->places);
    table->places = NULL;
    table->size = 0;
}

void key_table_done(KeyTable *table)
{
    for (size_t i = 0; i < table->size; i++) {
        free(table->places[i].record);
    }
    free(table->places);
    *table = key_table_of(table->record_size);
}

Str key_table_key(const KeyTable *table, const void *record)
{
    const KeyRecord *head = record;
    return (Str){(const char *)record + table->record_size, head->len};
}

/* Where the key stands, or the free place where it would. */
static KeyPlace *find_place(const KeyTable *table, uint64_t hash, Str key)
{
    size_t mask = table->size - 1;
    size_t at = hash & mask;
    for (KeyRecord *record; (record = table->places[at].record) != NULL; at = (at + 1) & mask) {
        if (table->places[at].hash == hash && str_equal(key_table_key(table, record), key)) {
            break;
        }
    }
    return &table->places[at];
}

void *key_table_find(const KeyTable *table, uint64_t hash, Str key)
{
    return table->size == 0 ? NULL : find_place(table, hash, key)->record;
}

void key_table_fetch_place(const KeyTable *table, uint64_t hash)
{
    if (table->size != 0) {
        __builtin_prefetch(&table->places[hash & (table->size - 1)]);
    }
}

void key_table_fetch_record(const KeyTable *table, uint64_t hash)
{
    if (table->size == 0) {
        return;
    }
    const char *record = (const char *)table->places[hash & (table->size - 1)].record;
    size_t size = table->record_size < FETCH_MOST ? table->record_size : FETCH_MOST;
    for (size_t at = 0; record != NULL && at < size; at += CACHE_LINE) {
        __builtin_prefetch(record + at);
    }
}

static void resize(KeyTable *table, size_t size)
{
    KeyPlace *places = heap_zeroed(size, sizeof *places);
    for (size_t i = 0; i < table->size; i++) {
        if (table->places[i].record != NULL) {
            size_t at = table->places[i].hash & (size - 1);
            while (places[at].record != NULL) {
                at = (at + 1) & (size - 1);
            }
            places[at] = table->places[i];
        }
    }
    table->bytes += (size - table->size) * sizeof *places;
    free(table->places);
    table->places = places;
    table->size = size;
}

void *key_table_add(KeyTable *table, uint64_t hash, Str key)
{
    if ((table->count + 1) * 4 > table->size * 3) {
        resize(table, table->size == 0 ? TABLE_MIN : table->size * 2);
    }
    size_t size = table->record_size + key.len;
    KeyRecord *record = heap_bytes(size);
    memset(record, 0, table->record_size);
    *record = (KeyRecord){hash, key.len};
    if (key.len != 0) {
        memcpy((char *)record + table->record_size, key.ptr, key.len);
    }
    table->bytes += key_block_bytes(size);
    table->count++;
    *find_place(table, hash, key) = (KeyPlace){hash, record};
    return record;
}

/* Takes the record out of the table and closes the gap, so that no search ends too early. */
static void unlink_record(KeyTable *table, const KeyRecord *record)
{
    size_t mask = table->size - 1;
    size_t gap = record->hash & mask;
    while (table->places[gap].record != record) {
        gap = (gap + 1) & mask;
    }
    for (size_t at = (gap + 1) & mask; table->places[at].record != NULL; at = (at + 1) & mask) {
        size_t home = table->places[at].hash & mask;
        if (((at - home) & mask) >= ((at - gap) & mask)) {
            table->places[gap] = table->places[at];
            gap = at;
        }
    }
    table->places[gap] = (KeyPlace){0};
}

void key_table_remove(KeyTable *table, void *record)
{
    KeyRecord *head = record;
    unlink_record(table, head);
    table->bytes -= key_block_bytes(table->record_size + head->len);
    table->count--;
    free(head);
    if (table->count == 0) {
        free_places(table);
    } else if (table->size > TABLE_MIN && table->count * 8 < table->size) {
        resize(table, table->size / 2);
    }
}
