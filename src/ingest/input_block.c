#include "ingest/input_block.h"

#include <pthread.h>

#include "base/heap.h"
#include "ingest/event_reader.h"

struct BlockPool {
    pthread_mutex_t lock;
    Block *free;
    size_t block_bytes;
};

BlockPool *block_pool_new(size_t block_bytes)
{
    BlockPool *pool = heap_resize(NULL, 1, sizeof *pool);
    *pool = (BlockPool){.block_bytes = block_bytes};
    pthread_mutex_init(&pool->lock, NULL);
    return pool;
}

void block_pool_free(BlockPool *pool)
{
    if (pool == NULL) {
        return;
    }
    for (Block *block = pool->free, *next; block != NULL; block = next) {
        next = block->next;
        block_free(block);
    }
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

Block *block_pool_take(BlockPool *pool)
{
    pthread_mutex_lock(&pool->lock);
    Block *block = pool->free;
    if (block != NULL) {
        pool->free = block->next;
    }
    pthread_mutex_unlock(&pool->lock);
    if (block == NULL) {
        block = heap_resize(NULL, 1, sizeof *block);
        *block = (Block){0};
        block_grow(block, pool->block_bytes);
    }
    block->next = NULL;
    block->len = 0;
    block->input.count = 0;
    block->input.fault_count = 0;
    block->input.bytes = 0;
    return block;
}

void block_pool_give(BlockPool *pool, Block *block)
{
    if (block->capacity > pool->block_bytes) { /* it was grown for one large document */
        free(block->bytes);
        block->bytes = NULL;
        block_grow(block, pool->block_bytes);
    }
    pthread_mutex_lock(&pool->lock);
    block->next = pool->free;
    pool->free = block;
    pthread_mutex_unlock(&pool->lock);
}

void block_free(Block *block)
{
    if (block == NULL) {
        return;
    }
    free(block->bytes);
    free(block->input.documents);
    free(block->input.faults);
    free(block);
}

void block_grow(Block *block, size_t capacity)
{
    block->bytes = heap_resize(block->bytes, capacity + EVENT_READER_PADDING, 1);
    block->capacity = capacity;
}

bool block_is_listed_full(const Block *block)
{
    return block->input.count == BLOCK_DOCUMENTS || block->input.fault_count == BLOCK_FAULTS;
}

void block_add_document(Block *block, const InputDocument *document)
{
    InputBlock *input = &block->input;
    if (input->count == block->document_capacity) {
        block->document_capacity = input->count == 0 ? 64 : input->count * 2;
        input->documents =
            heap_resize(input->documents, block->document_capacity, sizeof *input->documents);
    }
    input->documents[input->count++] = *document;
}

InputFault *block_add_fault(Block *block)
{
    InputBlock *input = &block->input;
    if (input->fault_count == block->fault_capacity) {
        block->fault_capacity = input->fault_count == 0 ? 4 : input->fault_count * 2;
        input->faults = heap_resize(input->faults, block->fault_capacity, sizeof *input->faults);
    }
    return &input->faults[input->fault_count++];
}
