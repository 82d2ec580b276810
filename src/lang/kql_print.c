#include "lang/kql.h"
#include "lang/kql_word.h"

/* ---- words ---- */

static void print_quoted(Buffer *out, Str text)
{
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        switch (text.ptr[i]) {
        case '\t': buffer_append_c(out, "\\t"); break;
        case '\r': buffer_append_c(out, "\\r"); break;
        case '\n': buffer_append_c(out, "\\n"); break;
        case '"':
        case '\\': buffer_append_byte(out, '\\'); /* fall through */
        default: buffer_append_byte(out, text.ptr[i]); break;
        }
    }
    buffer_append_byte(out, '"');
}

/* A blank at an end of the word would be taken for what stands beside it. */
static void print_unquoted(Buffer *out, Str text, bool first, bool last)
{
    bool starts_word = true;
    for (size_t i = 0; i < text.len;) {
        size_t blank = kql_blank_len(text, i);
        bool at_end = (first && i == 0) || (last && i + blank == text.len);
        if (blank == 1 && (at_end || text.ptr[i] != ' ')) {
            buffer_append_format(out, "\\u%04x", (unsigned)text.ptr[i]);
        } else if (blank == 2 && at_end) {
            buffer_append_c(out, "\\u00a0");
        } else {
            bool escaped = blank == 0 && (kql_is_special(text.ptr[i]) ||
                                          (starts_word && kql_keyword_len(text, i) != 0));
            buffer_append_c(out, escaped ? "\\" : "");
            buffer_append(out, str_slice(text, i, i + (blank == 0 ? 1 : blank)));
        }
        i += blank == 0 ? 1 : blank;
        starts_word = blank != 0;
    }
}

void kql_print_word(Buffer *out, const KqlWord *word)
{
    if (word->quoted) {
        print_quoted(out, word->parts[0]);
        return;
    }
    for (uint32_t i = 0; i < word->part_count; i++) {
        if (i > 0) {
            buffer_append_byte(out, '*');
        }
        print_unquoted(out, word->parts[i], i == 0, i + 1 == word->part_count);
    }
}

/* ---- nodes ---- */

/* The field whose values are all that the node is about; NULL when there is none. */
static const KqlWord *common_field(const KqlNode *node)
{
    switch (node->kind) {
    case KQL_IS: return node->field;
    case KQL_OR:
    case KQL_AND:
    case KQL_NOT: break;
    case KQL_ALL:
    case KQL_NESTED:
    case KQL_RANGE: return NULL;
    }
    const KqlWord *field = common_field(node->items[0]);
    for (uint32_t i = 1; i < node->item_count; i++) {
        if (common_field(node->items[i]) != field) {
            return NULL;
        }
    }
    return field;
}

static bool is_list(const KqlNode *node)
{
    return (node->kind == KQL_OR || node->kind == KQL_AND) && common_field(node) != NULL;
}

static void print(Buffer *out, const KqlNode *node, bool values);

/* `values`: without the field, which stands in front of the list. */
static void print_operand(Buffer *out, const KqlNode *node, KqlKind owner, bool values)
{
    bool brackets = (node->kind == KQL_OR || node->kind == KQL_AND || node->kind == KQL_NOT) &&
                    (values || !is_list(node)) && (node->kind != KQL_NOT || owner == KQL_NOT) &&
                    (node->kind != KQL_AND || owner != KQL_OR);
    if (brackets) {
        buffer_append_byte(out, '(');
    }
    print(out, node, values);
    if (brackets) {
        buffer_append_byte(out, ')');
    }
}

static void print_items(Buffer *out, const KqlNode *node, bool values)
{
    if (node->kind == KQL_NOT) {
        buffer_append_c(out, "not ");
    }
    for (uint32_t i = 0; i < node->item_count; i++) {
        if (i > 0) {
            buffer_append_c(out, node->kind == KQL_OR ? " or " : " and ");
        }
        print_operand(out, node->items[i], node->kind, values);
    }
}

static void print_field(Buffer *out, const KqlWord *field, const char *between)
{
    kql_print_word(out, field);
    buffer_append_c(out, between);
}

static void print(Buffer *out, const KqlNode *node, bool values)
{
    static const char *const OPS[] = {
#define OP_TEXT(op, text) [op] = " " text " ",
        KQL_RANGE_OPS(OP_TEXT)
#undef OP_TEXT
    };
    switch (node->kind) {
    case KQL_ALL: return;
    case KQL_OR:
    case KQL_AND:
    case KQL_NOT:
        if (!values && is_list(node)) {
            print_field(out, common_field(node), ": (");
            print_items(out, node, true);
            buffer_append_byte(out, ')');
            return;
        }
        print_items(out, node, values);
        return;
    case KQL_NESTED:
        print_field(out, node->field, ": { ");
        print(out, node->items[0], false);
        buffer_append_c(out, " }");
        return;
    case KQL_IS:
        if (!values && node->field != NULL) {
            print_field(out, node->field, ": ");
        }
        kql_print_word(out, node->value);
        return;
    case KQL_RANGE:
        print_field(out, node->field, OPS[node->op]);
        kql_print_word(out, node->value);
        return;
    }
}

void kql_print(Buffer *out, const KqlNode *node)
{
    print(out, node, false);
}

/* ---- equality ---- */

static bool words_equal(const KqlWord *a, const KqlWord *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    bool equal = a->quoted == b->quoted && a->part_count == b->part_count;
    for (uint32_t i = 0; equal && i < a->part_count; i++) {
        equal = str_equal(a->parts[i], b->parts[i]);
    }
    return equal;
}

bool kql_equal(const KqlNode *a, const KqlNode *b)
{
    bool equal = a->kind == b->kind && a->op == b->op && a->item_count == b->item_count &&
                 words_equal(a->field, b->field) && words_equal(a->value, b->value);
    for (uint32_t i = 0; equal && i < a->item_count; i++) {
        equal = kql_equal(a->items[i], b->items[i]);
    }
    return equal;
}
