#include "rule/rule_exceptions.h"

#include "base/table.h"
#include "rule/value_lists.h"

typedef struct Known {
    const ExceptionList *list; /* NULL: only items of it were read */
    ARRAY(uint32_t) items;
    bool is_compiled;
    NodeId node; /* holds where one of the items does */
    ARRAY(Str) faults;
} Known;

struct RuleExceptions {
    Arena *arena;
    PlanBuilder *plan; /* NULL: nothing is compiled */
    const Exceptions *exceptions;
    ValueLists *value_lists;
    Table *names; /* index in it = index of the list */
    ARRAY(Known) lists;
};

static Str name_of(Arena *arena, Str namespace_type, Str list_id)
{
    return str_format(arena, "%.*s\n%.*s", STR_ARG(namespace_type), STR_ARG(list_id));
}

static Known *known_of(RuleExceptions *exceptions, Str namespace_type, Str list_id)
{
    uint32_t index =
        table_add(exceptions->names, name_of(exceptions->arena, namespace_type, list_id));
    if (index == exceptions->lists.count) {
        ARRAY_PUSH(exceptions->arena, &exceptions->lists, (Known){0});
    }
    return &exceptions->lists.items[index];
}

static RuleExceptions *index_of(Arena *arena, PlanBuilder *plan, const RuleList *list)
{
    RuleExceptions *made = ARENA_NEW(arena, RuleExceptions);
    *made = (RuleExceptions){.arena = arena,
                             .plan = plan,
                             .exceptions = &list->exceptions,
                             .value_lists = list->value_lists,
                             .names = table_new(arena)};
    for (uint32_t i = 0; i < list->exceptions.lists.count; i++) {
        const ExceptionList *one = &list->exceptions.lists.items[i];
        known_of(made, one->namespace_type, one->list_id)->list = one;
    }
    for (uint32_t i = 0; i < list->exceptions.items.count; i++) {
        const ExceptionItem *item = &list->exceptions.items.items[i];
        Known *known = known_of(made, item->namespace_type, item->list_id);
        ARRAY_PUSH(arena, &known->items, i);
    }
    return made;
}

RuleExceptions *rule_exceptions_new(PlanBuilder *plan, const RuleList *list)
{
    return index_of(plan_builder_arena(plan), plan, list);
}

static Str member(const Json *object, Str name)
{
    const Json *value = json_get(object, name);
    return value == NULL || value->kind != JSON_STRING ? STR("") : value->text;
}

static Known *find(const RuleExceptions *exceptions, const Json *reference)
{
    Arena *scratch = arena_new();
    Str name = name_of(scratch, member(reference, STR("namespace_type")),
                       member(reference, STR("list_id")));
    uint32_t index = table_find(exceptions->names, name);
    arena_free(scratch);
    return index == STR_NONE ? NULL : &exceptions->lists.items[index];
}

bool rule_exceptions_find(const RuleExceptions *exceptions, const Json *reference, FoundList *out)
{
    const Known *known = find(exceptions, reference);
    if (known == NULL) {
        return false;
    }
    *out = (FoundList){known->list, known->items.items, known->items.count};
    return true;
}

RuleExceptions *rule_exceptions_index(Arena *arena, const RuleList *list)
{
    return index_of(arena, NULL, list);
}

/* ---- compiling ---- */

static void tell(RuleExceptions *exceptions, Known *known, const ExceptionItem *item,
                 const Diagnostics *diagnostics)
{
    const Diagnostic *first = &diagnostics->list.items[0];
    for (uint32_t i = 0; first->severity != SEVERITY_ERROR; i++) {
        first = &diagnostics->list.items[i]; /* there is one: the item was refused */
    }
    Str name = item->name.len > 0 ? item->name : item->item_id;
    Str text = str_format(exceptions->arena, "%.*s:%zu: \"%.*s\": %.*s", STR_ARG(item->file),
                          item->line, STR_ARG(name), STR_ARG(first->message));
    ARRAY_PUSH(exceptions->arena, &known->faults, text);
}

static bool find_list(void *context, Str id, Str type, ValueList *out, Err *err)
{
    RuleExceptions *exceptions = context;
    return value_lists_get(exceptions->value_lists, id, type, out, err);
}

static bool compile_item(RuleExceptions *exceptions, Known *known, const ExceptionItem *item,
                         NodeId *out)
{
    Diagnostics diagnostics = {.arena = exceptions->arena};
    ExceptionCondition condition = {
        .find_list = find_list,
        .context = exceptions,
        .entries = item->entries,
        .entry_count = item->entry_count,
        .os_types = item->os_types.items,
        .os_count = item->os_types.count,
    };
    if (exception_compile(exceptions->plan, &condition, &diagnostics, out)) {
        return true;
    }
    tell(exceptions, known, item, &diagnostics);
    return false;
}

static void compile(RuleExceptions *exceptions, Known *known)
{
    NodeId *any = ARENA_MANY(exceptions->arena, NodeId, known->items.count);
    uint32_t count = 0;
    for (uint32_t i = 0; i < known->items.count; i++) {
        const ExceptionItem *item = &exceptions->exceptions->items.items[known->items.items[i]];
        if (!exception_item_expired(exceptions->exceptions, item) &&
            compile_item(exceptions, known, item, &any[count])) {
            count++;
        }
    }
    known->node = plan_builder_or(exceptions->plan, any, count);
    known->is_compiled = true;
}

static void warn(RuleExceptions *exceptions, const Rule *rule, const char *reason, Str detail,
                 RuleSkips *warnings)
{
    RuleSkip warning = {.rule = rule, .reason = reason, .detail = detail};
    ARRAY_PUSH(exceptions->arena, warnings, warning);
}

NodeId rule_exceptions_seen(RuleExceptions *exceptions, const Rule *rule, RuleSkips *warnings)
{
    const Json *references = rule->exceptions_list;
    uint32_t most = references == NULL ? 0 : references->count;
    NodeId *any = ARENA_MANY(exceptions->arena, NodeId, most);
    uint32_t count = 0;
    for (const Json *one = most == 0 ? NULL : references->first; one != NULL; one = one->next) {
        Str list_id = member(one, STR("list_id"));
        Known *known = find(exceptions, one);
        if (str_equal(list_id, STR(EXCEPTIONS_ENDPOINT_LIST))) {
            continue;
        }
        if (known == NULL) {
            warn(exceptions, rule, "exceptions are not there",
                 str_format(exceptions->arena,
                            "list \"%.*s\" (%.*s) is in no file that was read: --exceptions FILE",
                            STR_ARG(list_id), STR_ARG(member(one, STR("namespace_type")))),
                 warnings);
            continue;
        }
        if (!known->is_compiled) {
            compile(exceptions, known);
        }
        for (uint32_t i = 0; i < known->faults.count; i++) {
            warn(exceptions, rule, "an exception is not applied", known->faults.items[i], warnings);
        }
        any[count++] = known->node;
    }
    return plan_builder_not(exceptions->plan, plan_builder_or(exceptions->plan, any, count));
}

void exceptions_lifetime(const Exceptions *exceptions, int64_t *above_ns, int64_t *upto_ns)
{
    *above_ns = INT64_MIN;
    *upto_ns = INT64_MAX;
    for (uint32_t i = 0; i < exceptions->items.count; i++) {
        const ExceptionItem *item = &exceptions->items.items[i];
        if (exception_item_expired(exceptions, item)) {
            *above_ns = item->expires_ns > *above_ns ? item->expires_ns : *above_ns;
        } else if (item->expires) {
            *upto_ns = item->expires_ns < *upto_ns ? item->expires_ns : *upto_ns;
        }
    }
}
