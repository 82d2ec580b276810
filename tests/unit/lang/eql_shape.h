#pragma once
/* A tree with all its parentheses, operators in front: "a or b and c" is "(or a (and b c))". And
 * what every test of the parser needs: a text in, a tree or the first diagnostic out. */

#include "unit.h"

#include "lang/eql.h"

static inline void shape(Buffer *out, const EqlNode *node);

static inline void shape_of_parts(Buffer *out, const char *head, const EqlNode *node)
{
    buffer_append_format(out, "(%s", head);
    const EqlNode *operands[] = {node->left, node->right};
    for (size_t i = 0; i < 2; i++) {
        if (operands[i] != NULL) {
            buffer_append_byte(out, ' ');
            shape(out, operands[i]);
        }
    }
    for (uint32_t i = 0; i < node->item_count; i++) {
        buffer_append_byte(out, ' ');
        shape(out, node->items[i]);
    }
    buffer_append_byte(out, ')');
}

static inline const char *shape_head(const EqlNode *node)
{
    static const char *const OPS[] = {
#define SHAPE_OP(op, text) [op] = (text),
        EQL_BINARY_OPS(SHAPE_OP)
#undef SHAPE_OP
    };
    switch (node->kind) {
    case EQL_NOT: return "not";
    case EQL_NEGATE: return "-";
    case EQL_IN:
        return node->negated ? (node->case_insensitive ? "not-in~" : "not-in")
                             : (node->case_insensitive ? "in~" : "in");
    case EQL_LIKE: return node->colon ? ":" : (node->case_insensitive ? "like~" : "like");
    case EQL_REGEX: return node->case_insensitive ? "regex~" : "regex";
    default: return OPS[node->op];
    }
}

static inline void shape(Buffer *out, const EqlNode *node)
{
    char call[64];
    switch (node->kind) {
    case EQL_NULL: buffer_append_c(out, "null"); break;
    case EQL_BOOLEAN: buffer_append_c(out, node->boolean ? "true" : "false"); break;
    case EQL_INTEGER: buffer_append_format(out, "%lld", (long long)node->integer); break;
    case EQL_DECIMAL: buffer_append_format(out, "%gd", node->decimal); break;
    case EQL_STRING: buffer_append_format(out, "'%.*s'", STR_ARG(node->text)); break;
    case EQL_FIELD:
        buffer_append_format(out, "%s%.*s%s", node->optional ? "?" : "", STR_ARG(node->text),
                             node->indexed ? "!" : "");
        break;
    case EQL_LINEAGE:
        buffer_append_format(out, "(%.*s-of %.*s ", STR_ARG(node->text),
                             STR_ARG(node->subquery->category));
        shape(out, node->subquery->condition);
        buffer_append_byte(out, ')');
        break;
    case EQL_CALL:
        snprintf(call, sizeof call, "%.*s%s", STR_ARG(node->text),
                 node->case_insensitive ? "~" : "");
        shape_of_parts(out, call, node);
        break;
    default: shape_of_parts(out, shape_head(node), node);
    }
}

static inline void expect_text(Str found, const char *expected)
{
    char copy[2048];
    snprintf(copy, sizeof copy, "%.*s", STR_ARG(found));
    assert_string_equal(copy, expected);
}

static inline void expect_shape(const char *text, const char *expected)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    const EqlNode *node = eql_parse_expression(arena, str_from_c(text), &diagnostics);
    if (node == NULL) {
        fail_msg("%s: %.*s", text, STR_ARG(diagnostics.list.items[0].message));
        return;
    }
    Buffer out = {0};
    shape(&out, node);
    expect_text(buffer_str(&out), expected);
    buffer_done(&out);
    arena_free(arena);
}

/* The first diagnostic of a text that is refused. */
typedef struct Refused {
    const char *text;
    const char *code;
    size_t at;
    const char *message;
} Refused;

static inline void expect_refused(const Refused *refused, bool is_query)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    Str text = str_from_c(refused->text);
    bool parsed = is_query ? eql_parse(arena, text, &diagnostics) != NULL
                           : eql_parse_expression(arena, text, &diagnostics) != NULL;
    if (parsed) {
        fail_msg("%s: was not refused", refused->text);
    }
    assert_int_equal(diagnostics.errors, 1);
    const Diagnostic *first = &diagnostics.list.items[0];
    expect_text(first->message, refused->message);
    assert_string_equal(first->code, refused->code);
    if (first->at != refused->at) {
        fail_msg("%s: refused at %zu, not at %zu", refused->text, first->at, refused->at);
    }
    arena_free(arena);
}
