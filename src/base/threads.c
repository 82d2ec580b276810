#include "base/threads.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "base/heap.h"

static void insist(int failed, const char *what)
{
    if (failed != 0) {
        fprintf(stderr, "shrike: %s: %s\n", what, strerror(failed));
        abort();
    }
}

struct Thread {
    pthread_t id;
    void (*run)(void *);
    void *argument;
};

static void *run_thread(void *opaque)
{
    Thread *thread = opaque;
    thread->run(thread->argument);
    return NULL;
}

Thread *thread_start(void (*run)(void *), void *argument)
{
    Thread *thread = HEAP_NEW(Thread);
    thread->run = run;
    thread->argument = argument;
    insist(pthread_create(&thread->id, NULL, run_thread, thread), "cannot start a thread");
    return thread;
}

void thread_join(Thread *thread)
{
    insist(pthread_join(thread->id, NULL), "cannot join a thread");
    free(thread);
}

unsigned thread_cpu_count(void)
{
    cpu_set_t mine;
    if (sched_getaffinity(0, sizeof mine, &mine) == 0) {
        return (unsigned)CPU_COUNT(&mine); /* at least the one that this runs on */
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN); /* more processors than cpu_set_t has bits */
    return online < 1 ? 1 : (unsigned)online;
}

/* A ring: `count` items from `first` on. */
struct Queue {
    pthread_mutex_t lock;
    pthread_cond_t has_item;
    pthread_cond_t has_room;
    size_t capacity;
    size_t first;
    size_t count;
    bool closed;
    void **items;
};

Queue *queue_new(size_t capacity)
{
    assert(capacity > 0);
    Queue *queue = HEAP_NEW(Queue);
    queue->items = heap_zeroed(capacity, sizeof *queue->items);
    queue->capacity = capacity;
    insist(pthread_mutex_init(&queue->lock, NULL), "cannot make a lock");
    insist(pthread_cond_init(&queue->has_item, NULL), "cannot make a condition");
    insist(pthread_cond_init(&queue->has_room, NULL), "cannot make a condition");
    return queue;
}

void queue_free(Queue *queue)
{
    if (queue == NULL) {
        return;
    }
    pthread_cond_destroy(&queue->has_room);
    pthread_cond_destroy(&queue->has_item);
    pthread_mutex_destroy(&queue->lock);
    free(queue->items);
    free(queue);
}

bool queue_push(Queue *queue, void *item)
{
    assert(item != NULL); /* NULL is how queue_pop says that there is no more */
    pthread_mutex_lock(&queue->lock);
    while (queue->count == queue->capacity && !queue->closed) {
        pthread_cond_wait(&queue->has_room, &queue->lock);
    }
    bool open = !queue->closed;
    if (open) {
        queue->items[(queue->first + queue->count) % queue->capacity] = item;
        queue->count++;
        pthread_cond_signal(&queue->has_item);
    }
    pthread_mutex_unlock(&queue->lock);
    return open;
}

void *queue_pop(Queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->count == 0 && !queue->closed) {
        pthread_cond_wait(&queue->has_item, &queue->lock);
    }
    void *item = NULL;
    if (queue->count > 0) {
        item = queue->items[queue->first];
        queue->first = (queue->first + 1) % queue->capacity;
        queue->count--;
        pthread_cond_signal(&queue->has_room);
    }
    pthread_mutex_unlock(&queue->lock);
    return item;
}

void queue_close(Queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->has_item);
    pthread_cond_broadcast(&queue->has_room);
    pthread_mutex_unlock(&queue->lock);
}
