#include "lang/eql_print.h"

#include "base/json_writer.h"
#include "base/timestamp.h"
#include "lang/eql.h"
#include "lang/eql_token.h"

/* How tightly an expression holds together; what holds less than its place asks for is put in
 * parentheses. */
typedef enum Tightness {
    TIGHT_OR,
    TIGHT_AND,
    TIGHT_NOT,
    TIGHT_COMPARE,
    TIGHT_SUM,
    TIGHT_PRODUCT,
    TIGHT_UNARY,
    TIGHT_PREDICATE,
    TIGHT_PRIMARY,
} Tightness;

typedef struct Printer {
    Buffer *out;
    Arena *scratch;
    ARRAY(const EqlNode *) spine; /* operators whose right side is still to come, outermost first */
} Printer;

static void print_node(Printer *printer, const EqlNode *node, Tightness needed);
static void print_stage(Printer *printer, const EqlStage *stage);

static void print_quoted(Buffer *out, Str name)
{
    buffer_append_byte(out, '`');
    for (size_t i = 0; i < name.len; i++) {
        buffer_append(out, name.ptr[i] == '`' ? STR("``") : str_slice(name, i, i + 1));
    }
    buffer_append_byte(out, '`');
}

void eql_print_name(Buffer *out, Str name)
{
    if (eql_token_is_plain_identifier(name)) {
        buffer_append(out, name);
    } else {
        print_quoted(out, name);
    }
}

static bool has_empty_part(Str path)
{
    Str part = {0};
    while (str_split(&path, '.', &part)) {
        if (part.len == 0) {
            return true;
        }
    }
    return false;
}

static void print_path(Buffer *out, Str path)
{
    if (has_empty_part(path)) {
        print_quoted(out, path);
        return;
    }
    const char *separator = "";
    Str part = {0};
    while (str_split(&path, '.', &part)) {
        buffer_append_c(out, separator);
        eql_print_name(out, part);
        separator = ".";
    }
}

/* A raw string keeps its form as long as it can be written so. */
static bool can_be_raw(Str text)
{
    size_t at = 0;
    bool closes = str_find(text, STR("\"\"\""), 0, &at);
    return !closes && !str_find_byte(text, '\n', 0, &at) && !str_find_byte(text, '\r', 0, &at);
}

static void print_string(Buffer *out, Str text, bool raw)
{
    static const char NAMES[] = "btnfr\"\\";
    static const char VALUES[] = "\b\t\n\f\r\"\\";
    if (raw && can_be_raw(text)) {
        buffer_append_c(out, "\"\"\"");
        buffer_append(out, text);
        buffer_append_c(out, "\"\"\"");
        return;
    }
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        const char *value = c == '\0' ? NULL : strchr(VALUES, c);
        if (value != NULL) {
            buffer_append_format(out, "\\%c", NAMES[value - VALUES]);
        } else if ((unsigned char)c < 0x20 || c == 0x7f) {
            buffer_append_format(out, "\\u{%02x}", (unsigned)c);
        } else {
            buffer_append_byte(out, c);
        }
    }
    buffer_append_byte(out, '"');
}

static const char *op_text(EqlOp op)
{
    static const char *const TEXTS[] = {
#define OP_TEXT(name, text) [name] = (text),
        EQL_BINARY_OPS(OP_TEXT)
#undef OP_TEXT
    };
    return TEXTS[op];
}

static Tightness op_tightness(EqlOp op)
{
    switch (op) {
    case EQL_OR: return TIGHT_OR;
    case EQL_AND: return TIGHT_AND;
    case EQL_EQUAL:
    case EQL_NOT_EQUAL:
    case EQL_LESS:
    case EQL_LESS_EQUAL:
    case EQL_GREATER:
    case EQL_GREATER_EQUAL: return TIGHT_COMPARE;
    case EQL_ADD:
    case EQL_SUBTRACT: return TIGHT_SUM;
    case EQL_MULTIPLY:
    case EQL_DIVIDE:
    case EQL_MODULO: return TIGHT_PRODUCT;
    }
    return TIGHT_PRIMARY;
}

/* What the left side of `op` must have: as much, for they lean to the left; more than a comparison,
 * for there is only one. */
static Tightness left_tightness(EqlOp op)
{
    Tightness own = op_tightness(op);
    return own == TIGHT_COMPARE ? TIGHT_SUM : own;
}

static Tightness tightness(const EqlNode *node)
{
    switch (node->kind) {
    case EQL_BINARY: return op_tightness(node->op);
    case EQL_NOT:
    case EQL_LINEAGE: return TIGHT_NOT;
    case EQL_NEGATE: return TIGHT_UNARY;
    case EQL_INTEGER: return node->integer < 0 ? TIGHT_UNARY : TIGHT_PRIMARY;
    case EQL_DECIMAL: return __builtin_signbit(node->decimal) ? TIGHT_UNARY : TIGHT_PRIMARY;
    case EQL_IN:
    case EQL_LIKE:
    case EQL_REGEX: return TIGHT_PREDICATE;
    case EQL_NULL:
    case EQL_BOOLEAN:
    case EQL_STRING:
    case EQL_FIELD:
    case EQL_CALL: break;
    }
    return TIGHT_PRIMARY;
}

static void print_list(Printer *printer, EqlNode *const *nodes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_c(printer->out, i == 0 ? "" : ", ");
        print_node(printer, nodes[i], TIGHT_OR);
    }
}

static void print_in_parens(Printer *printer, EqlNode *const *nodes, uint32_t count)
{
    buffer_append_byte(printer->out, '(');
    print_list(printer, nodes, count);
    buffer_append_byte(printer->out, ')');
}

/* a op b op c leans to the left: down the left sides by a loop, with their parentheses opened on
 * the way, then up again with the right sides. */
static void print_binary(Printer *printer, const EqlNode *node)
{
    uint32_t base = printer->spine.count;
    for (;;) {
        ARRAY_PUSH(printer->scratch, &printer->spine, node);
        Tightness needed = left_tightness(node->op);
        const EqlNode *left = node->left;
        if (left->kind != EQL_BINARY) {
            print_node(printer, left, needed);
            break;
        }
        buffer_append_c(printer->out, tightness(left) < needed ? "(" : "");
        node = left;
    }
    while (printer->spine.count > base) {
        const EqlNode *done = node;
        node = printer->spine.items[--printer->spine.count];
        bool closes = node->left == done && tightness(done) < left_tightness(node->op);
        buffer_append_format(printer->out, closes ? ") %s " : " %s ", op_text(node->op));
        print_node(printer, node->right, op_tightness(node->op) + 1);
    }
}

static void print_predicate(Printer *printer, const EqlNode *node)
{
    Buffer *out = printer->out;
    bool in = node->kind == EQL_IN;
    print_node(printer, node->left, TIGHT_PRIMARY);
    if (node->colon) {
        buffer_append_c(out, " : ");
    } else {
        buffer_append_format(out, " %s%s%s ", node->negated ? "not " : "",
                             in ? "in" : (node->kind == EQL_LIKE ? "like" : "regex"),
                             node->case_insensitive ? "~" : "");
    }
    if (in || node->item_count != 1) {
        print_in_parens(printer, node->items, node->item_count);
    } else {
        print_node(printer, node->items[0], TIGHT_PRIMARY);
    }
}

static void print_leaf(Printer *printer, const EqlNode *node)
{
    Buffer *out = printer->out;
    char digits[32];
    switch (node->kind) {
    case EQL_NULL: buffer_append_c(out, "null"); break;
    case EQL_BOOLEAN: buffer_append_c(out, node->boolean ? "true" : "false"); break;
    case EQL_INTEGER: buffer_append_format(out, "%lld", (long long)node->integer); break;
    case EQL_DECIMAL: buffer_append(out, json_print_double(node->decimal, digits)); break;
    case EQL_STRING: print_string(out, node->text, node->raw); break;
    case EQL_FIELD:
        buffer_append_c(out, node->optional ? "?" : "");
        if (node->indexed) {
            buffer_append(out, node->text);
        } else {
            print_path(out, node->text);
        }
        break;
    case EQL_CALL:
        buffer_append_format(out, "%.*s%s", STR_ARG(node->text), node->case_insensitive ? "~" : "");
        print_in_parens(printer, node->items, node->item_count);
        break;
    case EQL_NOT:
        buffer_append_c(out, "not ");
        print_node(printer, node->left, TIGHT_NOT);
        break;
    case EQL_NEGATE:
        buffer_append_byte(out, '-');
        print_node(printer, node->left, TIGHT_UNARY);
        break;
    case EQL_LINEAGE:
        buffer_append_format(out, "%.*s of ", STR_ARG(node->text));
        print_stage(printer, node->subquery);
        break;
    case EQL_IN:
    case EQL_LIKE:
    case EQL_REGEX: print_predicate(printer, node); break;
    case EQL_BINARY: print_binary(printer, node); break;
    }
}

static void print_node(Printer *printer, const EqlNode *node, Tightness needed)
{
    bool parens = tightness(node) < needed;
    buffer_append_c(printer->out, parens ? "(" : "");
    print_leaf(printer, node);
    buffer_append_c(printer->out, parens ? ")" : "");
}

static void print_filter(Printer *printer, const EqlStage *stage)
{
    Buffer *out = printer->out;
    if (stage->any) {
        buffer_append_c(out, "any");
    } else if (eql_token_is_plain_identifier(stage->category)) {
        buffer_append(out, stage->category);
    } else {
        print_string(out, stage->category, false);
    }
    buffer_append_c(out, " where ");
    print_node(printer, stage->condition, TIGHT_OR);
}

static void print_keys(Printer *printer, EqlNode *const *keys, uint32_t count)
{
    if (count > 0) {
        buffer_append_c(printer->out, " by ");
        print_list(printer, keys, count);
    }
}

static void print_stage(Printer *printer, const EqlStage *stage)
{
    buffer_append_c(printer->out, stage->missing ? "![" : "[");
    print_filter(printer, stage);
    buffer_append_byte(printer->out, ']');
    print_keys(printer, stage->keys, stage->key_count);
    if (stage->runs > 1) {
        buffer_append_format(printer->out, " with runs=%u", stage->runs);
    }
}

static void print_maxspan(Buffer *out, int64_t ns)
{
    static const struct {
        const char *name;
        int64_t ns;
    } UNITS[] = {{"d", 86400 * NS_PER_SECOND},
                 {"h", 3600 * NS_PER_SECOND},
                 {"m", 60 * NS_PER_SECOND},
                 {"s", NS_PER_SECOND},
                 {"ms", NS_PER_MS}};
    size_t unit = 0;
    while (unit + 1 < ARRAY_LEN(UNITS) && ns % UNITS[unit].ns != 0) {
        unit++;
    }
    buffer_append_format(out, "maxspan=%lld%s", (long long)(ns / UNITS[unit].ns), UNITS[unit].name);
}

static void print_params(Buffer *out, const EqlQuery *query)
{
    static const char *const MATCHES[] = {
#define MATCHES_NAME(kind, name) [kind] = #name,
        EQL_MATCHES(MATCHES_NAME)
#undef MATCHES_NAME
    };
    const char *before = " with ";
    if (query->has_maxspan) {
        buffer_append_c(out, before);
        print_maxspan(out, query->maxspan_ns);
        before = ", ";
    }
    if (query->matches != EQL_MATCHES_LATEST) {
        buffer_append_format(out, "%smatches=%s", before, MATCHES[query->matches]);
    }
}

static void print_query(Printer *printer, const EqlQuery *query)
{
    static const char *const WORDS[] = {[EQL_QUERY_SEQUENCE] = "sequence",
                                        [EQL_QUERY_SAMPLE] = "sample",
                                        [EQL_QUERY_JOIN] = "join"};
    if (query->kind == EQL_QUERY_EVENT) {
        print_filter(printer, &query->stages[0]);
        return;
    }
    buffer_append_c(printer->out, WORDS[query->kind]);
    print_keys(printer, query->keys, query->key_count);
    print_params(printer->out, query);
    for (uint32_t i = 0; i < query->stage_count; i++) {
        buffer_append_byte(printer->out, ' ');
        print_stage(printer, &query->stages[i]);
    }
    if (query->until != NULL) {
        buffer_append_c(printer->out, " until ");
        print_stage(printer, query->until);
    }
}

void eql_print(Buffer *out, const EqlQuery *query)
{
    Printer printer = {.out = out, .scratch = arena_new()};
    print_query(&printer, query);
    for (uint32_t i = 0; i < query->pipe_count; i++) {
        const EqlPipe *pipe = &query->pipes[i];
        buffer_append_format(out, " | %.*s%s", STR_ARG(pipe->name),
                             pipe->argument_count > 0 ? " " : "");
        print_list(&printer, pipe->arguments, pipe->argument_count);
    }
    arena_free(printer.scratch);
}

void eql_print_node(Buffer *out, const EqlNode *node)
{
    Printer printer = {.out = out, .scratch = arena_new()};
    print_node(&printer, node, TIGHT_OR);
    arena_free(printer.scratch);
}
