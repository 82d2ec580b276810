#include "base/text_words.h"

#include <utf8proc.h>

#include "base/buffer.h"
#include "base/utf8.h"

/* UAX #29's classes, as far as they differ here. */
typedef enum WordClass {
    CLASS_OTHER,
    CLASS_LETTER,
    CLASS_NUMERIC,
    CLASS_JOINER,     /* ExtendNumLet: "_" */
    CLASS_MID_LETTER, /* ":" */
    CLASS_MID_NUMBER, /* "," ";" */
    CLASS_MID_BOTH,   /* "." "'" */
    CLASS_EXTEND,     /* marks and format characters: part of what they follow */
    CLASS_KATAKANA,
    CLASS_ALONE, /* ideographs, hiragana */
} WordClass;

typedef struct Range {
    uint32_t first, last;
    WordClass class;
} Range;

static bool is_in(const Range *range, uint32_t code_point)
{
    return code_point >= range->first && code_point <= range->last;
}

/* What the general categories do not tell. */
static bool special_class(uint32_t code_point, WordClass *class)
{
    static const Range RANGES[] = {
        {0x00b7, 0x00b7, CLASS_MID_LETTER}, {0x2018, 0x2019, CLASS_MID_BOTH},
        {0x2024, 0x2024, CLASS_MID_BOTH},   {0x2027, 0x2027, CLASS_MID_LETTER},
        {0x203f, 0x2040, CLASS_JOINER},     {0x2054, 0x2054, CLASS_JOINER},
        {0x3005, 0x3007, CLASS_ALONE},      {0x3021, 0x3029, CLASS_ALONE},
        {0x3031, 0x3035, CLASS_KATAKANA},   {0x3041, 0x3096, CLASS_ALONE},
        {0x309b, 0x309c, CLASS_KATAKANA},   {0x309d, 0x309f, CLASS_ALONE},
        {0x30a0, 0x30fa, CLASS_KATAKANA},   {0x30fc, 0x30ff, CLASS_KATAKANA},
        {0x31f0, 0x31ff, CLASS_KATAKANA},   {0x3400, 0x4dbf, CLASS_ALONE},
        {0x4e00, 0x9fff, CLASS_ALONE},      {0xf900, 0xfaff, CLASS_ALONE},
        {0xfe13, 0xfe13, CLASS_MID_LETTER}, {0xfe33, 0xfe34, CLASS_JOINER},
        {0xfe4d, 0xfe4f, CLASS_JOINER},     {0xfe52, 0xfe52, CLASS_MID_BOTH},
        {0xff07, 0xff07, CLASS_MID_BOTH},   {0xff0e, 0xff0e, CLASS_MID_BOTH},
        {0xff3f, 0xff3f, CLASS_JOINER},     {0xff66, 0xff9d, CLASS_KATAKANA},
        {0x20000, 0x3ffff, CLASS_ALONE},
    };
    for (size_t i = 0; i < ARRAY_LEN(RANGES) && code_point >= RANGES[i].first; i++) {
        if (is_in(&RANGES[i], code_point)) {
            *class = RANGES[i].class;
            return true;
        }
    }
    return false;
}

static WordClass ascii_class(char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        return CLASS_LETTER;
    }
    if (c >= '0' && c <= '9') {
        return CLASS_NUMERIC;
    }
    switch (c) {
    case '_': return CLASS_JOINER;
    case ':': return CLASS_MID_LETTER;
    case ',':
    case ';': return CLASS_MID_NUMBER;
    case '.':
    case '\'': return CLASS_MID_BOTH;
    default: return CLASS_OTHER;
    }
}

static WordClass class_of(uint32_t code_point)
{
    WordClass class = CLASS_OTHER;
    if (code_point < 0x80) {
        return ascii_class((char)code_point);
    }
    if (special_class(code_point, &class)) {
        return class;
    }
    switch (utf8proc_category((utf8proc_int32_t)code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_NL: return CLASS_LETTER;
    case UTF8PROC_CATEGORY_ND: return CLASS_NUMERIC;
    case UTF8PROC_CATEGORY_PC: return CLASS_JOINER;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF: return CLASS_EXTEND;
    default: return CLASS_OTHER;
    }
}

/* The class of what stands at *at, and *at behind it and all marks on it. CLASS_OTHER at the end. */
static WordClass next_class(Str text, size_t *at)
{
    if (*at >= text.len) {
        return CLASS_OTHER;
    }
    WordClass class = class_of(utf8_next(text, at));
    for (size_t next = *at; next < text.len; *at = next) {
        if ((unsigned char)text.ptr[next] < 0x80 ||
            class_of(utf8_next(text, &next)) != CLASS_EXTEND) {
            break;
        }
    }
    return class;
}

static bool joins(WordClass before, WordClass after)
{
    if (before == CLASS_KATAKANA || after == CLASS_KATAKANA) {
        return (before == CLASS_JOINER || after == CLASS_JOINER || before == after);
    }
    return (before == CLASS_LETTER || before == CLASS_NUMERIC || before == CLASS_JOINER) &&
           (after == CLASS_LETTER || after == CLASS_NUMERIC || after == CLASS_JOINER);
}

/* "a.b", "1,5": what holds two of a kind together. */
static bool bridges(WordClass before, WordClass between, WordClass after)
{
    if (before != after) {
        return false;
    }
    return between == CLASS_MID_BOTH     ? before == CLASS_LETTER || before == CLASS_NUMERIC
           : between == CLASS_MID_LETTER ? before == CLASS_LETTER
                                         : between == CLASS_MID_NUMBER && before == CLASS_NUMERIC;
}

/* The end of the word whose first character, of `class`, ends at `at`; *counts when there is more to it than joiners. */
static size_t word_end(Str text, size_t at, WordClass class, bool *counts)
{
    *counts = class != CLASS_JOINER;
    while (class != CLASS_ALONE) {
        size_t next = at;
        WordClass after = next_class(text, &next);
        if (!joins(class, after)) {
            WordClass between = after;
            after = next_class(text, &next);
            if (!bridges(class, between, after)) {
                break;
            }
        }
        *counts = *counts || after != CLASS_JOINER;
        class = after;
        at = next;
    }
    return at;
}

static bool starts_word(WordClass class)
{
    return class == CLASS_LETTER || class == CLASS_NUMERIC || class == CLASS_JOINER ||
           class == CLASS_KATAKANA || class == CLASS_ALONE;
}

static void append_word(Buffer *out, Arena *arena, Str word)
{
    while (word.len > 0) {
        size_t end = 0;
        for (size_t characters = 0; end < word.len && characters < TEXT_WORDS_LONGEST;
             characters++) {
            (void)utf8_next(word, &end);
        }
        buffer_append_byte(out, ' ');
        buffer_append(out, utf8_fold(arena, str_slice(word, 0, end)));
        word = str_slice(word, end, word.len);
    }
}

Str text_words_of(Arena *arena, Str text)
{
    Buffer out = {0};
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        WordClass class = next_class(text, &at);
        if (!starts_word(class)) {
            continue;
        }
        bool counts = false;
        at = word_end(text, at, class, &counts);
        if (counts) {
            append_word(&out, arena, str_slice(text, start, at));
        }
    }
    if (out.len > 0) {
        buffer_append_byte(&out, ' ');
    }
    Str words = str_copy(arena, buffer_str(&out));
    buffer_done(&out);
    return words;
}

bool text_words_next(Str words, size_t *at, Str *word)
{
    size_t end = 0;
    if (!str_find_byte(words, ' ', *at + 1, &end)) {
        return false;
    }
    *word = str_slice(words, *at + 1, end);
    *at = end;
    return true;
}

bool text_words_hold(Str words, Str phrase)
{
    size_t at = 0;
    return phrase.len > 0 && str_find(words, phrase, 0, &at);
}
