#include "alert/alert_id.h"

static Hex finish(Buffer *text)
{
    Hex hex = hash_sha256_hex(buffer_str(text));
    buffer_done(text);
    return hex;
}

static void append_ancestors(Buffer *out, const Ancestors *ancestors)
{
    for (uint32_t i = 0; i < ancestors->count; i++) {
        buffer_append(out, ancestors->items[i].id);
        buffer_append(out, ancestors->items[i].index);
    }
}

/* "undefined" stands where the event's version would: the engine that set the form never asks for
 * versions. */
Hex alert_id_of_event(const Ancestor *event, Str space, Str rule_id, Str more)
{
    Buffer text = {0};
    buffer_append(&text, event->index);
    buffer_append(&text, event->id);
    buffer_append_c(&text, "undefined");
    buffer_append(&text, space);
    buffer_append_byte(&text, ':');
    buffer_append(&text, rule_id);
    buffer_append(&text, more);
    return finish(&text);
}

/* All blocks' ancestors, then which block it is. */
void alert_ids_of_blocks(const Ancestors *blocks, uint32_t block_count, Str rule_id, Hex *out)
{
    Arena *arena = arena_new();
    Str *numbers = ARENA_MANY(arena, Str, block_count);
    Buffer text = {0};
    for (uint32_t i = 0; i < block_count; i++) {
        append_ancestors(&text, &blocks[i]);
        buffer_append(&text, rule_id);
        numbers[i] = str_format(arena, "%u", i);
    }
    hash_sha256_hex_each(buffer_str(&text), numbers, block_count, out);
    buffer_done(&text);
    arena_free(arena);
}

Hex alert_id_of_shell(const Ancestors *ancestors, Str rule_id)
{
    Buffer text = {0};
    append_ancestors(&text, ancestors);
    buffer_append(&text, rule_id);
    return finish(&text);
}
