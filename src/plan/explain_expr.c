#include "plan/explain.h"

#include "base/json_writer.h"
#include "base/timestamp.h"

/* ---- names and values ---- */

static bool is_plain_name(Str path)
{
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
        bool digit = c >= '0' && c <= '9' && i > 0 && path.ptr[i - 1] != '.';
        if (!letter && !digit && !(c == '@' && i == 0)) {
            return false;
        }
    }
    return path.len > 0;
}

void explain_path(Buffer *out, const FieldTable *fields, FieldId field)
{
    Str path = field_table_get(fields, field)->path;
    if (is_plain_name(path)) {
        buffer_append(out, path);
        return;
    }
    buffer_append_byte(out, '`');
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] == '`') {
            buffer_append_byte(out, '`');
        }
        buffer_append_byte(out, path.ptr[i]);
    }
    buffer_append_byte(out, '`');
}

/* In a plan of pipes a field is one of a certain event of the match, or of none. */
static void print_field(Buffer *out, const PlanSet *plan, FieldId id)
{
    if (plan->pipe_fields == NULL) {
        explain_path(out, plan->fields, id);
        return;
    }
    const PipeField *field = &plan->pipe_fields[id];
    switch (field->kind) {
    case PIPE_FIELD_OF_EVENT:
        buffer_append_format(out, "events[%u].", field->event);
        explain_path(out, plan->fields, field->field);
        break;
    case PIPE_FIELD_OF_FIRST: explain_path(out, plan->fields, field->field); break;
    case PIPE_FIELD_COUNT: buffer_append_c(out, "count"); break;
    case PIPE_FIELD_PERCENT: buffer_append_c(out, "percent"); break;
    }
}

static void print_text(Buffer *out, Str text)
{
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        switch (c) {
        case '"': buffer_append_c(out, "\\\""); break;
        case '\\': buffer_append_c(out, "\\\\"); break;
        case '\n': buffer_append_c(out, "\\n"); break;
        case '\r': buffer_append_c(out, "\\r"); break;
        case '\t': buffer_append_c(out, "\\t"); break;
        default:
            if ((unsigned char)c < ' ' || c == 0x7f) {
                buffer_append_format(out, "\\u{%02x}", (unsigned)(unsigned char)c);
            } else {
                buffer_append_byte(out, c);
            }
            break;
        }
    }
    buffer_append_byte(out, '"');
}

static void print_value(Buffer *out, const Value *value)
{
    char time[TIMESTAMP_TEXT];
    char digits[32];
    switch (value->kind) {
    case VALUE_NULL: buffer_append_c(out, "null"); break;
    case VALUE_BOOL: buffer_append_c(out, value->boolean ? "true" : "false"); break;
    case VALUE_INT: buffer_append_format(out, "%lld", (long long)value->integer); break;
    case VALUE_DOUBLE: buffer_append(out, json_print_double(value->number, digits)); break;
    case VALUE_DATE: print_text(out, timestamp_print(value->integer, 0, time)); break;
    case VALUE_STRING: print_text(out, value->text); break;
    }
}

/* ---- expressions ---- */

static const char *op_text(ExprOp op)
{
    switch (op) {
    case OP_EQUAL: return " == ";
    case OP_LESS: return " < ";
    case OP_LESS_EQUAL: return " <= ";
    case OP_GREATER: return " > ";
    case OP_GREATER_EQUAL: return " >= ";
    case OP_ADD: return " + ";
    case OP_SUBTRACT: return " - ";
    case OP_MULTIPLY: return " * ";
    case OP_DIVIDE: return " / ";
    case OP_MODULO: return " % ";
    case OP_NONE: break;
    }
    return " ? ";
}

typedef struct Printer {
    Buffer *out;
    const PlanSet *plan;
    uint32_t depth; /* array functions around */
} Printer;

static void print_expr(const Printer *printer, const Expr *expr);

static bool stands_alone(const Expr *expr)
{
    switch (expr->kind) {
    case EXPR_LITERAL:
    case EXPR_FIELD:
    case EXPR_VARIABLE:
    case EXPR_SEARCH:
    case EXPR_COUNT:
    case EXPR_CALL: return true;
    case EXPR_IS_NULL:
    case EXPR_COMPARE:
    case EXPR_IN:
    case EXPR_LIKE:
    case EXPR_REGEX:
    case EXPR_PHRASE:
    case EXPR_WORD_LIKE:
    case EXPR_IN_LIST:
    case EXPR_ARITHMETIC:
    case EXPR_NEGATE:
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_NOT:
    case EXPR_INDEX: break;
    }
    return false;
}

static void print_operand(const Printer *printer, const Expr *expr)
{
    bool brackets = !stands_alone(expr);
    buffer_append_c(printer->out, brackets ? "(" : "");
    print_expr(printer, expr);
    buffer_append_c(printer->out, brackets ? ")" : "");
}

static void print_operands(const Printer *printer, const Expr *expr, const char *between)
{
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        buffer_append_c(printer->out, i == 0 ? "" : between);
        print_operand(printer, expr->args[i]);
    }
}

static void print_list(const Printer *printer, const Expr *expr, const char *word)
{
    print_operand(printer, expr->args[0]);
    buffer_append_format(printer->out, " %s%s (", word, expr->fold ? "~" : "");
    for (uint32_t i = 0; i < expr->item_count; i++) {
        buffer_append_c(printer->out, i == 0 ? "" : ", ");
        print_value(printer->out, &expr->items[i]);
    }
    buffer_append_byte(printer->out, ')');
}

static void print_call(const Printer *printer, const Expr *expr)
{
    buffer_append(printer->out, function_get(expr->function)->name);
    buffer_append_c(printer->out, expr->fold ? "~(" : "(");
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        buffer_append_c(printer->out, i == 0 ? "" : ", ");
        print_expr(printer, expr->args[i]);
    }
    buffer_append_byte(printer->out, ')');
}

static void print_compare(const Printer *printer, const Expr *expr)
{
    if (!expr->fold) {
        print_operands(printer, expr, op_text(expr->op));
        return;
    }
    print_operand(printer, expr->args[0]);
    buffer_append_c(printer->out, " in~ (");
    print_expr(printer, expr->args[1]);
    buffer_append_byte(printer->out, ')');
}

/* Variables are numbered from the outermost: a plan knows no names of theirs. */
static void print_array(const Printer *printer, const Expr *expr)
{
    Printer inner = *printer;
    inner.depth++;
    buffer_append_c(printer->out, expr->kind == EXPR_COUNT ? "arrayCount(" : "arraySearch(");
    print_field(printer->out, printer->plan, expr->field);
    buffer_append_format(printer->out, ", $%u, ", inner.depth);
    print_expr(&inner, expr->args[0]);
    buffer_append_byte(printer->out, ')');
}

/* process.hash.sha256 in list "known" (keyword) */
static void print_value_list(const Printer *printer, const Expr *expr)
{
    const ValueList *list = &printer->plan->lists[expr->list];
    Value id = value_string(list->id);
    print_operand(printer, expr->args[0]);
    buffer_append_c(printer->out, " in list ");
    print_value(printer->out, &id);
    buffer_append_format(printer->out, " (%.*s)", STR_ARG(list->type));
}

static void print_expr(const Printer *printer, const Expr *expr)
{
    switch (expr->kind) {
    case EXPR_LITERAL: print_value(printer->out, &expr->literal); break;
    case EXPR_FIELD: print_field(printer->out, printer->plan, expr->field); break;
    case EXPR_VARIABLE:
        buffer_append_format(printer->out, "$%u", printer->depth - expr->level);
        break;
    case EXPR_SEARCH:
    case EXPR_COUNT: print_array(printer, expr); break;
    case EXPR_IS_NULL:
        print_operand(printer, expr->args[0]);
        buffer_append_c(printer->out, " == null");
        break;
    case EXPR_COMPARE: print_compare(printer, expr); break;
    case EXPR_ARITHMETIC: print_operands(printer, expr, op_text(expr->op)); break;
    case EXPR_IN: print_list(printer, expr, "in"); break;
    case EXPR_LIKE: print_list(printer, expr, "like"); break;
    case EXPR_REGEX: print_list(printer, expr, "regex"); break;
    case EXPR_PHRASE: print_list(printer, expr, "holds phrase"); break;
    case EXPR_WORD_LIKE: print_list(printer, expr, "holds word like"); break;
    case EXPR_INDEX: print_list(printer, expr, "matches"); break;
    case EXPR_IN_LIST: print_value_list(printer, expr); break;
    case EXPR_CALL: print_call(printer, expr); break;
    case EXPR_NEGATE:
        buffer_append_byte(printer->out, '-');
        print_operand(printer, expr->args[0]);
        break;
    case EXPR_AND: print_operands(printer, expr, " and "); break;
    case EXPR_OR: print_operands(printer, expr, " or "); break;
    case EXPR_NOT:
        buffer_append_c(printer->out, "not ");
        print_operand(printer, expr->args[0]);
        break;
    }
}

void explain_expr(Buffer *out, const PlanSet *plan, const Expr *expr)
{
    print_expr(&(Printer){.out = out, .plan = plan}, expr);
}

void explain_operand(Buffer *out, const PlanSet *plan, const Expr *expr)
{
    print_operand(&(Printer){.out = out, .plan = plan}, expr);
}
