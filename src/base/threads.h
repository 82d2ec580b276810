#pragma once
/* Threads: start, join, and the one way to hand things over, a bounded queue of pointers. */

#include "base/base.h"

typedef struct Thread Thread;
Thread *thread_start(void (*run)(void *), void *argument); /* aborts when the system refuses */
void thread_join(Thread *thread);
unsigned thread_cpu_count(void); /* processors this process may use, at least 1 */

typedef struct Queue Queue;
Queue *queue_new(size_t capacity);
void queue_free(Queue *queue);             /* nobody may wait on it any more; NULL is fine */
bool queue_push(Queue *queue, void *item); /* waits for room; false once the queue is closed */
void *queue_pop(Queue *queue);             /* waits; NULL when closed and empty */
void queue_close(Queue *queue);            /* no more pushes; those who wait wake up */
