#include "alert/reason.h"

/* The sentence of one event holds a name or two of each kind; more would be a page. */
#define MAX_VALUES 16

Str reason_field(Arena *arena, const Document *event, Str path)
{
    Field field = {.path = path, .type = FIELD_UNKNOWN};
    Values values = document_values(arena, event, &field);
    Str texts[MAX_VALUES];
    size_t count = 0;
    for (uint32_t i = 0; i < values.count && count < MAX_VALUES; i++) {
        Str text = value_to_text(arena, &values.items[i]);
        if (text.len > 0 && !str_equal(text, STR("-"))) {
            texts[count++] = text;
        }
    }
    return count == 1 ? texts[0] : str_join(arena, texts, count, STR(", "));
}

static void append_part(Buffer *out, const char *before, Str value, const char *behind)
{
    if (value.len > 0) {
        buffer_append_c(out, before);
        buffer_append(out, value);
        buffer_append_c(out, behind);
    }
}

/* " source IP:PORT,": the comma belongs to the port. */
static void append_address(Buffer *out, const char *before, Str address, Str port)
{
    append_part(out, before, address, "");
    if (address.len > 0) {
        append_part(out, ":", port, ",");
    }
}

Str reason_of(Arena *arena, const Document *event, RuleSeverity severity, Str rule_name)
{
    Str process = reason_field(arena, event, STR("process.name"));
    Str parent = reason_field(arena, event, STR("process.parent.name"));
    Str file = reason_field(arena, event, STR("file.name"));
    Str source = reason_field(arena, event, STR("source.ip"));
    Str destination = reason_field(arena, event, STR("destination.ip"));
    Buffer out = {0};
    append_part(&out, "", reason_field(arena, event, STR("event.category")), " ");
    buffer_append_c(&out, "event");
    if (process.len + parent.len + file.len + source.len + destination.len > 0) {
        buffer_append_c(&out, " with");
    }
    append_part(&out, " process ", process, ",");
    append_part(&out, " parent process ", parent, ",");
    append_part(&out, " file ", file, ",");
    append_address(&out, " source ", source, reason_field(arena, event, STR("source.port")));
    append_address(&out, " destination ", destination,
                   reason_field(arena, event, STR("destination.port")));
    append_part(&out, " by ", reason_field(arena, event, STR("user.name")), "");
    append_part(&out, " on ", reason_field(arena, event, STR("host.name")), "");
    append_part(&out, " created ", str_from_c(rule_severity_name(severity)), " alert ");
    buffer_append(&out, rule_name);
    buffer_append_byte(&out, '.');
    Str reason = str_copy(arena, buffer_str(&out));
    buffer_done(&out);
    return reason;
}
