#include "rule/lint_exceptions.h"

#include "rule/lint_wildcard.h"
#include "rule/rule_check.h"
#include "rule/rule_exceptions.h"

typedef struct Place {
    RuleList *list;
    Str file;
    size_t line;
} Place;

static void tell(const Place *place, const char *code, const char *format, ...) PRINTF_LIKE(3, 4);

static void tell(const Place *place, const char *code, const char *format, ...)
{
    RuleText where = {.file = place->file, .first_line = place->line};
    va_list args;
    va_start(args, format);
    Str message = str_format_args(place->list->arena, format, args);
    va_end(args);
    rule_problem_add(place->list, &where, 0, SEVERITY_WARNING, code, "%.*s", STR_ARG(message));
}

/* ---- items ---- */

static void check_wildcards(const Place *place, const ExceptionEntry *entry)
{
    bool exact = entry->test == EXCEPTION_MATCH || entry->test == EXCEPTION_MATCH_ANY;
    for (uint32_t i = 0; i < entry->value_count && exact; i++) {
        if (lint_reads_as_pattern(entry->field, entry->values[i])) {
            tell(place, "exception-wildcard",
                 "\"%.*s\" is compared exactly with %.*s, and * and ? are no wildcards there: type "
                 "wildcard was meant?",
                 STR_ARG(str_slice(entry->values[i], 0, 60)), STR_ARG(entry->field));
            return;
        }
    }
    for (uint32_t i = 0; i < entry->entry_count; i++) {
        check_wildcards(place, &entry->entries[i]);
    }
}

static bool same_values(const ExceptionEntry *a, const ExceptionEntry *b)
{
    bool same = a->test == b->test && a->value_count == b->value_count &&
                str_equal(a->list_id, b->list_id) && str_equal(a->list_type, b->list_type);
    for (uint32_t i = 0; i < a->value_count && same; i++) {
        same = str_equal(a->values[i], b->values[i]);
    }
    return same;
}

/* What asks for a value cannot hold where there is none. */
static bool contradict(const ExceptionEntry *a, const ExceptionEntry *b)
{
    bool absent = b->excluded && b->test == EXCEPTION_EXISTS;
    return str_equal(a->field, b->field) && !a->excluded && b->excluded &&
           a->test != EXCEPTION_NESTED && (absent || same_values(a, b));
}

#define MOST_ENTRIES 1000 /* of an item, held against one another */

static void check_entries(const Place *place, const ExceptionItem *item)
{
    uint32_t count = item->entry_count < MOST_ENTRIES ? item->entry_count : MOST_ENTRIES;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < count; k++) {
            if (contradict(&item->entries[i], &item->entries[k])) {
                tell(place, "exception-never",
                     "no event is excepted: entries %u and %u ask for %.*s and its opposite",
                     (i < k ? i : k) + 1, (i < k ? k : i) + 1, STR_ARG(item->entries[i].field));
                return;
            }
        }
    }
}

static void check_item(RuleList *list, const ExceptionItem *item)
{
    Place place = {list, item->file, item->line};
    for (uint32_t i = 0; i < item->entry_count; i++) {
        check_wildcards(&place, &item->entries[i]);
    }
    check_entries(&place, item);
    if (exception_item_expired(&list->exceptions, item)) {
        tell(&place, "exception-expired", "\"%.*s\" has expired, %.*s, and does nothing",
             STR_ARG(item->name.len > 0 ? item->name : item->item_id), STR_ARG(item->expire_time));
    }
}

/* ---- lists and rules ---- */

static Str text_of(const Json *object, Str name)
{
    const Json *value = json_get(object, name);
    return value == NULL || value->kind != JSON_STRING ? STR("") : value->text;
}

static void check_rule(RuleList *list, const RuleExceptions *index, const Rule *rule)
{
    Place place = {list, rule->file, rule->line};
    const Json *references = rule->exceptions_list;
    for (const Json *one = references == NULL ? NULL : references->first; one != NULL;
         one = one->next) {
        FoundList found;
        Str list_id = text_of(one, STR("list_id"));
        if (!str_equal(list_id, STR(EXCEPTIONS_ENDPOINT_LIST)) &&
            !rule_exceptions_find(index, one, &found)) {
            tell(&place, "exception-list", "exception list \"%.*s\" (%.*s) is in no file",
                 STR_ARG(list_id), STR_ARG(text_of(one, STR("namespace_type"))));
        }
    }
}

uint32_t lint_exceptions(RuleList *list)
{
    uint32_t before = list->problems.count;
    const Exceptions *exceptions = &list->exceptions;
    const RuleExceptions *index = rule_exceptions_index(list->arena, list);
    bool some = exceptions->lists.count + exceptions->items.count > 0;
    for (uint32_t i = 0; i < exceptions->items.count; i++) {
        check_item(list, &exceptions->items.items[i]);
    }
    for (uint32_t i = 0; i < list->rules.count && some; i++) {
        check_rule(list, index, &list->rules.items[i]);
    }
    return list->problems.count - before;
}
