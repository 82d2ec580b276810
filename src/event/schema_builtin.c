#include "event/schema_build.h"

typedef enum GroupKind {
    GROUP_REUSED, /* stands only where others use it */
    GROUP_WHOLE,  /* at the root; nothing is missing from it */
    GROUP_MORE,   /* at the root */
} GroupKind;

typedef struct Group {
    GroupKind kind;
    const char *name;
    const char *inside;
    const char *fields;
} Group;

static const Group GROUPS[] = {
#define GROUP(name, inside, fields) {GROUP_REUSED, name, inside, fields},
#define ECS(name, inside, fields)   {GROUP_WHOLE, name, inside, fields},
#define MORE(name, inside, fields)  {GROUP_MORE, name, inside, fields},
#include "event/schema_fields.def"
#undef GROUP
#undef ECS
#undef MORE
};

typedef struct Builder {
    Arena *arena;
    Schema *schema;
} Builder;

static Str below(const Builder *builder, Str above, Str name)
{
    Str parts[] = {above, name};
    return above.len == 0  ? name
           : name.len == 0 ? above
                           : str_join(builder->arena, parts, ARRAY_LEN(parts), STR("."));
}

/* "type name name; type name" */
static void add_fields(const Builder *builder, Str above, Str lists)
{
    Str list;
    while (str_split(&lists, ';', &list)) {
        Str type_name, name;
        list = str_trim(list);
        str_split(&list, ' ', &type_name);
        bool open = str_equal(type_name, STR("open"));
        SchemaField field = {.type_name = open ? STR("object") : type_name};
        bool known = type_name.len == 0 || schema_type_named(field.type_name, &field.type);
        assert(known);
        while (str_split(&list, ' ', &name)) {
            field.path = below(builder, above, name);
            schema_add(builder->schema, field.path, &field);
            if (open) {
                schema_open(builder->schema, field.path);
            }
        }
    }
}

/* The group of that name that stands above `end`; so no group can hold itself. */
static const Group *group_named(Str name, const Group *end)
{
    while (end > GROUPS) {
        end--;
        if (end->kind == GROUP_REUSED && str_equal(str_from_c(end->name), name)) {
            return end;
        }
    }
    return NULL;
}

static void add_group(const Builder *builder, Str place, const Group *group)
{
    Str list = str_from_c(group->inside);
    Str use;
    while (list.len > 0 && str_split(&list, ' ', &use)) {
        Str where;
        Str name = use;
        str_split(&name, '=', &where);
        name = name.ptr == NULL ? use : name;
        const Group *inside = group_named(name, group);
        assert(inside != NULL);
        add_group(builder, below(builder, place, where), inside);
    }
    add_fields(builder, place, str_from_c(group->fields));
}

const Schema *schema_builtin(Arena *arena)
{
    Builder builder = {arena, schema_new(arena, false)};
    for (size_t i = 0; i < ARRAY_LEN(GROUPS); i++) {
        if (GROUPS[i].kind == GROUP_REUSED) {
            continue;
        }
        Str name = str_from_c(GROUPS[i].name);
        add_group(&builder, name, &GROUPS[i]);
        if (GROUPS[i].kind == GROUP_WHOLE && name.len > 0) {
            schema_close_root(builder.schema, name);
        }
    }
    return builder.schema;
}
