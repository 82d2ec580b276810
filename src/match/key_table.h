#pragma once
/* KeyTable: what is remembered for each join key. A record is a struct of the caller's that begins with a KeyRecord; the
 * key's bytes stand behind it, so that a search that finds its key has fetched the record too.
 *
 * Lifetimes    a record stays where it is until it is removed.
 * Hashes       come from the caller, who seeds them (hash_bytes_seeded): keys are outsiders' words.
 * Cost         a search looks at places of the table until one is free, and at a record only if the hashes are equal. */

#include "base/str.h"

/* What malloc adds to a block and rounds it up to. */
static inline size_t key_block_bytes(size_t size)
{
    return (size + 8 + 15) / 16 * 16;
}

typedef struct KeyRecord {
    uint64_t hash;
    size_t len;
} KeyRecord;

typedef struct KeyPlace KeyPlace;

typedef struct KeyTable {
    KeyPlace
        *places; /* open addressing, at most three quarters full; NULL when there is no record */
    size_t size; /* a power of two */
    size_t count;
    size_t record_size;
    size_t bytes; /* of the table and all records, as malloc hands them out */
} KeyTable;

/* `record_size`: of the caller's struct, without the key. A zeroed table with only that set is an empty one. */
KeyTable key_table_of(size_t record_size);
void key_table_done(KeyTable *table); /* frees the records */

void *key_table_find(const KeyTable *table, uint64_t hash, Str key); /* NULL: not there */
void *key_table_add(KeyTable *table, uint64_t hash, Str key);        /* not there yet; zeroed */
void key_table_remove(KeyTable *table, void *record);                /* frees it */
/* Fetch ahead what a search will look at: first the place, and once that has come, the record. For nothing but speed. */
void key_table_fetch_place(const KeyTable *table, uint64_t hash);
void key_table_fetch_record(const KeyTable *table, uint64_t hash);
Str key_table_key(const KeyTable *table, const void *record); /* borrowed from the record */
