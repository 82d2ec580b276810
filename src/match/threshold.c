#include "match/threshold.h"

#include "base/hash.h"
#include "base/heap.h"
#include "match/age_list.h"
#include "match/key_table.h"

/* One distinct value of a group. */
typedef struct Counted {
    KeyRecord key; /* must be first */
    uint64_t events;
} Counted;

typedef struct Entry {
    int64_t time;
    Counted **values; /* NULL when there are none */
    uint32_t value_count;
} Entry;

typedef struct Group Group;
struct Group {
    KeyRecord key; /* must be first */
    AgeLink age;
    Entry *entries; /* a ring, in order of time */
    size_t capacity, first, count;
    KeyTable values;
    size_t value_bytes; /* of the entries' lists */
    size_t met_at;      /* 1 + its place among those met; 0: not met since the last run */
};

struct Threshold {
    const FindingPlan *plan;
    uint64_t seed;
    KeyTable groups;
    AgeList list; /* by their last event */
    Group **met;  /* since the last run */
    size_t met_count, met_capacity;
    bool has_run;
    int64_t run; /* the next one, if has_run */
    size_t held; /* bytes of the groups, beside their records */
    uint64_t evicted;
};

/* ---- runs ---- */

int64_t threshold_run_of(const FindingPlan *plan, int64_t time)
{
    int64_t bounded = time > THRESHOLD_LATEST    ? THRESHOLD_LATEST
                      : time < -THRESHOLD_LATEST ? -THRESHOLD_LATEST
                                                 : time;
    int64_t reach = bounded + plan->to_ns;
    int64_t past = reach % plan->interval_ns;
    past += past < 0 ? plan->interval_ns : 0;
    return past == 0 ? reach : reach - past + plan->interval_ns;
}

int64_t threshold_run_from(const FindingPlan *plan, int64_t run)
{
    int64_t least = plan->to_ns + plan->interval_ns;
    return run - (plan->from_ns > least ? plan->from_ns : least);
}

Threshold *threshold_new(const FindingPlan *plan)
{
    Threshold *threshold = HEAP_NEW(Threshold);
    threshold->plan = plan;
    threshold->seed = hash_random_seed();
    threshold->groups = key_table_of(sizeof(Group));
    return threshold;
}

/* ---- groups ---- */

static size_t group_bytes(const Group *group)
{
    return group->capacity * sizeof(Entry) + group->values.bytes + group->value_bytes;
}

static Entry *entry_at(const Group *group, size_t index)
{
    return &group->entries[(group->first + index) % group->capacity];
}

static Group *stalest(const Threshold *threshold)
{
    return AGE_LIST_OWNER(Group, age, threshold->list.stalest);
}

static void drop_entry(Group *group)
{
    Entry *entry = entry_at(group, 0);
    for (uint32_t i = 0; i < entry->value_count; i++) {
        if (--entry->values[i]->events == 0) {
            key_table_remove(&group->values, entry->values[i]);
        }
    }
    group->value_bytes -= entry->value_count * sizeof(Counted *);
    free(entry->values);
    group->first = (group->first + 1) % group->capacity;
    group->count--;
}

static void drop_met(Threshold *threshold, const Group *group)
{
    if (group->met_at != 0) {
        Group *moved = threshold->met[--threshold->met_count];
        threshold->met[group->met_at - 1] = moved;
        moved->met_at = group->met_at;
    }
}

static void drop_group(Threshold *threshold, Group *group)
{
    threshold->held -= group_bytes(group);
    while (group->count > 0) {
        drop_entry(group);
    }
    age_list_remove(&threshold->list, &group->age);
    key_table_done(&group->values);
    free(group->entries);
    key_table_remove(&threshold->groups, group);
}

void threshold_free(Threshold *threshold)
{
    if (threshold == NULL) {
        return;
    }
    for (Group *group; (group = stalest(threshold)) != NULL;) {
        drop_group(threshold, group);
    }
    key_table_done(&threshold->groups);
    free(threshold->met);
    free(threshold);
}

static Group *group_of(Threshold *threshold, Str key)
{
    uint64_t hash = hash_bytes_seeded(key, threshold->seed);
    Group *group = key_table_find(&threshold->groups, hash, key);
    if (group == NULL) {
        group = key_table_add(&threshold->groups, hash, key);
        group->values = key_table_of(sizeof(Counted));
    } else {
        age_list_remove(&threshold->list, &group->age);
    }
    age_list_insert(&threshold->list, &group->age, NULL);
    return group;
}

static void grow_ring(Group *group)
{
    size_t capacity = group->capacity == 0 ? 4 : group->capacity * 2;
    Entry *entries = HEAP_MANY(Entry, capacity);
    for (size_t i = 0; i < group->count; i++) {
        entries[i] = *entry_at(group, i);
    }
    free(group->entries);
    group->entries = entries;
    group->capacity = capacity;
    group->first = 0;
}

static Counted *count_value(Threshold *threshold, Group *group, Str value)
{
    uint64_t hash = hash_bytes_seeded(value, threshold->seed);
    Counted *counted = key_table_find(&group->values, hash, value);
    if (counted == NULL) {
        counted = key_table_add(&group->values, hash, value);
    }
    counted->events++;
    return counted;
}

static void add_entry(Threshold *threshold, Group *group, const ThresholdEvent *event)
{
    if (group->count == group->capacity) {
        grow_ring(group);
    }
    Entry entry = {.time = event->time, .value_count = event->value_count};
    if (entry.value_count > 0) {
        entry.values = HEAP_MANY(Counted *, entry.value_count);
        group->value_bytes += entry.value_count * sizeof(Counted *);
    }
    for (uint32_t i = 0; i < event->value_count; i++) {
        entry.values[i] = count_value(threshold, group, event->values[i]);
    }
    group->count++;
    *entry_at(group, group->count - 1) = entry;
}

static void meet(Threshold *threshold, Group *group)
{
    if (group->met_at != 0) {
        return;
    }
    if (threshold->met_count == threshold->met_capacity) {
        threshold->met = heap_grow(threshold->met, &threshold->met_capacity,
                                   threshold->met_count + 1, sizeof(Group *));
    }
    threshold->met[threshold->met_count++] = group;
    group->met_at = threshold->met_count;
}

/* ---- a run ---- */

static int by_key(const void *a, const void *b, void *context)
{
    const Threshold *threshold = context;
    return str_compare(key_table_key(&threshold->groups, *(Group *const *)a),
                       key_table_key(&threshold->groups, *(Group *const *)b));
}

/* Those whose last event no window reaches any more. */
static void drop_stale(Threshold *threshold, int64_t from)
{
    for (Group *group; (group = stalest(threshold)) != NULL;) {
        if (entry_at(group, group->count - 1)->time >= from) {
            return;
        }
        drop_group(threshold, group);
    }
}

static bool run_group(Threshold *threshold, Group *group, ThresholdTake *take, void *context,
                      Err *err)
{
    const FindingPlan *plan = threshold->plan;
    size_t before = group_bytes(group);
    int64_t from = threshold_run_from(plan, threshold->run);
    while (group->count > 0 && entry_at(group, 0)->time < from) {
        drop_entry(group);
    }
    threshold->held = threshold->held - before + group_bytes(group);
    group->met_at = 0;
    if (group->count == 0 || group->count < plan->least ||
        group->values.count < plan->least_distinct) {
        return true;
    }
    ThresholdFound found = {
        .key = key_table_key(&threshold->groups, group),
        .run = threshold->run,
        .first = entry_at(group, 0)->time,
        .last = entry_at(group, group->count - 1)->time,
        .count = group->count,
        .values = group->values.count,
    };
    bool taken = take(context, &found, err);
    drop_group(threshold, group);
    return taken;
}

static bool run(Threshold *threshold, ThresholdTake *take, void *context, Err *err)
{
    bool ok = true;
    qsort_r(threshold->met, threshold->met_count, sizeof(Group *), by_key, threshold);
    for (size_t i = 0; i < threshold->met_count && ok; i++) {
        ok = run_group(threshold, threshold->met[i], take, context, err);
    }
    threshold->met_count = 0;
    threshold->has_run = false;
    return ok;
}

bool threshold_add(Threshold *threshold, const ThresholdEvent *event, ThresholdTake *take,
                   void *context, Err *err)
{
    int64_t next = threshold_run_of(threshold->plan, event->time);
    if (threshold->has_run && threshold->run != next && !run(threshold, take, context, err)) {
        return false;
    }
    if (!threshold->has_run) {
        threshold->has_run = true;
        threshold->run = next;
        drop_stale(threshold, threshold_run_from(threshold->plan, next));
    }
    for (uint32_t i = 0; i < event->group_count; i++) {
        Group *group = group_of(threshold, event->groups[i]);
        size_t before = group_bytes(group);
        add_entry(threshold, group, event);
        threshold->held = threshold->held - before + group_bytes(group);
        meet(threshold, group);
    }
    return true;
}

bool threshold_finish(Threshold *threshold, ThresholdTake *take, void *context, Err *err)
{
    return !threshold->has_run || run(threshold, take, context, err);
}

/* ---- bounds ---- */

size_t threshold_bytes(const Threshold *threshold)
{
    return threshold->groups.bytes + threshold->held + threshold->met_capacity * sizeof(Group *);
}

bool threshold_evict(Threshold *threshold)
{
    Group *group = stalest(threshold);
    if (group == NULL) {
        return false;
    }
    threshold->evicted += group->count;
    drop_met(threshold, group);
    drop_group(threshold, group);
    return true;
}

uint64_t threshold_evicted(const Threshold *threshold)
{
    return threshold->evicted;
}
