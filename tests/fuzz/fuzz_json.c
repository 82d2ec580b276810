/* JSON text: json_parse never crashes, agrees with simdjson about what JSON is, and what it reads
 * can be printed and read again. */
#include "base/json.h"
#include "base/json_writer.h"

#ifdef HAVE_SIMDJSON
#include "simdjson_oracle.h"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool fine, const char *what)
{
    if (!fine) {
        fprintf(stderr, "json: %s\n", what);
        abort();
    }
}

static void print(JsonWriter *writer, const Json *json)
{
    switch (json->kind) {
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_NUMBER: json_raw(writer, json->raw); return;
    case JSON_STRING: json_string(writer, json->text); return;
    case JSON_ARRAY: json_begin_array(writer); break;
    case JSON_OBJECT: json_begin_object(writer); break;
    }
    for (const Json *child = json->first; child != NULL; child = child->next) {
        if (json->kind == JSON_OBJECT) {
            json_key(writer, child->key);
        }
        print(writer, child);
    }
    if (json->kind == JSON_OBJECT) {
        json_end_object(writer);
    } else {
        json_end_array(writer);
    }
}

static bool equal(const Json *a, const Json *b)
{
    if (a->kind != b->kind || a->boolean != b->boolean || a->count != b->count ||
        !str_equal(a->key, b->key) || !str_equal(a->text, b->text)) {
        return false;
    }
    const Json *left = a->first;
    const Json *right = b->first;
    while (left != NULL && right != NULL && equal(left, right)) {
        left = left->next;
        right = right->next;
    }
    return left == NULL && right == NULL;
}

static void check_read_again(Arena *arena, const Json *json)
{
    Buffer printed = {0};
    JsonWriter writer = {.out = &printed};
    Err err = {.code = ERR_NONE};
    print(&writer, json);
    const Json *again = json_parse(arena, buffer_str(&printed), &err);
    insist(again != NULL && equal(json, again), "printed and read again it is another");
    const Json *raw = json_parse(arena, json->raw, &err);
    insist(raw != NULL && equal(json, raw), "its own bytes read alone give another");
    buffer_done(&printed);
}

#ifdef HAVE_SIMDJSON
/* simdjson refuses numbers that its number types cannot hold; for us they are text. */
static bool numbers_fit(const Json *json)
{
    if (json->kind == JSON_NUMBER) {
        size_t at = 0;
        int64_t whole = 0;
        uint64_t large = 0;
        double value = 0;
        bool fraction = str_find_byte(json->raw, '.', 0, &at) ||
                        str_find_byte(json->raw, 'e', 0, &at) ||
                        str_find_byte(json->raw, 'E', 0, &at);
        return fraction ? str_to_double(json->raw, &value)
                        : str_to_i64(json->raw, &whole) || str_to_u64(json->raw, &large);
    }
    for (const Json *child = json->first; child != NULL; child = child->next) {
        if (!numbers_fit(child)) {
            return false;
        }
    }
    return true;
}

static void check_opinion(const Json *json, Str text, const Err *err)
{
    bool accepts = simdjson_oracle_accepts(text.ptr, text.len);
    if (json != NULL) {
        insist(accepts || !numbers_fit(json), "accepted, but simdjson refuses it");
    } else if (err->code != ERR_LIMIT) {
        insist(!accepts, "refused, but simdjson accepts it");
    }
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Str text = {(const char *)data, size};
    Err err = {.code = ERR_NONE};
    const Json *json = json_parse(arena, text, &err);
    if (json != NULL) {
        check_read_again(arena, json);
    } else {
        insist(err.at <= size && err.text[0] != '\0', "refused without place or reason");
    }
#ifdef HAVE_SIMDJSON
    check_opinion(json, text, &err);
#endif
    arena_free(arena);
    return 0;
}
