#include "compile/eql_error.h"

#include "base/json_writer.h"
#include "compile/query_scope.h"

/* Which part of Elasticsearch refuses, in order: a later one is not asked after an earlier has spoken. */
typedef enum Refuser { PARSER, VERIFIER, TRANSLATOR, REFUSERS } Refuser;

static Refuser refuser_of(const Diagnostic *diagnostic)
{
    static const char *const PARSERS[] = {EQL_CODE_SYNTAX, EQL_CODE_PARSE, EQL_CODE_LIMIT};
    for (size_t i = 0; i < ARRAY_LEN(PARSERS); i++) {
        if (strcmp(diagnostic->code, PARSERS[i]) == 0) {
            return PARSER;
        }
    }
    return strcmp(diagnostic->code, QUERY_CODE_COMPARISON) == 0 ? TRANSLATOR : VERIFIER;
}

static void append_problem(Buffer *out, const char *line_word, Str text,
                           const Diagnostic *diagnostic)
{
    size_t line, column;
    eql_position(text, diagnostic, &line, &column);
    buffer_append_format(out, "%s %zu:%zu: ", line_word, line, column);
    buffer_append(out, diagnostic->message);
}

typedef struct Problems {
    const Diagnostic *first[REFUSERS];
    uint32_t counts[REFUSERS];
    uint32_t withheld; /* errors past the bound on what is listed */
} Problems;

static Problems sort_out(const Diagnostics *diagnostics)
{
    Problems problems = {.withheld = diagnostics->errors};
    for (uint32_t i = 0; i < diagnostics->list.count; i++) {
        const Diagnostic *one = &diagnostics->list.items[i];
        if (one->severity != SEVERITY_ERROR) {
            continue;
        }
        Refuser refuser = refuser_of(one);
        problems.withheld--;
        if (problems.counts[refuser]++ == 0) {
            problems.first[refuser] = one;
        }
    }
    return problems;
}

static void append_all(Buffer *out, Str text, const Diagnostics *diagnostics, uint32_t count)
{
    buffer_append_format(out, "Found %u problem%s", count, count == 1 ? "" : "s");
    for (uint32_t i = 0; i < diagnostics->list.count; i++) {
        const Diagnostic *one = &diagnostics->list.items[i];
        if (one->severity == SEVERITY_ERROR && refuser_of(one) == VERIFIER) {
            append_problem(out, "\nline", text, one);
        }
    }
}

EqlError eql_error(Arena *arena, Str text, const Diagnostics *diagnostics)
{
    assert(diagnostics->errors > 0);
    Problems problems = sort_out(diagnostics);
    EqlError error = {.type = "parsing_exception", .status = 400};
    Buffer reason = {0};
    if (problems.first[PARSER] != NULL) {
        append_problem(&reason, "line", text, problems.first[PARSER]);
    } else if (problems.first[VERIFIER] != NULL) {
        error.type = "verification_exception";
        append_all(&reason, text, diagnostics, problems.counts[VERIFIER] + problems.withheld);
    } else {
        assert(problems.first[TRANSLATOR] != NULL); /* warnings never withhold an error */
        error.type = "ql_illegal_argument_exception";
        error.status = 500;
        append_problem(&reason, "Line", text, problems.first[TRANSLATOR]);
    }
    error.reason = str_copy(arena, buffer_str(&reason));
    buffer_done(&reason);
    return error;
}

static void write_cause(JsonWriter *writer, const EqlError *error)
{
    json_member_string(writer, "type", str_from_c(error->type));
    json_member_string(writer, "reason", error->reason);
}

void eql_error_write(Buffer *out, const EqlError *error)
{
    JsonWriter writer = {.out = out};
    json_begin_object(&writer);
    json_key(&writer, STR("error"));
    json_begin_object(&writer);
    json_key(&writer, STR("root_cause"));
    json_begin_array(&writer);
    json_begin_object(&writer);
    write_cause(&writer, error);
    json_end_object(&writer);
    json_end_array(&writer);
    write_cause(&writer, error);
    json_end_object(&writer);
    json_member_i64(&writer, "status", error->status);
    json_end_object(&writer);
}
