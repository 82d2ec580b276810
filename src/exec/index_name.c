#include "exec/index_name.h"

#include "exec/wildcard.h"

static bool cut_front(Str *text, Str front)
{
    if (!str_starts_with(*text, front)) {
        return false;
    }
    *text = str_slice(*text, front.len, text->len);
    return true;
}

/* Cuts "-2024.05.06-000012" or "-000012" off the end. */
static bool cut_generation(Str *text)
{
    static const Str SHAPES[] = {STR_INIT("-dddd.dd.dd-dddddd"), STR_INIT("-dddddd")};
    for (size_t s = 0; s < ARRAY_LEN(SHAPES); s++) {
        Str shape = SHAPES[s];
        if (text->len <= shape.len) {
            continue;
        }
        Str end = str_slice(*text, text->len - shape.len, text->len);
        bool fits = true;
        for (size_t i = 0; i < shape.len && fits; i++) {
            char c = end.ptr[i];
            fits = shape.ptr[i] == 'd' ? c >= '0' && c <= '9' : c == shape.ptr[i];
        }
        if (fits) {
            *text = str_slice(*text, 0, text->len - shape.len);
            return true;
        }
    }
    return false;
}

/* The data stream behind the name of one of its indices; the name itself if it is no such. */
static Str stream_of(Str index)
{
    Str name = index;
    while (cut_front(&name, STR("partial-")) || cut_front(&name, STR("restored-"))) {
    }
    if (cut_front(&name, STR(".ds-")) && cut_generation(&name)) {
        return name;
    }
    return index;
}

typedef struct Name {
    Str cluster; /* "west:" of "west:logs-x"; empty if it is our own */
    Str index;
    Str stream;
} Name;

static Name split_name(Str index)
{
    Name name = {.index = index};
    size_t colon = 0;
    if (str_find_byte(index, ':', 0, &colon)) {
        name.cluster = str_slice(index, 0, colon + 1);
        name.index = str_slice(index, colon + 1, index.len);
    }
    name.stream = stream_of(name.index);
    return name;
}

static bool fits(const Name *name, Str pattern)
{
    size_t colon = 0;
    if (str_find_byte(pattern, ':', 0, &colon)) {
        if (!wildcard_match(str_slice(pattern, 0, colon + 1), name->cluster)) {
            return false;
        }
        pattern = str_slice(pattern, colon + 1, pattern.len);
    } else if (name->cluster.len > 0) {
        return false;
    }
    return wildcard_match(pattern, name->index) || wildcard_match(pattern, name->stream);
}

bool index_name_matches(Str index, const Value *patterns, uint32_t pattern_count)
{
    Name name = split_name(index);
    bool has_positive = false;
    bool is_named = false;
    for (uint32_t i = 0; i < pattern_count; i++) {
        Str pattern = patterns[i].text;
        if (cut_front(&pattern, STR("-"))) {
            if (fits(&name, pattern)) {
                return false;
            }
        } else {
            has_positive = true;
            is_named = is_named || fits(&name, pattern);
        }
    }
    return is_named || !has_positive;
}
