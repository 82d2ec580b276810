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
    static const uint8_t CLASSES[128] = {
        ['0' ... '9'] = CLASS_NUMERIC, ['A' ... 'Z'] = CLASS_LETTER, ['a' ... 'z'] = CLASS_LETTER,
        ['_'] = CLASS_JOINER,          [':'] = CLASS_MID_LETTER,     [','] = CLASS_MID_NUMBER,
        [';'] = CLASS_MID_NUMBER,      ['.'] = CLASS_MID_BOTH,       ['\''] = CLASS_MID_BOTH,
    };
    return (WordClass)CLASSES[(unsigned char)c];
}

static bool is_ascii(char c)
{
    return (unsigned char)c < 0x80;
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
    WordClass class =
        is_ascii(text.ptr[*at]) ? ascii_class(text.ptr[(*at)++]) : class_of(utf8_next(text, at));
    for (size_t next = *at; next < text.len; *at = next) {
        if (is_ascii(text.ptr[next]) || class_of(utf8_next(text, &next)) != CLASS_EXTEND) {
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

static void append_word(Buffer *out, Str word)
{
    while (word.len > 0) {
        size_t end = word.len;
        if (end > TEXT_WORDS_LONGEST) { /* bytes: perhaps also characters */
            end = 0;
            for (size_t count = 0; end < word.len && count < TEXT_WORDS_LONGEST; count++) {
                (void)utf8_next(word, &end);
            }
        }
        buffer_append_byte(out, ' ');
        buffer_append(out, str_slice(word, 0, end));
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
            append_word(&out, str_slice(text, start, at));
        }
    }
    if (out.len > 0) {
        buffer_append_byte(&out, ' ');
    }
    Str words = str_copy(arena, buffer_str(&out));
    buffer_done(&out);
    return utf8_fold(arena, words);
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

/* ---- one place in a text of ASCII ---- */

/* Is there no boundary between text[at - 1] and text[at]? Their neighbours tell. */
static bool is_inside_word(Str text, size_t at)
{
    if (at == 0 || at >= text.len) {
        return false;
    }
    WordClass before = ascii_class(text.ptr[at - 1]);
    WordClass after = ascii_class(text.ptr[at]);
    return joins(before, after) ||
           (at > 1 && bridges(ascii_class(text.ptr[at - 2]), before, after)) ||
           (at + 1 < text.len && bridges(before, after, ascii_class(text.ptr[at + 1])));
}

bool text_words_around(Str text, size_t at, Str *word)
{
    size_t start = at;
    size_t end = at + 1;
    while (is_inside_word(text, start) && at - start <= TEXT_WORDS_LONGEST) {
        start--;
    }
    while (is_inside_word(text, end) && end - at <= TEXT_WORDS_LONGEST) {
        end++;
    }
    *word = str_slice(text, start, end);
    return end - start <= TEXT_WORDS_LONGEST;
}

/* So many neighbours on each side are looked at; the rest could be there. */
#define NEIGHBOURS 4

/* May the words follow one another from `at` on? Words of joiners alone do not count: whoever meets a joiner cannot tell. */
static bool may_follow(Str text, size_t at, Str words)
{
    size_t next = 0;
    Str word;
    for (int i = 0; i < NEIGHBOURS && text_words_next(words, &next, &word); i++) {
        while (at < text.len && !starts_word(ascii_class(text.ptr[at]))) {
            at++;
        }
        if (at < text.len && text.ptr[at] == '_') {
            return true;
        }
        if (!str_starts_with(str_slice(text, at, text.len), word)) {
            return false;
        }
        at += word.len;
    }
    return true;
}

/* The same of words that end before `at`. */
static bool may_precede(Str text, size_t at, Str words)
{
    for (int i = 0; i < NEIGHBOURS && words.len > 1; i++) {
        size_t from = words.len - 1;
        while (words.ptr[from - 1] != ' ') {
            from--;
        }
        Str word = str_slice(words, from, words.len - 1);
        words = str_slice(words, 0, from);
        while (at > 0 && !starts_word(ascii_class(text.ptr[at - 1]))) {
            at--;
        }
        if (at > 0 && text.ptr[at - 1] == '_') {
            return true;
        }
        if (!str_ends_with(str_slice(text, 0, at), word)) {
            return false;
        }
        at -= word.len;
    }
    return true;
}

bool text_words_may_stand(Str text, size_t at, Str phrase, Str word)
{
    Str around;
    if (!text_words_around(text, at, &around)) {
        return true;
    }
    size_t before = (size_t)(word.ptr - phrase.ptr);
    return around.ptr == text.ptr + at && around.len == word.len &&
           may_follow(text, at + word.len, str_slice(phrase, before + word.len, phrase.len)) &&
           may_precede(text, at, str_slice(phrase, 0, before));
}
