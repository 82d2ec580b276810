#include "rule/exceptions_show.h"

#include "base/timestamp.h"
#include "rule/rule_show.h"

typedef struct Page {
    Buffer *out;
    const Exceptions *exceptions;
} Page;

static void append(Page *page, Str text)
{
    rule_show_append(page->out, text, "        ");
}

static void append_quoted(Page *page, Str text)
{
    buffer_append_byte(page->out, '"');
    append(page, text);
    buffer_append_byte(page->out, '"');
}

static const char *words_of(const ExceptionEntry *entry)
{
    switch (entry->test) {
    case EXCEPTION_MATCH: return entry->excluded ? " is not " : " is ";
    case EXCEPTION_MATCH_ANY: return entry->excluded ? " is not one of " : " is one of ";
    case EXCEPTION_EXISTS: return entry->excluded ? " does not exist" : " exists";
    case EXCEPTION_WILDCARD: return entry->excluded ? " does not match " : " matches ";
    case EXCEPTION_LIST: return entry->excluded ? " is not in list " : " is in list ";
    case EXCEPTION_NESTED: break;
    }
    return " has";
}

static void show_entry(Page *page, const ExceptionEntry *entry, const char *front)
{
    buffer_append_c(page->out, front);
    append(page, entry->field);
    buffer_append_c(page->out, words_of(entry));
    for (uint32_t i = 0; i < entry->value_count; i++) {
        buffer_append_c(page->out, i == 0 ? "" : ", ");
        append_quoted(page, entry->values[i]);
    }
    if (entry->test == EXCEPTION_LIST) {
        append_quoted(page, entry->list_id);
        buffer_append_c(page->out, " (");
        append(page, entry->list_type);
        buffer_append_c(page->out, ")");
    }
    buffer_append_byte(page->out, '\n');
    for (uint32_t i = 0; i < entry->entry_count; i++) {
        show_entry(page, &entry->entries[i], i == 0 ? "        " : "        and ");
    }
}

static void show_item(Page *page, const ExceptionItem *item)
{
    char time[TIMESTAMP_TEXT];
    buffer_append_c(page->out, "    ");
    append(page, item->name.len > 0 ? item->name : item->item_id);
    if (item->expires) {
        Str until = timestamp_print(item->expires_ns, 0, time);
        buffer_append_format(page->out, " (%s %.*s)",
                             exception_item_expired(page->exceptions, item)
                                 ? "expired, does nothing since"
                                 : "until",
                             STR_ARG(until));
    }
    buffer_append_byte(page->out, '\n');
    for (uint32_t i = 0; i < item->os_types.count; i++) {
        buffer_append_c(page->out, i == 0 ? "      on " : ", ");
        append(page, item->os_types.items[i]);
    }
    buffer_append_c(page->out, item->os_types.count > 0 ? "\n" : "");
    for (uint32_t i = 0; i < item->entry_count; i++) {
        show_entry(page, &item->entries[i], i == 0 ? "      " : "      and ");
    }
}

static Str text_of(const Json *object, Str name)
{
    const Json *value = json_get(object, name);
    return value == NULL || value->kind != JSON_STRING ? STR("") : value->text;
}

static void show_list(Page *page, const RuleExceptions *index, const Json *reference)
{
    FoundList found = {0};
    bool known = rule_exceptions_find(index, reference, &found);
    Str list_id = text_of(reference, STR("list_id"));
    bool is_endpoint = str_equal(list_id, STR(EXCEPTIONS_ENDPOINT_LIST));
    buffer_append_c(page->out, "  ");
    append(page, found.list != NULL && found.list->name.len > 0 ? found.list->name : list_id);
    buffer_append_c(page->out, " (list ");
    append_quoted(page, list_id);
    buffer_append_c(page->out, ", ");
    append(page, text_of(reference, STR("type")));
    buffer_append_c(page->out, is_endpoint ? "): Endpoint applies it itself, the rule does not\n"
                               : known     ? ")\n"
                                           : "): not there\n");
    for (uint32_t i = 0; i < found.item_count && !is_endpoint; i++) {
        show_item(page, &page->exceptions->items.items[found.items[i]]);
    }
}

void exceptions_show(Buffer *out, const RuleList *list, const RuleExceptions *index,
                     const Rule *rule, bool colour)
{
    Page page = {.out = out, .exceptions = &list->exceptions};
    if (rule->exceptions_list == NULL || rule->exceptions_list->count == 0) {
        return;
    }
    buffer_append_c(out, "\n");
    rule_show_label(out, "Exceptions", colour);
    buffer_append_c(out, "\n");
    for (const Json *one = rule->exceptions_list->first; one != NULL; one = one->next) {
        show_list(&page, index, one);
    }
}
