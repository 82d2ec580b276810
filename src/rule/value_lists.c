#include "rule/value_lists.h"

#include "base/file.h"
#include "base/utf8.h"
#include "compile/field_literal.h"
#include "rule/rule_check.h"

typedef struct Loaded {
    Str id, type;
    ValueList list;
    size_t bytes;
    Err err; /* why there is none */
} Loaded;

struct ValueLists {
    Arena *arena;
    ARRAY(Str) files; /* NUL-terminated */
    ARRAY(Loaded) loaded;
    RuleList problems; /* the list's own member alone */
};

/* name, kind, field type that says how a value is written, character between the ends of a range (0: no ranges) */
#define TYPES(X)                                            \
    X("keyword", VALUE_LIST_TEXT, FIELD_KEYWORD, 0)         \
    X("text", VALUE_LIST_WORDS, FIELD_TEXT, 0)              \
    X("ip", VALUE_LIST_ADDRESS, FIELD_IP, 0)                \
    X("ip_range", VALUE_LIST_ADDRESS, FIELD_IP, 0)          \
    X("boolean", VALUE_LIST_TEXT, FIELD_BOOLEAN, 0)         \
    X("byte", VALUE_LIST_NUMBER, FIELD_LONG, 0)             \
    X("short", VALUE_LIST_NUMBER, FIELD_LONG, 0)            \
    X("integer", VALUE_LIST_NUMBER, FIELD_LONG, 0)          \
    X("long", VALUE_LIST_NUMBER, FIELD_LONG, 0)             \
    X("half_float", VALUE_LIST_NUMBER, FIELD_DOUBLE, 0)     \
    X("float", VALUE_LIST_NUMBER, FIELD_DOUBLE, 0)          \
    X("double", VALUE_LIST_NUMBER, FIELD_DOUBLE, 0)         \
    X("integer_range", VALUE_LIST_NUMBER, FIELD_LONG, '-')  \
    X("long_range", VALUE_LIST_NUMBER, FIELD_LONG, '-')     \
    X("float_range", VALUE_LIST_NUMBER, FIELD_DOUBLE, '-')  \
    X("double_range", VALUE_LIST_NUMBER, FIELD_DOUBLE, '-') \
    X("date", VALUE_LIST_DATE, FIELD_DATE, 0)               \
    X("date_nanos", VALUE_LIST_DATE, FIELD_DATE_NANOS, 0)   \
    X("date_range", VALUE_LIST_DATE, FIELD_DATE, ',')

typedef struct Type {
    Str name;
    ValueListKind kind;
    FieldType field;
    char between;
} Type;

static const Type KNOWN_TYPES[] = {
#define TYPE(name, kind, field, between) {STR_INIT(name), (kind), (field), (between)},
    TYPES(TYPE)
#undef TYPE
};

static const Type *find_type(Str name)
{
    for (size_t i = 0; i < ARRAY_LEN(KNOWN_TYPES); i++) {
        if (str_equal(KNOWN_TYPES[i].name, name)) {
            return &KNOWN_TYPES[i];
        }
    }
    return NULL;
}

/* ---- files ---- */

ValueLists *value_lists_open(Arena *arena, const Str *paths, uint32_t count, Err *err)
{
    ValueLists *lists = ARENA_NEW(arena, ValueLists);
    lists->arena = arena;
    lists->problems.arena = arena;
    for (uint32_t i = 0; i < count; i++) {
        const char *path = str_to_c(arena, paths[i]);
        FileList files = {0};
        if (!file_is_folder(path)) {
            Str file = str_from_c(path);
            ARRAY_PUSH(arena, &lists->files, file);
            continue;
        }
        if (!file_list(arena, path, &files, err)) {
            return NULL;
        }
        for (uint32_t file = 0; file < files.count; file++) {
            ARRAY_PUSH(arena, &lists->files, files.paths[file]);
        }
    }
    return lists;
}

bool value_lists_hash(const ValueLists *lists, HashStream *content, Err *err)
{
    bool fine = true;
    for (uint32_t i = 0; i < lists->files.count && fine; i++) {
        Arena *arena = arena_new();
        Str text = {0};
        fine = file_read(arena, lists->files.items[i].ptr, VALUE_LISTS_MAX_FILE, &text, err);
        hash_stream_add(content, lists->files.items[i]);
        hash_stream_add(content, text);
        arena_free(arena);
    }
    return fine;
}

static Str base_name(Str path)
{
    size_t from = path.len;
    while (from > 0 && path.ptr[from - 1] != '/') {
        from--;
    }
    return str_slice(path, from, path.len);
}

/* "a.txt" is the list a.txt, as Kibana names what is uploaded, and the list a. */
static bool is_called(Str path, Str id, bool whole)
{
    Str name = base_name(path);
    size_t dot = name.len;
    while (!whole && dot > 1 && name.ptr[dot - 1] != '.') {
        dot--;
    }
    return str_equal(whole || dot <= 1 ? name : str_slice(name, 0, dot - 1), id);
}

static bool find_file(const ValueLists *lists, Str id, Str *path, Err *err)
{
    for (int whole = 1; whole >= 0; whole--) {
        uint32_t found = 0;
        for (uint32_t i = 0; i < lists->files.count; i++) {
            if (is_called(lists->files.items[i], id, whole == 1)) {
                *path = lists->files.items[i];
                found++;
            }
        }
        if (found > 1) {
            return err_set(err, ERR_SYNTAX, "value list \"%.*s\": %u files are called so",
                           STR_ARG(id), found);
        }
        if (found == 1) {
            return true;
        }
    }
    return err_set(err, ERR_SYNTAX, "value list \"%.*s\": there is no such file", STR_ARG(id));
}

/* ---- values ---- */

typedef struct Reading {
    ValueLists *lists;
    const Type *type;
    Str path;
    size_t line;
    uint32_t refused;
    ARRAY(Str) texts;
    ARRAY(ValueSpan) spans;
} Reading;

static bool point_of(Reading *reading, Str text, ValueSpan *out)
{
    FieldLiteral literal = field_literal(reading->lists->arena, reading->type->field,
                                         value_string(str_trim(text)), OP_EQUAL);
    *out = (ValueSpan){literal.low, literal.high};
    return literal.fits;
}

/* "-5-7": the first place at which both sides are values. */
static bool range_of(Reading *reading, Str text, ValueSpan *out)
{
    for (size_t at = 1; str_find_byte(text, reading->type->between, at, &at); at++) {
        ValueSpan first;
        ValueSpan last;
        if (point_of(reading, str_slice(text, 0, at), &first) &&
            point_of(reading, str_slice(text, at + 1, text.len), &last)) {
            *out = (ValueSpan){first.first, last.last};
            return value_compare(&out->first, &out->last) <= 0;
        }
    }
    return false;
}

static bool span_of(Reading *reading, Str text, ValueSpan *out)
{
    return point_of(reading, text, out) ||
           (reading->type->between != '\0' && range_of(reading, text, out));
}

static bool is_value(Reading *reading, Str text, ValueSpan *span)
{
    AddressSpan addresses;
    switch (reading->type->kind) {
    case VALUE_LIST_TEXT:
        return reading->type->field != FIELD_BOOLEAN || str_equal(text, STR("true")) ||
               str_equal(text, STR("false"));
    case VALUE_LIST_WORDS: return true;
    case VALUE_LIST_ADDRESS: return address_span_parse(text, &addresses);
    case VALUE_LIST_NUMBER:
    case VALUE_LIST_DATE: break;
    }
    return span_of(reading, text, span);
}

static void refuse(Reading *reading, const char *why)
{
    RuleText where = {.file = reading->path, .first_line = reading->line};
    if (++reading->refused <= VALUE_LISTS_MAX_TOLD) {
        rule_problem_add(&reading->lists->problems, &where, 0, SEVERITY_WARNING, "value-list",
                         "%s: left out", why);
    }
}

static void tell_rest(Reading *reading)
{
    RuleText where = {.file = reading->path, .first_line = 1};
    if (reading->refused > VALUE_LISTS_MAX_TOLD) {
        rule_problem_add(&reading->lists->problems, &where, 0, SEVERITY_WARNING, "value-list",
                         "%u more lines are left out", reading->refused - VALUE_LISTS_MAX_TOLD);
    }
}

/* A keyword keeps its blanks; of the other types they are none of the value's. */
static void read_line(Reading *reading, Str line)
{
    ValueSpan span = {0};
    size_t bad_at = 0;
    Str text = str_trim(line);
    if (reading->type->kind == VALUE_LIST_TEXT) {
        line.len -= str_ends_with(line, STR("\r"));
        text = text.len == 0 ? text : line;
    }
    if (text.len == 0) {
        return;
    }
    if (reading->texts.count == VALUE_LISTS_MAX_VALUES) {
        refuse(reading, "more values than there is room for");
    } else if (text.len > VALUE_LISTS_MAX_LINE) {
        refuse(reading, "a value of more than 32766 bytes");
    } else if (!utf8_check(text, &bad_at)) {
        refuse(reading, "not UTF-8");
    } else if (!is_value(reading, text, &span)) {
        Arena *arena = reading->lists->arena;
        refuse(reading, str_format(arena, "\"%.*s\" is no %.*s", STR_ARG(str_slice(text, 0, 60)),
                                   STR_ARG(reading->type->name))
                            .ptr);
    } else {
        ARRAY_PUSH(reading->lists->arena, &reading->texts, text);
        if (reading->type->kind == VALUE_LIST_NUMBER || reading->type->kind == VALUE_LIST_DATE) {
            ARRAY_PUSH(reading->lists->arena, &reading->spans, span);
        }
    }
}

static bool load(ValueLists *lists, Loaded *loaded, Err *err)
{
    Reading reading = {.lists = lists, .type = find_type(loaded->type)};
    size_t before = arena_bytes(lists->arena);
    Str text = {0};
    if (reading.type == NULL) {
        return err_set(err, ERR_SYNTAX, "value list \"%.*s\": lists of type %.*s are not supported",
                       STR_ARG(loaded->id), STR_ARG(loaded->type));
    }
    if (!find_file(lists, loaded->id, &reading.path, err) ||
        !file_read(lists->arena, reading.path.ptr, VALUE_LISTS_MAX_FILE, &text, err)) {
        return false;
    }
    Hex hash = hash_128_hex(text);
    Str rest = str_starts_with(text, STR("\xef\xbb\xbf")) ? str_slice(text, 3, text.len) : text;
    for (Str line; str_split(&rest, '\n', &line);) {
        reading.line++;
        read_line(&reading, line);
    }
    tell_rest(&reading);
    loaded->list = (ValueList){
        .id = loaded->id,
        .type = loaded->type,
        .hash = str_copy(lists->arena, str_from_c(hash.text)),
        .data = value_list_data_new(lists->arena, reading.type->kind, reading.texts.items,
                                    reading.texts.count, reading.spans.items),
    };
    loaded->bytes = arena_bytes(lists->arena) - before;
    return true;
}

bool value_lists_get(ValueLists *lists, Str id, Str type, ValueList *out, Err *err)
{
    if (lists == NULL) {
        return err_set(err, ERR_SYNTAX, "value list \"%.*s\" is not there: --value-lists DIR",
                       STR_ARG(id));
    }
    for (uint32_t i = 0; i < lists->loaded.count; i++) {
        const Loaded *known = &lists->loaded.items[i];
        if (str_equal(known->id, id) && str_equal(known->type, type)) {
            *out = known->list;
            *err = known->list.data == NULL ? known->err : *err;
            return known->list.data != NULL;
        }
    }
    Loaded loaded = {.id = id, .type = type};
    bool fine = load(lists, &loaded, &loaded.err);
    ARRAY_PUSH(lists->arena, &lists->loaded, loaded);
    *out = loaded.list;
    *err = fine ? *err : loaded.err;
    return fine;
}

bool value_lists_fill(ValueLists *lists, ValueList *named, uint32_t count)
{
    bool fine = true;
    for (uint32_t i = 0; i < count && fine; i++) {
        ValueList found = {0};
        Err err = {0};
        fine = value_lists_get(lists, named[i].id, named[i].type, &found, &err) &&
               str_equal(found.hash, named[i].hash);
        named[i].data = found.data;
    }
    return fine;
}

const RuleProblem *value_lists_problems(const ValueLists *lists, uint32_t *count)
{
    *count = lists == NULL ? 0 : lists->problems.problems.count;
    return *count == 0 ? NULL : lists->problems.problems.items;
}

bool value_lists_loaded(const ValueLists *lists, uint32_t index, ValueListsLoaded *out)
{
    uint32_t at = 0;
    for (uint32_t i = 0; lists != NULL && i < lists->loaded.count; i++) {
        const Loaded *loaded = &lists->loaded.items[i];
        if (loaded->list.data != NULL && at++ == index) {
            *out = (ValueListsLoaded){loaded->id, loaded->type, loaded->list.data->count,
                                      loaded->bytes};
            return true;
        }
    }
    return false;
}
