#pragma once
/* Blocks: the memory that documents are handed out in, used again and again.
 *
 * Threads      any may give a block back; one takes them. */

#include "ingest/input.h"

/* So many make a block full however little room they take: a block of the shortest documents would otherwise
 * need many times its size to list them. */
#ifdef SHRIKE_TINY
#define BLOCK_DOCUMENTS 5
#define BLOCK_FAULTS    2
#else
#define BLOCK_DOCUMENTS 65536
#define BLOCK_FAULTS    256
#endif

typedef struct Block Block;
struct Block {
    InputBlock input; /* first: the one is the other */
    Block *next;
    char *bytes;
    size_t len;
    size_t
        capacity; /* EVENT_READER_PADDING more are there, and zero when the block is handed out */
    uint32_t document_capacity;
    uint32_t fault_capacity;
};

typedef struct BlockPool BlockPool;

BlockPool *block_pool_new(size_t block_bytes);
void block_pool_free(
    BlockPool *pool); /* all blocks must have come back, or be freed with block_free */
Block *block_pool_take(BlockPool *pool);
void block_pool_give(BlockPool *pool, Block *block);

void block_free(Block *block);
void block_grow(Block *block, size_t capacity);
bool block_is_listed_full(const Block *block); /* no document or fault more may be added */
void block_add_document(Block *block, const InputDocument *document);
InputFault *block_add_fault(Block *block); /* to be filled in */
