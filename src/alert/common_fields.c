#include "alert/common_fields.h"

#include "base/array.h"
#include "base/hash.h"

/* The way down to a value, part by part; a key "a.b" is two parts. */
typedef struct Path {
    const struct Path *up;
    Str part;
    uint64_t hash;
} Path;

/* One value of a source: a scalar, or an item of a list. */
typedef struct Entry {
    uint64_t hash; /* of path and value */
    const Path *path;
    const Json *value;
    bool in_list;
} Entry;

typedef struct Index {
    Arena *arena;
    ARRAY(Entry) entries; /* sorted by hash */
} Index;

static const Path *go_down(Arena *arena, const Path *path, Str key)
{
    Str rest = key;
    Str part = {0};
    while (str_split(&rest, '.', &part)) {
        Path *next = ARENA_NEW(arena, Path);
        *next = (Path){.up = path, .part = part, .hash = hash_bytes_seeded(part, path->hash)};
        path = next;
    }
    return path;
}

static bool same_path(const Path *a, const Path *b)
{
    while (a->up != NULL && b->up != NULL) {
        if (!str_equal(a->part, b->part)) {
            return false;
        }
        a = a->up;
        b = b->up;
    }
    return a->up == b->up;
}

/* Equal values at equal paths have equal hashes. The path of the source itself has a random one, which whoever sends
 * the events does not know. */
static uint64_t hash_at(const Path *path, const Json *value)
{
    uint64_t kind = path->hash + (uint64_t)value->kind;
    double number = 0;
    switch (value->kind) {
    case JSON_NULL: return kind;
    case JSON_BOOL: return hash_mix(kind, value->boolean);
    case JSON_STRING: return hash_bytes_seeded(value->text, kind);
    case JSON_NUMBER:
        if (str_to_double(value->text,
                          &number)) { /* 5 and 5.0 are equal, so their hashes must be */
            number = number == 0 ? 0 : number;
            return hash_bytes_seeded((Str){(const char *)&number, sizeof number}, kind);
        }
        return hash_bytes_seeded(value->text, kind); /* past every double: equal as written only */
    case JSON_ARRAY:
    case JSON_OBJECT: return hash_bytes_seeded(value->raw, kind);
    }
    return 0;
}

static bool same_number(Str a, Str b)
{
    int64_t left = 0;
    int64_t right = 0;
    if (json_number_is_i64(a, &left) && json_number_is_i64(b, &right)) {
        return left == right;
    }
    double x = 0;
    double y = 0;
    return str_equal(a, b) || (str_to_double(a, &x) && str_to_double(b, &y) && x == y);
}

static bool same_value(const Json *a, const Json *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case JSON_NULL: return true;
    case JSON_BOOL: return a->boolean == b->boolean;
    case JSON_STRING: return str_equal(a->text, b->text);
    case JSON_NUMBER: return same_number(a->text, b->text);
    case JSON_ARRAY:
    case JSON_OBJECT: return str_equal(a->raw, b->raw);
    }
    return false;
}

static void add_entry(Index *index, const Path *path, const Json *value, bool in_list)
{
    Entry entry = {.hash = hash_at(path, value), .path = path, .value = value, .in_list = in_list};
    ARRAY_PUSH(index->arena, &index->entries, entry);
}

static void add_values(Index *index, const Path *path, const Json *object)
{
    for (const Json *child = object->first; child != NULL; child = child->next) {
        const Path *below = go_down(index->arena, path, child->key);
        if (child->kind == JSON_OBJECT) {
            add_values(index, below, child);
        } else if (child->kind != JSON_ARRAY) {
            add_entry(index, below, child, false);
        } else {
            for (const Json *item = child->first; item != NULL; item = item->next) {
                add_entry(index, below, item, true);
            }
        }
    }
}

static int by_hash(const void *a, const void *b)
{
    const Entry *left = a;
    const Entry *right = b;
    return (left->hash > right->hash) - (left->hash < right->hash);
}

static const Entry *find(const Index *index, const Path *path, const Json *value)
{
    uint64_t hash = hash_at(path, value);
    uint32_t low = 0;
    uint32_t high = index->entries.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (index->entries.items[middle].hash < hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < index->entries.count && index->entries.items[low].hash == hash; low++) {
        const Entry *entry = &index->entries.items[low];
        if (same_value(entry->value, value) && same_path(entry->path, path)) {
            return entry;
        }
    }
    return NULL;
}

typedef struct Common {
    Arena *arena;
    const Index *others;
    uint32_t other_count;
} Common;

/* In every other source; *in_list when one of them has it in a list. */
static bool in_all(const Common *common, const Path *path, const Json *value, bool *in_list)
{
    for (uint32_t i = 0; i < common->other_count; i++) {
        const Entry *entry = find(&common->others[i], path, value);
        if (entry == NULL) {
            return false;
        }
        *in_list = *in_list || entry->in_list;
    }
    return true;
}

static Json *branch_new(Arena *arena, JsonKind kind, Str key)
{
    Json *node = ARENA_NEW(arena, Json);
    node->kind = kind;
    node->key = key;
    return node;
}

/* A copy of one node, to be put in another list; what is below is shared. */
static void add_copy(Arena *arena, Json *to, Json **last, const Json *node)
{
    Json *copy = ARENA_NEW(arena, Json);
    *copy = *node;
    copy->next = NULL;
    *(*last == NULL ? &to->first : &(*last)->next) = copy;
    *last = copy;
    to->count++;
}

/* NULL when nothing is common. */
static const Json *common_list(const Common *common, const Path *path, const Json *list)
{
    Json *result = branch_new(common->arena, JSON_ARRAY, list->key);
    Json *last = NULL;
    bool in_list = true;
    for (const Json *item = list->first; item != NULL; item = item->next) {
        if (in_all(common, path, item, &in_list)) {
            add_copy(common->arena, result, &last, item);
        }
    }
    return result->count == 0 ? NULL : result;
}

static const Json *common_scalar(const Common *common, const Path *path, const Json *value)
{
    bool in_list = false;
    if (!in_all(common, path, value, &in_list)) {
        return NULL;
    }
    if (!in_list) {
        return value;
    }
    Json *result = branch_new(common->arena, JSON_ARRAY, value->key);
    Json *last = NULL;
    add_copy(common->arena, result, &last, value);
    return result;
}

static Json *common_object(const Common *common, const Path *path, const Json *object)
{
    Json *result = branch_new(common->arena, JSON_OBJECT, object->key);
    Json *last = NULL;
    for (const Json *child = object->first; child != NULL; child = child->next) {
        const Path *below = go_down(common->arena, path, child->key);
        const Json *kept = NULL;
        if (child->kind == JSON_OBJECT) {
            const Json *inside = common_object(common, below, child);
            kept = inside->count > 0 ? inside : NULL;
        } else if (child->kind == JSON_ARRAY) {
            kept = common_list(common, below, child);
        } else {
            kept = common_scalar(common, below, child);
        }
        if (kept != NULL) {
            add_copy(common->arena, result, &last, kept);
        }
    }
    return result;
}

const Json *common_fields(Arena *arena, const Json *const *sources, uint32_t count)
{
    assert(count > 0);
    const Path root = {.hash = hash_random_seed()};
    Index *others = ARENA_MANY(arena, Index, count - 1);
    for (uint32_t i = 0; i + 1 < count; i++) {
        others[i].arena = arena;
        add_values(&others[i], &root, sources[i + 1]);
        if (others[i].entries.count > 0) {
            qsort(others[i].entries.items, others[i].entries.count, sizeof(Entry), by_hash);
        }
    }
    Common common = {.arena = arena, .others = others, .other_count = count - 1};
    return common_object(&common, &root, sources[0]);
}
