#include "unit.h"

#include "base/threads.h"

#define PRODUCERS ((size_t)3)
#define CONSUMERS ((size_t)3)
#define ITEMS     ((size_t)2000)

typedef struct Work {
    Queue *queue;
    unsigned char *seen; /* by the items a consumer gets; one array each */
    unsigned char *items;
    bool refused;
} Work;

static void produce(void *argument)
{
    Work *work = argument;
    for (size_t i = 0; i < ITEMS; i++) {
        work->refused = work->refused || !queue_push(work->queue, &work->items[i]);
    }
}

static void consume(void *argument)
{
    const Work *work = argument;
    for (const unsigned char *item; (item = queue_pop(work->queue)) != NULL;) {
        work->seen[item - work->items]++;
    }
}

TEST(every_item_arrives_once)
{
    static unsigned char items[PRODUCERS * ITEMS];
    static unsigned char seen[CONSUMERS][PRODUCERS * ITEMS];
    static const size_t CAPACITIES[] = {1, 2, 64};
    for (size_t c = 0; c < ARRAY_LEN(CAPACITIES); c++) {
        memset(seen, 0, sizeof seen);
        Queue *queue = queue_new(CAPACITIES[c]);
        Work producing[PRODUCERS];
        Work consuming[CONSUMERS];
        Thread *producers[PRODUCERS];
        Thread *consumers[CONSUMERS];
        for (size_t i = 0; i < PRODUCERS; i++) {
            producing[i] = (Work){.queue = queue, .items = items + i * ITEMS};
            producers[i] = thread_start(produce, &producing[i]);
        }
        for (size_t i = 0; i < CONSUMERS; i++) {
            consuming[i] = (Work){.queue = queue, .items = items, .seen = seen[i]};
            consumers[i] = thread_start(consume, &consuming[i]);
        }
        for (size_t i = 0; i < PRODUCERS; i++) {
            thread_join(producers[i]);
            assert_false(producing[i].refused);
        }
        queue_close(queue);
        for (size_t i = 0; i < CONSUMERS; i++) {
            thread_join(consumers[i]);
        }
        for (size_t i = 0; i < PRODUCERS * ITEMS; i++) {
            assert_int_equal(seen[0][i] + seen[1][i] + seen[2][i], 1);
        }
        queue_free(queue);
    }
}

TEST(order_is_kept_and_a_closed_queue_is_emptied_first)
{
    int items[3] = {0};
    Queue *queue = queue_new(3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(queue_push(queue, &items[i]));
    }
    queue_close(queue);
    assert_false(queue_push(queue, &items[0]));
    for (size_t i = 0; i < 3; i++) {
        assert_ptr_equal(queue_pop(queue), &items[i]);
    }
    assert_null(queue_pop(queue));
    assert_null(queue_pop(queue));
    queue_free(queue);
    queue_free(NULL);
}

TEST(closing_wakes_who_waits_for_room)
{
    static unsigned char items[ITEMS];
    Queue *queue = queue_new(1);
    Work work = {.queue = queue, .items = items};
    Thread *thread = thread_start(produce, &work);
    assert_non_null(queue_pop(queue)); /* it has begun, and soon waits for room */
    queue_close(queue);
    thread_join(thread);
    assert_true(work.refused);
    queue_free(queue);
}

TEST(there_is_a_processor)
{
    assert_true(thread_cpu_count() >= 1);
}

RUN_TESTS(CASE(every_item_arrives_once), CASE(order_is_kept_and_a_closed_queue_is_emptied_first),
          CASE(closing_wakes_who_waits_for_room), CASE(there_is_a_processor))
