#include "event/batch_names.h"

#include "base/array.h"
#include "base/hash.h"
#include "base/json_writer.h"
#include "base/table.h"
#include "event/document.h"

typedef struct NameColumn {
    bool asked;
    FieldId field;
    Dictionary *dictionary;
    uint32_t *codes;
    uint32_t filled; /* rows with a code */
    uint32_t last;   /* the code told last: it seldom changes */
} NameColumn;

enum {
#define HINT_PLACE(name, path) HINT_##name,
    INDEX_HINTS(HINT_PLACE)
#undef HINT_PLACE
        HINT_COUNT
};

typedef struct HintCodes {
    uint32_t codes[HINT_COUNT];
} HintCodes;

struct BatchNames {
    NameColumn index, id;
    FieldId hints[HINT_COUNT];
    uint32_t hint_epochs[HINT_COUNT]; /* of the dictionaries whose codes `derived_from` holds */
    uint32_t index_epoch;             /* of those in `derived` */
    Arena *memory;                    /* of `derived` */
    Table *derived_from;              /* HintCodes, as bytes -> place in `derived` */
    ARRAY(uint32_t) derived;          /* codes of the index's dictionary */
    Arena *scratch;
    Buffer json;
};

static NameColumn column_new(Arena *arena, const FieldTable *fields, Str path)
{
    NameColumn column = {0};
    if (field_table_find(fields, path, &column.field)) {
        column.asked = true;
        column.dictionary = dictionary_new(field_table_get(fields, column.field));
        column.codes = ARENA_MANY(arena, uint32_t, BATCH_ROWS);
    }
    return column;
}

static void forget_derived(BatchNames *names)
{
    arena_reset(names->memory);
    names->derived_from = table_new(names->memory);
    names->derived.items = NULL;
    names->derived.count = 0;
    names->derived.capacity = 0;
}

/* They are there: to ask a table for the index is to ask for them. */
static void find_hints(BatchNames *names, const FieldTable *fields)
{
    static const Str PATHS[HINT_COUNT] = {
#define HINT_PATH(name, path) [HINT_##name] = STR_INIT(path),
        INDEX_HINTS(HINT_PATH)
#undef HINT_PATH
    };
    for (size_t i = 0; i < HINT_COUNT; i++) {
        bool found = field_table_find(fields, PATHS[i], &names->hints[i]);
        assert(found);
    }
}

BatchNames *batch_names_new(Arena *arena, const FieldTable *fields)
{
    BatchNames *names = ARENA_NEW(arena, BatchNames);
    names->index = column_new(arena, fields, STR(FIELD_INDEX_PATH));
    names->id = column_new(arena, fields, STR(FIELD_ID_PATH));
    if (names->index.asked) {
        find_hints(names, fields);
    }
    names->memory = arena_new();
    names->scratch = arena_new();
    forget_derived(names);
    return names;
}

void batch_names_free(BatchNames *names)
{
    dictionary_free(names->index.dictionary);
    dictionary_free(names->id.dictionary);
    arena_free(names->memory);
    arena_free(names->scratch);
    buffer_done(&names->json);
}

static void column_clear(NameColumn *column)
{
    if (column->asked) {
        memset(column->codes, 0, BATCH_ROWS * sizeof *column->codes);
        column->filled = 0;
        column->last = 0;
        dictionary_end_batch(column->dictionary);
    }
}

void batch_names_clear(BatchNames *names)
{
    column_clear(&names->index);
    column_clear(&names->id);
}

static void column_reset(NameColumn *column)
{
    if (column->asked) {
        dictionary_reset(column->dictionary);
        column->last = 0;
    }
}

void batch_names_reset(BatchNames *names)
{
    column_reset(&names->index);
    column_reset(&names->id);
    forget_derived(names);
}

size_t batch_names_bytes(const BatchNames *names)
{
    size_t bytes = (size_t)table_count(names->derived_from) * 2 * sizeof(HintCodes);
    bytes += names->index.asked ? dictionary_bytes(names->index.dictionary) : 0;
    return bytes + (names->id.asked ? dictionary_bytes(names->id.dictionary) : 0);
}

static NameColumn *column_of(BatchNames *names, FieldId field)
{
    return names->index.asked && names->index.field == field ? &names->index
           : names->id.asked && names->id.field == field     ? &names->id
                                                             : NULL;
}

bool batch_names_owns(const BatchNames *names, FieldId field)
{
    return (names->index.asked && names->index.field == field) ||
           (names->id.asked && names->id.field == field);
}

bool batch_names_asks(const BatchNames *names, FieldId field)
{
    bool asks = false;
    for (size_t i = 0; i < HINT_COUNT && names->index.asked; i++) {
        asks = asks || names->hints[i] == field;
    }
    return asks;
}

static uint32_t code_of_text(BatchNames *names, NameColumn *column, Str text)
{
    buffer_clear(&names->json);
    json_append_escaped(&names->json, text);
    Str json = buffer_str(&names->json);
    if (column->last == 0 || !str_equal(dictionary_raw(column->dictionary, column->last), json)) {
        column->last = dictionary_code(column->dictionary, json);
    }
    return column->last;
}

static void fill(NameColumn *column, uint32_t row, uint32_t code)
{
    column->codes[row] = code;
    column->filled += code != 0;
}

void batch_names_add(BatchNames *names, uint32_t row, EventNames told)
{
    if (names->index.asked && told.index.len > 0) {
        fill(&names->index, row, code_of_text(names, &names->index, told.index));
    }
    if (names->id.asked && told.id.len > 0) {
        fill(&names->id, row, code_of_text(names, &names->id, told.id));
    }
}

void batch_names_say(BatchNames *names, FieldId field, const RawValue *values, size_t count)
{
    NameColumn *column = column_of(names, field);
    for (size_t i = 0; i < count; i++) {
        Str raw = {values[i].ptr, values[i].len};
        uint32_t row = values[i].row;
        bool is_text = raw.len > 2 && raw.ptr[0] == '"';
        if (is_text && column->codes[row] == 0) {
            fill(column, row, dictionary_code(column->dictionary, raw));
        }
    }
}

static Str hint_text(BatchNames *names, const Batch *batch, FieldId field, uint32_t code)
{
    if (code == 0) {
        return STR("");
    }
    Str raw = dictionary_raw(batch_dictionary(batch, field), code);
    Values values = value_from_json(names->scratch, raw, FIELD_KEYWORD, STR(""), false);
    return values.count == 0 ? STR("") : values.items[0].text;
}

static uint32_t derive(BatchNames *names, const Batch *batch, const HintCodes *from)
{
    IndexHints hints = {
#define HINT_TEXT(name, path) \
    .name = hint_text(names, batch, names->hints[HINT_##name], from->codes[HINT_##name]),
        INDEX_HINTS(HINT_TEXT)
#undef HINT_TEXT
    };
    Str index = index_from_hints(names->scratch, &hints);
    uint32_t code = index.len == 0 ? 0 : code_of_text(names, &names->index, index);
    arena_reset(names->scratch);
    return code;
}

static uint32_t derived_code(BatchNames *names, const Batch *batch, const HintCodes *from)
{
    uint32_t place = table_add(names->derived_from, (Str){(const char *)from, sizeof *from});
    if (place == names->derived.count) {
        uint32_t code = derive(names, batch, from);
        ARRAY_PUSH(names->memory, &names->derived, code);
    }
    return names->derived.items[place];
}

static void follow_hints(BatchNames *names, const Batch *batch)
{
    uint32_t index_epoch = dictionary_epoch(names->index.dictionary);
    bool same = names->index_epoch == index_epoch;
    names->index_epoch = index_epoch;
    for (size_t i = 0; i < HINT_COUNT; i++) {
        uint32_t epoch = dictionary_epoch(batch_dictionary(batch, names->hints[i]));
        same = same && names->hint_epochs[i] == epoch;
        names->hint_epochs[i] = epoch;
    }
    if (!same) {
        forget_derived(names);
    }
}

static void finish_index(BatchNames *names, const Batch *batch)
{
    follow_hints(names, batch);
    const uint32_t *columns[HINT_COUNT];
    for (size_t i = 0; i < HINT_COUNT; i++) {
        columns[i] = batch_codes(batch, names->hints[i]);
    }
    HintCodes last = {0};
    uint32_t last_code = 0; /* no hint, no index */
    for (uint32_t row = 0; row < batch_rows(batch); row++) {
        if (names->index.codes[row] != 0) {
            continue;
        }
        HintCodes from = {0};
        for (size_t i = 0; i < HINT_COUNT; i++) {
            from.codes[i] = columns[i] == NULL ? 0 : columns[i][row];
        }
        if (memcmp(&from, &last, sizeof from) != 0) {
            last = from;
            last_code = derived_code(names, batch, &from);
        }
        fill(&names->index, row, last_code);
    }
}

void batch_names_finish_ids(BatchNames *names, const Batch *batch, uint32_t from)
{
    for (uint32_t row = from; names->id.asked && row < batch_rows(batch); row++) {
        if (names->id.codes[row] == 0) {
            Hex hash = hash_128_hex(batch_raw(batch, row));
            fill(&names->id, row, code_of_text(names, &names->id, str_from_c(hash.text)));
        }
    }
}

void batch_names_finish(BatchNames *names, const Batch *batch)
{
    if (names->index.asked) {
        finish_index(names, batch);
    }
}

static const NameColumn *look(const BatchNames *names, FieldId field)
{
    return names->index.asked && names->index.field == field ? &names->index : &names->id;
}

const uint32_t *batch_names_codes(const BatchNames *names, FieldId field)
{
    const NameColumn *column = look(names, field);
    return column->filled == 0 ? NULL : column->codes;
}

Dictionary *batch_names_dictionary(const BatchNames *names, FieldId field)
{
    return look(names, field)->dictionary;
}
