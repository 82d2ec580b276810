#include "event/field_watch.h"

#include "base/table.h"

struct FieldWatch {
    Arena *arena;
    const FieldTable *fields;
    FieldId *missing; /* not seen yet */
    uint32_t missing_count;
    bool *watched; /* [FieldId]: watched and not seen yet */
    Table *names;
};

FieldWatch *field_watch_new(const FieldTable *fields, const FieldId *ids, uint32_t count)
{
    Arena *arena = arena_new();
    FieldWatch *watch = ARENA_NEW(arena, FieldWatch);
    *watch = (FieldWatch){.arena = arena, .fields = fields, .names = table_new(arena)};
    watch->missing = ARENA_MANY(arena, FieldId, count);
    watch->watched = ARENA_MANY(arena, bool, field_table_count(fields));
    for (uint32_t i = 0; i < count; i++) {
        if (!watch->watched[ids[i]]) {
            watch->watched[ids[i]] = true;
            watch->missing[watch->missing_count++] = ids[i];
        }
    }
    return watch;
}

void field_watch_free(FieldWatch *watch)
{
    if (watch != NULL) {
        arena_free(watch->arena);
    }
}

FieldWatch *field_watch_fork(const FieldWatch *watch)
{
    return field_watch_new(watch->fields, watch->missing, watch->missing_count);
}

/* The field at `index` of the missing ones is there. */
static void found(FieldWatch *watch, uint32_t index)
{
    watch->watched[watch->missing[index]] = false;
    watch->missing[index] = watch->missing[--watch->missing_count];
}

static void add_name(FieldWatch *watch, Str name)
{
    if (name.len <= SIMILAR_MAX_BYTES && table_count(watch->names) < WATCH_MAX_NAMES) {
        table_add(watch->names, name);
    }
}

void field_watch_join(FieldWatch *watch, const FieldWatch *fork)
{
    for (uint32_t i = watch->missing_count; i > 0; i--) {
        if (field_watch_saw(fork, watch->missing[i - 1])) {
            found(watch, i - 1);
        }
    }
    for (uint32_t i = 0; i < table_count(fork->names); i++) {
        add_name(watch, table_text(fork->names, i));
    }
}

static bool has_value(const Batch *batch, FieldId id, Arena *arena)
{
    for (uint32_t row = 0; batch_has(batch, id) && row < batch_rows(batch); row++) {
        arena_reset(arena);
        if (batch_values(batch, arena, row, id).count > 0) {
            return true;
        }
    }
    return false;
}

void field_watch_batch(FieldWatch *watch, const Batch *batch, Arena *arena)
{
    for (uint32_t i = watch->missing_count; i > 0; i--) {
        if (has_value(batch, watch->missing[i - 1], arena)) {
            found(watch, i - 1);
        }
    }
}

void field_watch_document(FieldWatch *watch, const Document *document, Arena *arena)
{
    for (uint32_t i = watch->missing_count; i > 0; i--) {
        const Field *field = field_table_get(watch->fields, watch->missing[i - 1]);
        if (document_values(arena, document, field).count > 0) {
            found(watch, i - 1);
        }
    }
}

/* `path` holds the name of `node`, and is given back as it was. */
static void collect(FieldWatch *watch, const Json *node, Buffer *path)
{
    if (node->kind != JSON_OBJECT && node->kind != JSON_ARRAY) {
        if (node->kind != JSON_NULL) {
            add_name(watch, buffer_str(path));
        }
        return;
    }
    size_t len = path->len;
    for (const Json *child = node->first; child != NULL; child = child->next) {
        if (node->kind == JSON_OBJECT) {
            buffer_append(path, len > 0 ? STR(".") : STR(""));
            buffer_append(path, child->key);
        }
        collect(watch, child, path);
        path->len = len;
    }
}

void field_watch_names(FieldWatch *watch, const Document *document)
{
    Buffer path = {0};
    collect(watch, document->source, &path);
    buffer_done(&path);
}

bool field_watch_saw(const FieldWatch *watch, FieldId field)
{
    return !watch->watched[field];
}

bool field_watch_saw_all(const FieldWatch *watch)
{
    return watch->missing_count == 0;
}

bool field_watch_saw_below(const FieldWatch *watch, Str path)
{
    for (uint32_t i = 0; i < table_count(watch->names); i++) {
        Str name = table_text(watch->names, i);
        if (name.len > path.len && name.ptr[path.len] == '.' && str_starts_with(name, path)) {
            return true;
        }
    }
    return false;
}

static int compare_names(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

/* Which worker met a name first is chance; so they are put in order. */
void field_watch_offer(const FieldWatch *watch, Similar *similar)
{
    uint32_t count = table_count(watch->names);
    Str *names = ARENA_MANY(similar->arena, Str, count);
    for (uint32_t i = 0; i < count; i++) {
        names[i] = table_text(watch->names, i);
    }
    qsort(names, count, sizeof *names, compare_names);
    for (uint32_t i = 0; i < count; i++) {
        similar_offer(similar, names[i]);
    }
}
