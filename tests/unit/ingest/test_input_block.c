#include "unit.h"

#include "ingest/event_reader.h"
#include "ingest/input_block.h"

TEST(blocks_come_back_and_are_empty_again)
{
    BlockPool *pool = block_pool_new(100);
    Block *block = block_pool_take(pool);
    assert_int_equal(block->capacity, 100);
    block->len = 7;
    block->input.bytes = 7;
    block_add_document(block, &(InputDocument){.column = 1});
    block_add_fault(block)->line = 1;
    block_pool_give(pool, block);
    Block *again = block_pool_take(pool);
    assert_ptr_equal(again, block);
    assert_int_equal(
        again->len + again->input.count + again->input.fault_count + again->input.bytes, 0);
    Block *other = block_pool_take(pool);
    assert_ptr_not_equal(other, block);
    block_free(other);
    block_pool_give(pool, block);
    block_pool_free(pool);
    block_pool_free(NULL);
    block_free(NULL);
}

TEST(a_block_that_grew_is_small_again_when_it_comes_back)
{
    BlockPool *pool = block_pool_new(100);
    Block *block = block_pool_take(pool);
    block_grow(block, 1000000);
    memset(block->bytes, 1, 1000000 + EVENT_READER_PADDING);
    block_pool_give(pool, block);
    assert_ptr_equal(block_pool_take(pool), block);
    assert_int_equal(block->capacity, 100);
    block_free(block);
    block_pool_free(pool);
}

TEST(so_many_documents_or_faults_make_a_block_full)
{
    BlockPool *pool = block_pool_new(100);
    Block *block = block_pool_take(pool);
    for (uint32_t i = 0; i < BLOCK_DOCUMENTS; i++) {
        assert_false(block_is_listed_full(block));
        block_add_document(block, &(InputDocument){.column = i});
    }
    assert_true(block_is_listed_full(block));
    assert_int_equal(block->input.documents[BLOCK_DOCUMENTS - 1].column, BLOCK_DOCUMENTS - 1);
    block_pool_give(pool, block);
    block = block_pool_take(pool);
    for (uint32_t i = 0; i < BLOCK_FAULTS; i++) {
        assert_false(block_is_listed_full(block));
        block_add_fault(block)->line = i;
    }
    assert_true(block_is_listed_full(block));
    block_free(block);
    block_pool_free(pool);
}

RUN_TESTS(CASE(blocks_come_back_and_are_empty_again),
          CASE(a_block_that_grew_is_small_again_when_it_comes_back),
          CASE(so_many_documents_or_faults_make_a_block_full))
