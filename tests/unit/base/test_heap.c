#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/heap.h"

TEST(new_memory_is_zeroed)
{
    uint64_t *many = HEAP_MANY(uint64_t, 1000);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(many[i], 0);
    }
    free(many);
}

TEST(what_is_resized_keeps_its_items)
{
    int *items = heap_resize(NULL, 3, sizeof *items);
    for (int i = 0; i < 3; i++) {
        items[i] = i;
    }
    items = heap_resize(items, 100000, sizeof *items);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(items[i], i);
    }
    free(heap_resize(items, 0, sizeof *items));
}

TEST(a_list_grows_by_doubling)
{
    static const size_t CASES[][2] = {{1, 16}, {16, 16}, {17, 32}, {200, 256}, {3, 256}};
    size_t capacity = 0;
    char *items = NULL;
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        items = heap_grow(items, &capacity, CASES[i][0], 1);
        assert_int_equal(capacity, CASES[i][1]);
        memset(items, 7, capacity);
    }
    free(items);
}

static void ask_too_much(int way)
{
    size_t capacity = 5;
    switch (way) {
    case 0: free(heap_zeroed(SIZE_MAX / 2, 3)); break;
    case 1: free(heap_bytes(SIZE_MAX / 2)); break;
    case 2: free(heap_resize(NULL, SIZE_MAX / 8, 16)); break;
    case 3: free(heap_grow(NULL, &capacity, SIZE_MAX, 1)); break;
    default: free(heap_grow(NULL, &capacity, SIZE_MAX / 8, 16)); break;
    }
}

/* In processes of their own: they end there. */
TEST(a_size_past_all_bounds_ends_the_process)
{
    for (int way = 0; way < 5; way++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(STDERR_FILENO);
            signal(SIGABRT, SIG_DFL);
            ask_too_much(way);
            _exit(0);
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGABRT);
    }
}

RUN_TESTS(CASE(new_memory_is_zeroed), CASE(what_is_resized_keeps_its_items),
          CASE(a_list_grows_by_doubling), CASE(a_size_past_all_bounds_ends_the_process))
