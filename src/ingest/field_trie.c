#include "ingest/field_trie.h"

#include "base/hash.h"
#include "base/table.h"
#include "event/field_pattern.h"

typedef struct FieldPlace Place;

#define LEARNED_SLOTS (2 * (uint64_t)FIELD_TRIE_LEARNED)
#define LEARNED_LOOKS 8 /* at so many slots: keys may be chosen to collide */

typedef struct LearnedKey {
    FieldKey *key; /* NULL: free */
    uint32_t node; /* that it is below */
} LearnedKey;

typedef struct Builder {
    Arena *arena;
    FieldTrie *trie;
    Table *places;   /* "process.parent": its index + FIELD_NODES is the node */
    uint32_t *below; /* per node: how many keys lead from it */
    FieldId *fields; /* per node */
} Builder;

/* Called for each node above a node, with the key that leads from the one to the other. */
typedef void Visit(Builder *builder, uint32_t from, Str key, uint32_t to);

static uint64_t hash(Str key)
{
    uint64_t head = 0;
    uint64_t tail = 0;
    if (key.len >= 8) {
        memcpy(&head, key.ptr, 8);
        memcpy(&tail, key.ptr + key.len - 8, 8);
    } else {
        for (size_t i = 0; i < key.len; i++) {
            head = head << 8 | (unsigned char)key.ptr[i];
        }
    }
    return ((head ^ (tail >> 29) ^ (tail << 35) ^ key.len) * 0x9E3779B97F4A7C15ULL) >> 32;
}

static Str text_of(const FieldTrie *trie, const FieldKey *key)
{
    return (Str){trie->texts + key->text, key->size - (size_t)3};
}

FieldKey *field_trie_find(const FieldTrie *trie, uint32_t node, Str key)
{
    const Place *place = &trie->nodes[node];
    if ((place->lengths >> (key.len & 63) & 1) == 0) {
        return trie->keys;
    }
    for (uint64_t at = hash(key);; at++) {
        FieldKey *found = &trie->keys[trie->table[place->first + (at & place->mask)]];
        if (found == trie->keys || str_equal(text_of(trie, found), key)) {
            return found;
        }
    }
}

/* As `spelling` has it, in quotes and with a colon. */
static void match_spelling(FieldKey *key, Str spelling)
{
    key->size = (uint16_t)spelling.len;
    size_t len = spelling.len < sizeof key->head ? spelling.len : sizeof key->head;
    memcpy(key->head, spelling.ptr, len);
    key->wanted = UINT16_MAX;
    if (spelling.len < sizeof key->head) {
        key->wanted = (uint16_t)((1u << spelling.len) - 1);
        return;
    }
    memcpy(key->tail, spelling.ptr + spelling.len - sizeof key->tail, sizeof key->tail);
}

static FieldKey *add_learned(FieldTrie *trie, uint32_t node, const FieldKey *key, LearnedKey *slot)
{
    if (trie->learned_count == FIELD_TRIE_LEARNED) {
        return NULL;
    }
    trie->learned_count++;
    *slot = (LearnedKey){&trie->keys[trie->key_count++], node};
    *slot->key = *key;
    return slot->key;
}

FieldKey *field_trie_learn(FieldTrie *trie, uint32_t node, Str key)
{
    if (key.len > FIELD_TRIE_LEARNED_BYTES) {
        return NULL;
    }
    char spelling[FIELD_TRIE_LEARNED_BYTES + 3];
    FieldKey learned = {.field = field_trie_leads_past(trie, node, key) ? FIELD_KEY_PAST
                                                                        : FIELD_KEY_NONE,
                        .next = trie->keys};
    spelling[0] = '"';
    memcpy(spelling + 1, key.ptr, key.len);
    spelling[key.len + 1] = '"';
    spelling[key.len + 2] = ':';
    match_spelling(&learned, (Str){spelling, key.len + 3});
    uint64_t at = hash_mix(hash(key), node);
    for (uint64_t look = at; look < at + LEARNED_LOOKS; look++) {
        LearnedKey *slot = &trie->learned[look % LEARNED_SLOTS];
        if (slot->key == NULL) {
            return add_learned(trie, node, &learned, slot);
        }
        if (slot->node == node && field_key_matches(trie, slot->key, spelling, learned.size)) {
            return slot->key;
        }
    }
    return NULL;
}

static uint32_t node_of(const Builder *builder, Str path)
{
    return FIELD_NODES + table_find(builder->places, path);
}

static void each_way(Builder *builder, Str path, uint32_t to, Visit *visit)
{
    visit(builder, FIELD_NODE_TOP, path, to);
    visit(builder, FIELD_NODE_SOURCE, path, to);
    for (size_t dot = 0; str_find_byte(path, '.', dot, &dot); dot++) {
        visit(builder, node_of(builder, str_slice(path, 0, dot)),
              str_slice(path, dot + 1, path.len), to);
    }
}

/* The wrapper's keys come before fields of the same name: they are added first, and the first found counts. */
static void each_way_of_all(Builder *builder, Visit *visit)
{
    visit(builder, FIELD_NODE_TOP, STR("_source"), FIELD_NODE_SOURCE);
    visit(builder, FIELD_NODE_WRAPPER, STR("_source"), FIELD_NODE_SOURCE);
    for (uint32_t node = FIELD_NODE_TOP; node <= FIELD_NODE_SOURCE; node++) {
        visit(builder, node, STR(FIELD_INDEX_PATH), FIELD_NODE_INDEX);
        visit(builder, node, STR(FIELD_ID_PATH), FIELD_NODE_ID);
    }
    for (uint32_t i = 0; i < table_count(builder->places); i++) {
        each_way(builder, table_text(builder->places, i), FIELD_NODES + i, visit);
    }
}

static void count_way(Builder *builder, uint32_t from, Str key, uint32_t to)
{
    (void)to;
    builder->below[from]++;
    builder->trie->key_count++;
    builder->trie->text_size += (uint32_t)key.len;
}

/* A key that JSON cannot spell without escapes matches nothing as it stands; it is found unescaped. */
static bool needs_escapes(Str key)
{
    for (size_t i = 0; i < key.len; i++) {
        unsigned char byte = (unsigned char)key.ptr[i];
        if (byte < 0x20 || byte == '"' || byte == '\\') {
            return true;
        }
    }
    return false;
}

/* "\n" stands in no key and begins none, so this key is never what a text begins with. */
static void match_nothing(FieldKey *key)
{
    key->head[0] = '\n';
    key->wanted = 1;
    key->size = 1;
}

static void spell(Builder *builder, FieldKey *key, Str text)
{
    if (needs_escapes(text)) {
        match_nothing(key);
        key->size = (uint16_t)(text.len + 3);
        return;
    }
    match_spelling(key, str_format(builder->arena, "\"%.*s\":", STR_ARG(text)));
}

static void add_way(Builder *builder, uint32_t from, Str text, uint32_t to)
{
    FieldTrie *trie = builder->trie;
    Place *place = &trie->nodes[from];
    place->lengths |= (uint64_t)1 << (text.len & 63);
    FieldKey *key = &trie->keys[trie->key_count];
    *key = (FieldKey){
        .text = trie->text_size, .node = to, .field = builder->fields[to], .next = trie->keys};
    key->below = builder->below[to] != 0 ? &trie->starts[to] : NULL;
    if (field_trie_leads_past(trie, from, text)) {
        bool has_field = builder->fields[to] != FIELD_KEY_NONE;
        key->field = has_field ? builder->fields[to] | FIELD_KEY_HINT : FIELD_KEY_PAST;
    }
    spell(builder, key, text);
    memcpy(trie->texts + trie->text_size, text.ptr, text.len);
    trie->text_size += (uint32_t)text.len;
    uint64_t at = hash(text);
    while (trie->table[place->first + (at & place->mask)] != 0) {
        at++;
    }
    trie->table[place->first + (at & place->mask)] = trie->key_count++;
}

/* The object that all fields of a pattern stand in, however deep: empty for the event itself. */
static Str stem_of(Str pattern)
{
    size_t end = pattern.len;
    (void)str_find_byte(pattern, '*', 0, &end);
    while (end > 0 && pattern.ptr[end - 1] != '.') {
        end--;
    }
    return str_slice(pattern, 0, end == 0 ? 0 : end - 1);
}

static void add_place(Builder *builder, Str path)
{
    for (size_t dot = 0; str_find_byte(path, '.', dot, &dot); dot++) {
        table_add(builder->places, str_slice(path, 0, dot));
    }
    table_add(builder->places, path);
}

/* All places on the way to each field, the field's own last. */
static void add_places(Builder *builder, const FieldTable *fields)
{
    for (FieldId id = 0; id < field_table_count(fields); id++) {
        const Field *field = field_table_get(fields, id);
        Str path = field->is_pattern ? stem_of(field->path) : field->path;
        if (field_path_is_reachable(path)) {
            add_place(builder, path);
        }
    }
}

/* Where patterns' fields may be, as the finder will ask it. */
static void add_hints(Builder *builder, const FieldTable *fields)
{
    FieldTrie *trie = builder->trie;
    if (!field_table_has_patterns(fields)) {
        return;
    }
    bool *hints = ARENA_MANY(builder->arena, bool, trie->node_count);
    for (FieldId id = 0; id < field_table_count(fields); id++) {
        const Field *field = field_table_get(fields, id);
        Str stem = stem_of(field->path);
        for (uint32_t i = 0; field->is_pattern && i < table_count(builder->places); i++) {
            Str place = table_text(builder->places, i);
            hints[FIELD_NODES + i] |=
                place.len >= stem.len && field_pattern_leads_below(field->path, place);
        }
        hints[FIELD_NODE_TOP] |= field->is_pattern && !field_path_is_reachable(stem);
    }
    hints[FIELD_NODE_SOURCE] = hints[FIELD_NODE_TOP];
    trie->hints = hints;
    trie->places = builder->places;
    trie->fields = fields;
}

bool field_trie_leads_past(const FieldTrie *trie, uint32_t node, Str key)
{
    if (trie->hints == NULL || trie->hints[node]) { /* inside of such an object all is seen */
        return false;
    }
    char text[FIELD_PATTERN_BYTES];
    Str above = node < FIELD_NODES ? STR("") : table_text(trie->places, node - FIELD_NODES);
    Str path = {text, above.len + (above.len > 0) + key.len};
    if (path.len > sizeof text) {
        return false;
    }
    memcpy(text, above.ptr, above.len);
    text[above.len] = '.';
    memcpy(text + path.len - key.len, key.ptr, key.len);
    bool leads = false;
    for (FieldId id = 0; id < field_table_count(trie->fields) && !leads; id++) {
        const Field *field = field_table_get(trie->fields, id);
        leads = field->is_pattern && path.len > stem_of(field->path).len &&
                field_pattern_leads_below(field->path, path);
    }
    return leads;
}

static void name_nodes(Builder *builder, const FieldTable *fields)
{
    for (uint32_t node = 0; node < builder->trie->node_count; node++) {
        builder->fields[node] = FIELD_KEY_NONE;
    }
    builder->fields[FIELD_NODE_INDEX] = FIELD_KEY_INDEX;
    builder->fields[FIELD_NODE_ID] = FIELD_KEY_ID;
    for (FieldId id = 0; id < field_table_count(fields); id++) {
        const Field *field = field_table_get(fields, id);
        if (!field->is_pattern && field_path_is_reachable(field->path)) {
            builder->fields[node_of(builder, field->path)] = id;
        }
    }
}

/* A quarter full at most, so that most keys that no field wants are told by one look. */
static void size_tables(Builder *builder)
{
    FieldTrie *trie = builder->trie;
    for (uint32_t node = 0; node < trie->node_count; node++) {
        uint32_t places = 1;
        while (places < builder->below[node] * 4) {
            places *= 2;
        }
        trie->nodes[node] = (Place){.first = trie->table_size, .mask = places - 1};
        trie->table_size += places;
    }
    trie->table = ARENA_MANY(builder->arena, uint32_t, trie->table_size);
}

static FieldKey *keys_new(Arena *arena, uint32_t count)
{
    return arena_alloc(arena, count, sizeof(FieldKey), sizeof(FieldKey));
}

FieldTrie *field_trie_new(Arena *arena, const FieldTable *fields)
{
    Builder builder = {
        .arena = arena, .trie = ARENA_NEW(arena, FieldTrie), .places = table_new(arena)};
    FieldTrie *trie = builder.trie;
    add_places(&builder, fields);
    trie->node_count = FIELD_NODES + table_count(builder.places);
    trie->nodes = ARENA_MANY(arena, Place, trie->node_count);
    builder.below = ARENA_MANY(arena, uint32_t, trie->node_count);
    builder.fields = ARENA_MANY(arena, FieldId, trie->node_count);
    name_nodes(&builder, fields);
    add_hints(&builder, fields);
    each_way_of_all(&builder, count_way);
    size_tables(&builder);

    trie->starts = keys_new(arena, trie->node_count);
    trie->keys = keys_new(arena, trie->key_count + 1 + FIELD_TRIE_LEARNED);
    trie->learned = ARENA_MANY(arena, LearnedKey, LEARNED_SLOTS);
    trie->texts = ARENA_MANY(arena, char, (size_t)trie->text_size + 1);
    trie->keys[0] = (FieldKey){.field = FIELD_KEY_NONE, .next = trie->keys};
    match_nothing(&trie->keys[0]);
    trie->past = trie->keys[0];
    trie->past.field = FIELD_KEY_PAST;
    for (uint32_t node = 0; node < trie->node_count; node++) {
        trie->starts[node] = trie->keys[0];
        trie->starts[node].node = node;
    }
    trie->key_count = 1;
    trie->text_size = 0;
    each_way_of_all(&builder, add_way);
    return trie;
}
