#include "event/schema_build.h"

/* A group's fields, one type a line: "type: name name name". */
typedef struct Group {
    const char *path;
    const char *fields;
} Group;

static const Group GROUPS[] = {
    {"", "date: @timestamp\n keyword: message tags\n object: labels"},
    {"event", "keyword: action category dataset id kind module outcome provider type code\n"
              "date: created ingested start end\n long: sequence duration severity"},
    {"process", "keyword: name executable command_line args entity_id working_directory\n"
                "long: pid args_count exit_code\n keyword: parent.name parent.executable\n"
                "long: parent.pid\n"},
};

static void add_group(Schema *schema, const Group *group, Arena *arena)
{
    Str lines = str_from_c(group->fields);
    Str line;
    while (str_split(&lines, '\n', &line)) {
        Str type_name;
        FieldType type;
        line = str_trim(line);
        if (!str_split(&line, ':', &type_name) || !schema_type_named(type_name, &type)) {
            continue;
        }
        Str name;
        while (str_split(&line, ' ', &name)) {
            if (name.len == 0) {
                continue;
            }
            Str path = group->path[0] == '\0'
                           ? name
                           : str_format(arena, "%s.%.*s", group->path, STR_ARG(name));
            schema_add(schema, path,
                       &(SchemaField){.path = path, .type = type, .type_name = type_name});
        }
    }
}

const Schema *schema_builtin(Arena *arena)
{
    Schema *schema = schema_new(arena, false);
    for (size_t i = 0; i < ARRAY_LEN(GROUPS); i++) {
        add_group(schema, &GROUPS[i], arena);
    }
    return schema;
}
