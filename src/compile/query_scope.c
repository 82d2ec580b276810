#include "compile/query_scope.h"

#include "base/utf8.h"

bool query_scope_is_full(const QueryScope *scope, Severity severity)
{
    return scope->told[severity] == QUERY_MAX_PROBLEMS;
}

static void tell(QueryScope *scope, Severity severity, QuerySpan where, const char *code,
                 Str message)
{
    if (query_scope_is_full(scope, severity)) {
        scope->withheld++;
        scope->diagnostics->errors += severity == SEVERITY_ERROR;
        return;
    }
    scope->told[severity]++;
    diagnostic_add(scope->diagnostics, severity, code, where.at, where.len, "%.*s",
                   STR_ARG(message));
}

void query_scope_refuse(QueryScope *scope, QuerySpan where, const char *code, const char *format,
                        ...)
{
    va_list args;
    va_start(args, format);
    Str message = str_format_args(scope->arena, format, args);
    va_end(args);
    tell(scope, SEVERITY_ERROR, where, code, message);
}

bool query_scope_doubt(QueryScope *scope, QuerySpan where, const char *code, const char *format,
                       ...)
{
    va_list args;
    va_start(args, format);
    Str message = str_format_args(scope->arena, format, args);
    va_end(args);
    tell(scope, scope->strict ? SEVERITY_ERROR : SEVERITY_WARNING, where, code, message);
    return !scope->strict;
}

void query_scope_warn(QueryScope *scope, QuerySpan where, const char *code, const char *message)
{
    tell(scope, SEVERITY_WARNING, where, code, str_from_c(message));
}

bool query_scope_take_states(QueryScope *scope, QuerySpan where, uint32_t states)
{
    scope->regex_states += states;
    uint64_t all_states = plan_builder_count_states(scope->builder, states);
    if (scope->regex_states > QUERY_MAX_STATES) {
        query_scope_refuse(scope, where, QUERY_CODE_PATTERN,
                           "the query's regular expressions are too large together (more than %d "
                           "states)",
                           QUERY_MAX_STATES);
        return false;
    }
    if (all_states > QUERY_MAX_STATES_OF_ALL) {
        query_scope_refuse(scope, where, QUERY_CODE_PATTERN,
                           "the regular expressions of all queries are too large together (more "
                           "than %d states)",
                           QUERY_MAX_STATES_OF_ALL);
        return false;
    }
    return true;
}

bool query_scope_has_room(QueryScope *scope, Str path, QuerySpan where)
{
    const FieldTable *fields = plan_builder_fields(scope->builder);
    FieldId known;
    if (field_table_count(fields) < QUERY_MAX_FIELDS || field_table_find(fields, path, &known)) {
        return true;
    }
    if (!scope->fields_are_full) { /* once is enough */
        query_scope_refuse(scope, where, EQL_CODE_LIMIT, "more than %d fields are asked for",
                           QUERY_MAX_FIELDS);
    }
    scope->fields_are_full = true;
    return false;
}

/* The longest part of a pattern between two '*' that has a '?' in it. */
static size_t loosest(Str pattern)
{
    size_t longest = 0;
    size_t at = 0;
    size_t from = 0;
    bool inside = false;
    for (size_t star; str_find_byte(pattern, '*', from, &star); from = star + 1) {
        Str part = str_slice(pattern, from, star);
        if (inside && part.len > longest && str_find_byte(part, '?', 0, &at)) {
            longest = part.len;
        }
        inside = true;
    }
    return longest;
}

bool query_scope_check_wildcard(QueryScope *scope, Str pattern, QuerySpan where)
{
    if (loosest(pattern) <= QUERY_MAX_LOOSE) {
        return true;
    }
    query_scope_refuse(scope, where, QUERY_CODE_PATTERN,
                       "more than %d bytes between two * of a pattern, with ? among them",
                       QUERY_MAX_LOOSE);
    return false;
}

void query_scope_finish(QueryScope *scope)
{
    if (scope->withheld > 0) {
        diagnostic_add(scope->diagnostics, SEVERITY_NOTE, "more", 0, 0,
                       "[%u] more problems are not shown", scope->withheld);
    }
}

Str query_scope_source(QueryScope *scope, const EqlNode *node)
{
    Str whole = str_slice(scope->text, node->at, (size_t)node->at + node->len);
    size_t len = 0;
    while (len < whole.len) {
        size_t next = len;
        (void)utf8_next(whole, &next);
        if (next > QUERY_SHOWN_BYTES) {
            break;
        }
        len = next;
    }
    Str shown =
        str_format(scope->arena, "%.*s%s", (int)len, whole.ptr, len < whole.len ? "..." : "");
    char *line = ARENA_MANY(scope->arena, char, shown.len);
    for (size_t i = 0; i < shown.len; i++) {
        line[i] = shown.ptr[i];
        if ((unsigned char)line[i] < ' ') {
            line[i] = ' ';
        }
    }
    return (Str){line, shown.len};
}

/* Letters from `from` on become letters from `to` on. */
static Str shift_letters(Arena *arena, Str text, char from, char to)
{
    char *shifted = ARENA_MANY(arena, char, text.len);
    for (size_t i = 0; i < text.len; i++) {
        shifted[i] = text.ptr[i];
        if (text.ptr[i] >= from && text.ptr[i] < from + 26) {
            shifted[i] = (char)(text.ptr[i] - from + to);
        }
    }
    return (Str){shifted, text.len};
}

Str eql_lower_case(Arena *arena, Str text)
{
    return shift_letters(arena, text, 'A', 'a');
}

Str eql_upper_case(Arena *arena, Str text)
{
    return shift_letters(arena, text, 'a', 'A');
}
