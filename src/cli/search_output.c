#include "cli/search_output.h"

#include "base/heap.h"
#include "base/timestamp.h"
#include "cli/terminal.h"
#include "cli/value_json.h"
#include "cli/verb.h"
#include "detect/pipe_tuple.h"

#define FLUSH_BYTES   ((size_t)256 << 10)
#define MANY_BYTES    ((size_t)16 << 20)
#define TIME_WIDTH    24
#define CELL_WIDTH    26
#define COUNT_WIDTH   10
#define PERCENT_WIDTH 5

struct SearchOutput {
    SearchOutputOptions options;
    Arena *arena; /* one result */
    Buffer out;
    JsonWriter json;
    bool headed;
};

SearchOutput *search_output_new(const SearchOutputOptions *options)
{
    SearchOutput *output = HEAP_NEW(SearchOutput);
    output->options = *options;
    output->arena = arena_new();
    output->json = (JsonWriter){.out = &output->out};
    return output;
}

void search_output_free(SearchOutput *output)
{
    if (output != NULL) {
        arena_free(output->arena);
        buffer_done(&output->out);
        free(output);
    }
}

static Values values_of(SearchOutput *output, const Document *event, Str path)
{
    SchemaField known = {.path = path};
    Field field = {.path = path};
    if (schema_find(output->options.schema, path, &known)) {
        field = (Field){.path = known.path,
                        .type = known.type,
                        .null_value = known.null_value,
                        .date_format = known.date_format,
                        .has_null_value = known.has_null_value};
    }
    return document_values(output->arena, event, &field);
}

static void write_fields(SearchOutput *output, const Document *event)
{
    JsonWriter *json = &output->json;
    json_key(json, STR("fields"));
    json_begin_object(json);
    for (uint32_t i = 0; i < output->options.field_count; i++) {
        Values values = values_of(output, event, output->options.fields[i]);
        if (values.count == 0) {
            continue;
        }
        json_key(json, output->options.fields[i]);
        json_begin_array(json);
        for (uint32_t v = 0; v < values.count; v++) {
            value_write_json(json, &values.items[v]);
        }
        json_end_array(json);
    }
    json_end_object(json);
}

static double percent_of(const Match *match)
{
    return (double)match->count / (double)match->total;
}

static void write_counted(JsonWriter *json, const Match *match)
{
    if (match->counted) {
        json_member_i64(json, "count", (int64_t)match->count);
    }
    if (match->counted && match->total > 0) {
        json_key(json, STR("percent"));
        json_double(json, percent_of(match));
    }
}

/* The members of an event, inside of its braces. */
static void write_event(SearchOutput *output, const Document *event)
{
    JsonWriter *json = &output->json;
    json_member_string(json, "_index", event->index);
    json_member_string(json, "_id", event->id);
    json_key(json, STR("_source"));
    json_raw(json, event->source->raw);
    if (output->options.field_count > 0) {
        write_fields(output, event);
    }
}

static void write_sequence_event(SearchOutput *output, const Document *event)
{
    json_begin_object(&output->json);
    write_event(output, event);
    json_end_object(&output->json);
}

static void write_missing(SearchOutput *output)
{
    JsonWriter *json = &output->json;
    json_begin_object(json);
    json_member_string(json, "_index", STR(""));
    json_member_string(json, "_id", STR(""));
    json_key(json, STR("_source"));
    json_begin_object(json);
    json_end_object(json);
    json_key(json, STR("missing"));
    json_bool(json, true);
    json_end_object(json);
}

static void end_result(SearchOutput *output)
{
    arena_reset(output->arena);
    if (output->options.ndjson) {
        buffer_append_byte(&output->out, '\n');
        output->json.need_comma = false;
    }
    if (output->out.len > FLUSH_BYTES) {
        write_out(&output->out);
        buffer_clear(&output->out);
    }
}

/* Columns of the table unless --fields says others. */
static const Str USUAL[] = {STR_INIT("event.category"), STR_INIT("event.action"),
                            STR_INIT("host.name"),      STR_INIT("user.name"),
                            STR_INIT("process.name"),   STR_INIT("process.command_line")};

static uint32_t columns(const SearchOutput *output, const Str **names)
{
    bool asked = output->options.field_count > 0;
    *names = asked ? output->options.fields : USUAL;
    return asked ? output->options.field_count : (uint32_t)ARRAY_LEN(USUAL);
}

static void append_cell(SearchOutput *output, Str text, size_t width, bool last)
{
    Buffer *out = &output->out;
    size_t room = last && output->options.width == 0 ? 0 : width;
    terminal_append_safe(out, text, room);
    for (size_t shown = terminal_columns(text); !last && shown < width; shown++) {
        buffer_append_byte(out, ' ');
    }
    buffer_append_byte(out, last ? '\n' : ' ');
}

static size_t last_width(const SearchOutput *output, uint32_t count)
{
    size_t used = TIME_WIDTH + 1 + (size_t)(count - 1) * (CELL_WIDTH + 1);
    return output->options.width > used + CELL_WIDTH ? output->options.width - used : CELL_WIDTH;
}

/* In front of a result that stands for several. */
static void append_counted(SearchOutput *output, const Match *match)
{
    Buffer *out = &output->out;
    if (match->counted) {
        buffer_append_format(out, "%*llu", COUNT_WIDTH, (unsigned long long)match->count);
    }
    if (match->counted && match->total > 0) {
        buffer_append_format(out, " %*.1f%% ", PERCENT_WIDTH, 100 * percent_of(match));
    }
}

static void append_heading(SearchOutput *output, bool counted)
{
    const Str *names;
    uint32_t count = columns(output, &names);
    output->headed = true;
    buffer_append_c(&output->out, terminal_code(COLOUR_BOLD, output->options.colour));
    if (counted) {
        buffer_append_format(&output->out, "%*s %*s  ", COUNT_WIDTH, "count", PERCENT_WIDTH,
                             "share");
    }
    append_cell(output, output->options.timestamp_field, TIME_WIDTH, false);
    for (uint32_t i = 0; i < count; i++) {
        append_cell(output, names[i], CELL_WIDTH, i + 1 == count);
    }
    buffer_append_c(&output->out, terminal_plain(output->options.colour));
}

static Str joined(SearchOutput *output, const Document *event, Str path)
{
    Values values = values_of(output, event, path);
    Str *texts = ARENA_MANY(output->arena, Str, values.count + 1);
    for (uint32_t i = 0; i < values.count; i++) {
        texts[i] = value_to_text(output->arena, &values.items[i]);
    }
    return str_join(output->arena, texts, values.count, STR(", "));
}

static void append_row(SearchOutput *output, const Document *event)
{
    const Str *names;
    uint32_t count = columns(output, &names);
    append_cell(output, joined(output, event, output->options.timestamp_field), TIME_WIDTH, false);
    for (uint32_t i = 0; i < count; i++) {
        bool last = i + 1 == count;
        append_cell(output, joined(output, event, names[i]),
                    last ? last_width(output, count) : CELL_WIDTH, last);
    }
}

void search_output_event(SearchOutput *output, const Match *match, const Document *event)
{
    if (output->options.ndjson) {
        json_begin_object(&output->json);
        write_event(output, event);
        write_counted(&output->json, match);
        json_end_object(&output->json);
    } else {
        if (!output->headed) {
            append_heading(output, match->counted);
        }
        append_counted(output, match);
        append_row(output, event);
    }
    end_result(output);
}

/* ---- counts ---- */

/* A term without a value is null, with several it is a list. */
static void write_term(JsonWriter *json, const Values *values)
{
    if (values->count == 0) {
        json_null(json);
        return;
    }
    if (values->count > 1) {
        json_begin_array(json);
    }
    for (uint32_t i = 0; i < values->count; i++) {
        value_write_json(json, &values->items[i]);
    }
    if (values->count > 1) {
        json_end_array(json);
    }
}

static void write_count(SearchOutput *output, const Match *match, uint32_t terms)
{
    JsonWriter *json = &output->json;
    json_begin_object(json);
    write_counted(json, match);
    if (match->others) {
        json_key(json, STR("others"));
        json_bool(json, true);
    } else if (terms > 0) {
        json_key(json, STR("keys"));
        json_begin_array(json);
        Str tuple = match->tuple;
        for (uint32_t i = 0; i < terms; i++) {
            Values values = pipe_tuple_next(output->arena, &tuple);
            write_term(json, &values);
        }
        json_end_array(json);
    }
    json_end_object(json);
}

static void append_term(SearchOutput *output, const Values *values, bool last)
{
    Str *texts = ARENA_MANY(output->arena, Str, values->count + 1);
    for (uint32_t i = 0; i < values->count; i++) {
        texts[i] = value_to_text(output->arena, &values->items[i]);
    }
    Str text =
        values->count == 0 ? STR("null") : str_join(output->arena, texts, values->count, STR(", "));
    append_cell(output, text, last ? output->options.width : CELL_WIDTH, last);
}

static void append_count_row(SearchOutput *output, const Match *match, uint32_t terms)
{
    append_counted(output, match);
    if (match->others || terms == 0) {
        buffer_append_c(&output->out, match->others ? "(others)\n" : "\n");
        return;
    }
    Str tuple = match->tuple;
    for (uint32_t i = 0; i < terms; i++) {
        Values values = pipe_tuple_next(output->arena, &tuple);
        append_term(output, &values, i + 1 == terms);
    }
}

void search_output_count(SearchOutput *output, const Match *match, uint32_t terms)
{
    if (output->options.ndjson) {
        write_count(output, match, terms);
    } else {
        append_count_row(output, match, terms);
    }
    end_result(output);
}

/* ---- sequences ---- */

/* Before it is printed the next event is read. A result of large events does not wait until it is whole. */
static bool each_event(SearchOutput *output, const SearchSequence *sequence,
                       void (*present)(SearchOutput *output, const Document *event),
                       void (*missing)(SearchOutput *output), Err *err)
{
    for (uint32_t i = 0; i < sequence->match->event_count; i++) {
        if (sequence->match->events[i].missing) {
            missing(output);
            continue;
        }
        const Document *event = match_documents_get(sequence->documents, i, err);
        if (event == NULL) {
            return false;
        }
        present(output, event);
        arena_reset(output->arena);
        if (output->out.len > MANY_BYTES) {
            write_out(&output->out);
            buffer_clear(&output->out);
        }
    }
    return true;
}

static bool write_sequence(SearchOutput *output, const SearchSequence *sequence, Err *err)
{
    JsonWriter *json = &output->json;
    json_begin_object(json);
    if (sequence->match->key.len > 0) {
        json_key(json, STR("join_keys"));
        json_begin_array(json);
        for (Str key = sequence->match->key; key.len > 0;) {
            Value value = value_read_key(output->arena, &key);
            if (sequence->sample && value.kind == VALUE_DATE) {
                value = value_int(value.integer / NS_PER_MS);
            }
            value_write_json(json, &value);
        }
        json_end_array(json);
    }
    json_key(json, STR("events"));
    json_begin_array(json);
    bool ok = each_event(output, sequence, write_sequence_event, write_missing, err);
    json_end_array(json);
    write_counted(json, sequence->match);
    json_end_object(json);
    return ok;
}

static void append_missing(SearchOutput *output)
{
    buffer_append_c(&output->out, "(missing)\n");
}

static bool append_sequence(SearchOutput *output, const SearchSequence *sequence, Err *err)
{
    Buffer *out = &output->out;
    const Match *match = sequence->match;
    if (!output->headed) {
        append_heading(output, false);
    }
    uint32_t present = 0;
    for (uint32_t i = 0; i < match->event_count; i++) {
        present += !match->events[i].missing;
    }
    append_counted(output, match);
    buffer_append_format(out, "%s%u event%s", terminal_code(COLOUR_CYAN, output->options.colour),
                         present, present == 1 ? "" : "s");
    Str key = match->key;
    for (const char *before = " by "; key.len > 0; before = ", ") {
        Value value = value_read_key(output->arena, &key);
        buffer_append_c(out, before);
        terminal_append_safe(out, value_to_text(output->arena, &value), 0);
    }
    buffer_append_format(out, "%s\n", terminal_plain(output->options.colour));
    return each_event(output, sequence, append_row, append_missing, err);
}

bool search_output_sequence(SearchOutput *output, const SearchSequence *sequence, Err *err)
{
    bool ok = output->options.ndjson ? write_sequence(output, sequence, err)
                                     : append_sequence(output, sequence, err);
    end_result(output);
    return ok;
}

void search_output_end(SearchOutput *output)
{
    write_out(&output->out);
    buffer_clear(&output->out);
}
