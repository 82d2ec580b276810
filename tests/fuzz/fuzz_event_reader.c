/* One event: the reader accepts exactly the objects that simdjson accepts (which refuses numbers that its
 * types cannot hold; for us they are text), every instruction set builds the same index, and the spans are
 * those that a plain walk over the whole document as a tree finds. What is behind the text changes nothing, nor
 * what a reader has read before. */
#include "base/array.h"
#include "base/json.h"
#include "ingest/event_reader.h"
#include "ingest/json_index.h"

#ifdef HAVE_SIMDJSON
#include "simdjson_oracle.h"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const Str FIELDS[] = {
    STR_INIT("a"),
    STR_INIT("a.b"),
    STR_INIT("a.b.c"),
    STR_INIT("a.b.c.d"),
    STR_INIT("b"),
    STR_INIT("b.c"),
    STR_INIT("c.a.b"),
    STR_INIT("c.c.c"),
    STR_INIT("d.e"),
    STR_INIT("q\"q"),
    STR_INIT("s\\s"),
    STR_INIT("s\\\\s"),
    STR_INIT("\xc3\xa4"),
    STR_INIT("twelve_bytes.a"),
    STR_INIT("thirteen_byte"),
    STR_INIT("fourteen_bytes"),
    STR_INIT("a.seventeen_bytes.b"),
    STR_INIT("of_twenty_nine_bytes_or_about"),
    STR_INIT("of_more_than_thirty_two_bytes_which_is_long"),
    STR_INIT("of_more_than_thirty_two_bits_whichh_is_long"),
    STR_INIT("_index"),
    STR_INIT("_id"),
};

static void insist(bool fine, const char *what)
{
    if (!fine) {
        fprintf(stderr, "event reader: %s\n", what);
        abort();
    }
}

typedef struct Expected {
    Arena *arena;
    const FieldTable *fields;
    ARRAY(FieldSpan) spans;
    Str index, id, source_index, source_id;
    bool is_wrapped;
} Expected;

static void add(Expected *expected, Str path, Str raw)
{
    for (FieldId id = 0; id < field_table_count(expected->fields); id++) {
        Str wanted = field_table_get(expected->fields, id)->path;
        if (wanted.ptr[0] != '_' && str_equal(wanted, path)) {
            ARRAY_PUSH(expected->arena, &expected->spans,
                       (FieldSpan){.field = id, .len = (uint32_t)raw.len, .ptr = raw.ptr});
        }
    }
}

static bool holds_object(const Json *array)
{
    for (const Json *item = array->first; item != NULL; item = item->next) {
        if (item->kind == JSON_OBJECT || (item->kind == JSON_ARRAY && holds_object(item))) {
            return true;
        }
    }
    return false;
}

static void walk(Expected *expected, Str path, const Json *value, bool in_array)
{
    if (value->kind == JSON_OBJECT) {
        for (const Json *child = value->first; child != NULL; child = child->next) {
            Str below =
                str_format(expected->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(child->key));
            walk(expected, below, child, false);
        }
    } else if (value->kind == JSON_ARRAY && (in_array || holds_object(value))) {
        for (const Json *item = value->first; item != NULL; item = item->next) {
            walk(expected, path, item, true);
        }
    } else {
        add(expected, path, value->raw);
    }
}

static void name(const Json *value, Str *to)
{
    if (value->kind == JSON_STRING && to->len == 0) {
        *to = value->text;
    }
}

static void walk_source(Expected *expected, const Json *source)
{
    expected->is_wrapped = true;
    expected->spans.count = 0;
    expected->source_index = expected->source_id = (Str){0};
    for (const Json *child = source->first; child != NULL; child = child->next) {
        if (str_equal(child->key, STR("_index"))) {
            name(child, &expected->source_index);
        } else if (str_equal(child->key, STR("_id"))) {
            name(child, &expected->source_id);
        } else {
            walk(expected, child->key, child, false);
        }
    }
}

static void walk_document(Expected *expected, const Json *document)
{
    for (const Json *child = document->first; child != NULL; child = child->next) {
        if (str_equal(child->key, STR("_index"))) {
            name(child, &expected->index);
        } else if (str_equal(child->key, STR("_id"))) {
            name(child, &expected->id);
        } else if (str_equal(child->key, STR("_source"))) {
            if (child->kind == JSON_OBJECT) {
                walk_source(expected, child);
            }
        } else if (!expected->is_wrapped) {
            walk(expected, child->key, child, false);
        }
    }
}

/* `shift`: from the text the spans are in to the one the tree is of. */
static void check_spans(Arena *arena, const FieldTable *fields, const Json *json,
                        const EventSpans *spans, ptrdiff_t shift)
{
    Expected expected = {.arena = arena, .fields = fields};
    walk_document(&expected, json);
    insist(spans->count == expected.spans.count, "another number of spans than in the tree");
    for (uint32_t i = 0; i < spans->count; i++) {
        const FieldSpan *found = &spans->items[i];
        const FieldSpan *wanted = &expected.spans.items[i];
        insist(found->field == wanted->field && found->len == wanted->len &&
                   found->ptr + shift == wanted->ptr,
               "another span than in the tree");
    }
    Str index = expected.index.len > 0 ? expected.index : expected.source_index;
    Str id = expected.id.len > 0 ? expected.id : expected.source_id;
    insist(str_equal(spans->index, index), "another _index than in the tree");
    insist(str_equal(spans->id, id), "another _id than in the tree");
}

#ifdef HAVE_SIMDJSON
/* The document with every number made 0, in place: then simdjson can hold them all. */
static void make_zero(const Json *json, char *text)
{
    if (json->kind == JSON_NUMBER) {
        memset(text + json->at, ' ', json->raw.len);
        text[json->at] = '0';
    }
    for (const Json *child = json->first; child != NULL; child = child->next) {
        make_zero(child, text);
    }
}

static void check_opinion(Arena *arena, const Json *json, Str text, bool accepted, const Err *err)
{
    bool accepts = simdjson_oracle_accepts(text.ptr, text.len);
    if (accepted && !accepts) {
        Str copy = str_copy(arena, text);
        char *zeros = ARENA_MANY(arena, char, copy.len + 1);
        memcpy(zeros, copy.ptr, copy.len);
        make_zero(json, zeros);
        insist(simdjson_oracle_accepts(zeros, copy.len), "accepted, but simdjson refuses it");
    }
    bool is_object = str_trim(text).len > 0 && str_trim(text).ptr[0] == '{';
    insist(accepted || !accepts || !is_object || err->code == ERR_LIMIT,
           "refused, but simdjson accepts it");
}
#endif

static void check_indexers(Str text)
{
    JsonIndexerName known[JSON_INDEXERS];
    JsonIndex first = {0};
    size_t count = json_indexers(known);
    known[0].build(&first, text);
    for (size_t i = 1; i < count; i++) {
        JsonIndex other = {0};
        known[i].build(&other, text);
        insist(other.count == first.count && other.end == first.end && other.fault == first.fault &&
                   memcmp(other.tokens, first.tokens, first.count * sizeof *first.tokens) == 0,
               known[i].name);
        json_index_done(&other);
    }
    json_index_done(&first);
}

/* Memory of exactly the size that the reader is promised. */
static char *padded(const uint8_t *data, size_t size, const char *padding)
{
    char *text = malloc(size + EVENT_READER_PADDING);
    if (text == NULL) {
        out_of_memory(size);
    }
    memcpy(text, data, size);
    for (size_t i = 0; i < EVENT_READER_PADDING; i++) {
        text[size + i] = padding[i % strlen(padding)];
    }
    return text;
}

/* Made once: the schema is large. */
static const FieldTable *fields_new(void)
{
    Arena *arena = arena_new();
    FieldTable *fields = field_table_new(arena, schema_builtin(arena));
    for (size_t i = 0; i < ARRAY_LEN(FIELDS); i++) {
        field_table_add(fields, FIELDS[i], FIELD_USE_VALUE);
    }
    return fields;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const PADDINGS[] = {"}",    "\":",       "\",", "]}1",    "\n",
                                           "\\\"", "{\"a\":1}", "[",   ",\"a\":"};
    static const FieldTable *fields;
    static EventReader *practised;
    fields = fields != NULL ? fields : fields_new();
    practised = practised != NULL ? practised : event_reader_new(fields, NULL);
    Arena *arena = arena_new();
    EventReader *reader = event_reader_new(fields, NULL);
    Str original = {(const char *)data, size};
    Err json_err = {0};
    const Json *json = json_parse(arena, original, &json_err);
    Err first = {0};
    for (size_t i = 0; i < ARRAY_LEN(PADDINGS); i++) {
        char *text = padded(data, size, PADDINGS[i]);
        Err err = {0};
        EventSpans spans;
        EventReader *who = i == 1 || i == 4 ? practised : reader;
        bool accepted = event_reader_read(who, (Str){text, size}, &spans, &err);
        insist(accepted || (err.at <= size && err.text[0] != '\0'),
               "refused without place or reason");
        insist(i == 0 || (err.code == first.code && err.at == first.at &&
                          strcmp(err.text, first.text) == 0),
               "what is behind the text makes a difference");
        insist(accepted == (json != NULL && json->kind == JSON_OBJECT),
               "json_parse thinks otherwise");
        if (accepted) {
            check_spans(arena, fields, json, &spans, original.ptr - text);
        }
        if (i == 0) {
            check_indexers((Str){text, size});
#ifdef HAVE_SIMDJSON
            check_opinion(arena, json, original, accepted, &err);
#endif
        }
        first = err;
        free(text);
    }
    event_reader_free(reader);
    arena_free(arena);
    return 0;
}
