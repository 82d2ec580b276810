#include "lang/lucene.h"
#include "lang/lucene_token.h"

static bool is_blank_at(Str text, size_t at)
{
    return lucene_skip_blanks(text, at) != at;
}

static void print_quoted(Buffer *out, Str text)
{
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        buffer_append_c(out, text.ptr[i] == '"' || text.ptr[i] == '\\' ? "\\" : "");
        buffer_append_byte(out, text.ptr[i]);
    }
    buffer_append_byte(out, '"');
}

/* A text that reads as a keyword, or begins with what is an operator, has its first byte escaped; "u" never is, for that is
 * another escape. */
static void print_term(Buffer *out, Str text)
{
    static const Str KEYWORDS[] = {STR_INIT("AND"), STR_INIT("OR"), STR_INIT("NOT"), STR_INIT("&&"),
                                   STR_INIT("||")};
    bool is_keyword = false;
    for (size_t i = 0; i < ARRAY_LEN(KEYWORDS); i++) {
        is_keyword = is_keyword || str_equal(text, KEYWORDS[i]);
    }
    for (size_t i = 0; i < text.len; i++) {
        bool escaped =
            (i == 0 && is_keyword) || lucene_is_special(text.ptr[i], true) || is_blank_at(text, i);
        buffer_append_c(out, escaped ? "\\" : "");
        buffer_append_byte(out, text.ptr[i]);
    }
}

/* Its escapes are kept; what else is special gets one. */
static void print_pattern(Buffer *out, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\\' && i + 1 < text.len) {
            buffer_append_byte(out, c);
            buffer_append_byte(out, text.ptr[++i]);
            continue;
        }
        bool escaped = c != '*' && c != '?' && (lucene_is_special(c, true) || is_blank_at(text, i));
        buffer_append_c(out, escaped ? "\\" : "");
        buffer_append_byte(out, c);
    }
}

static void print_end(Buffer *out, const LuceneEnd *end)
{
    if (end->open) {
        buffer_append_byte(out, '*');
    } else {
        print_quoted(out, end->text);
    }
}

static void print_clauses(Buffer *out, const LuceneNode *node)
{
    static const char *const SIGNS[] = {
        [LUCENE_MAY] = "", [LUCENE_MUST] = "+", [LUCENE_MUST_NOT] = "-"};
    for (uint32_t i = 0; i < node->item_count; i++) {
        bool brackets = node->items[i]->kind == LUCENE_CLAUSES;
        buffer_append_c(out, i == 0 ? "" : " OR ");
        buffer_append_c(out, SIGNS[node->occurs[i]]);
        buffer_append_c(out, brackets ? "(" : "");
        lucene_print(out, node->items[i]);
        buffer_append_c(out, brackets ? ")" : "");
    }
}

void lucene_print(Buffer *out, const LuceneNode *node)
{
    if (node->field != NULL) {
        print_term(out, node->field->name);
        buffer_append_byte(out, ':');
    }
    switch (node->kind) {
    case LUCENE_ALL: return;
    case LUCENE_CLAUSES: print_clauses(out, node); return;
    case LUCENE_TEXT: print_term(out, node->text); return;
    case LUCENE_PHRASE: print_quoted(out, node->text); return;
    case LUCENE_PATTERN: print_pattern(out, node->text); return;
    case LUCENE_REGEX:
        buffer_append_byte(out, '/');
        buffer_append(out, node->text);
        buffer_append_byte(out, '/');
        return;
    case LUCENE_RANGE:
        buffer_append_byte(out, node->low.inclusive ? '[' : '{');
        print_end(out, &node->low);
        buffer_append_c(out, " TO ");
        print_end(out, &node->high);
        buffer_append_byte(out, node->high.inclusive ? ']' : '}');
        return;
    }
}

static bool ends_equal(const LuceneEnd *a, const LuceneEnd *b)
{
    return a->open == b->open && a->inclusive == b->inclusive && str_equal(a->text, b->text);
}

bool lucene_equal(const LuceneNode *a, const LuceneNode *b)
{
    bool equal = a->kind == b->kind && a->item_count == b->item_count &&
                 (a->field == NULL) == (b->field == NULL) && str_equal(a->text, b->text) &&
                 ends_equal(&a->low, &b->low) && ends_equal(&a->high, &b->high) &&
                 (a->field == NULL || str_equal(a->field->name, b->field->name));
    for (uint32_t i = 0; equal && i < a->item_count; i++) {
        equal = a->occurs[i] == b->occurs[i] && lucene_equal(a->items[i], b->items[i]);
    }
    return equal;
}
