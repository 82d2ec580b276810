#include "unit.h"

#include "base/image.h"

enum { THINGS };

typedef enum Colour { RED, GREEN } Colour;

typedef struct Part {
    Str name;
    uint32_t thing; /* below THINGS */
} Part;

typedef struct Whole Whole;
struct Whole {
    bool flag;
    Colour colour;
    uint32_t number, other;
    int64_t wide;
    Str text;
    const char *word;
    Part inner;
    const Part *one;
    const Part *parts;
    uint32_t part_count;
    const Whole **children;
    uint32_t child_count;
    uint32_t pair_count;
    const Part *pairs; /* pair_count of them */
};

IMAGE_GUARD
IMAGE_ENUM(is_colour, Colour, case RED : case GREEN:)

static bool wide_fits(const ImageReader *reader, const void *object)
{
    (void)reader;
    return ((const Whole *)object)->wide != 13;
}

static const ImageMember PART_MEMBERS[] = {IMAGE_A_TEXT(Part, name),
                                           IMAGE_AN_ID(Part, thing, THINGS)};
static const ImageType PART = IMAGE_TYPE(Part, PART_MEMBERS);
static const ImageType WHOLE;
static const ImageMember WHOLE_MEMBERS[] = {
    IMAGE_A_BOOL(Whole, flag),
    IMAGE_A_CHOICE(Whole, colour, is_colour),
    IMAGE_A_NUMBER(Whole, number),
    IMAGE_AN_ID_OR_NONE(Whole, other, THINGS),
    IMAGE_A_WIDE(Whole, wide),
    IMAGE_A_TEXT(Whole, text),
    IMAGE_A_C_TEXT(Whole, word),
    IMAGE_AN_INNER(Whole, inner, &PART),
    IMAGE_A_ONE(Whole, one, &PART),
    IMAGE_A_LIST(Whole, parts, part_count, &PART),
    IMAGE_POINTERS_TO(Whole, children, child_count, &WHOLE),
    IMAGE_A_NUMBER(Whole, pair_count),
    IMAGE_LIMITS(Whole, pair_count, 1),
    IMAGE_AS_MANY_AS(Whole, pairs, 1, &PART),
};
static const ImageType WHOLE = {.size = sizeof(Whole),
                                .align = _Alignof(Whole),
                                .members = WHOLE_MEMBERS,
                                .count = ARRAY_LEN(WHOLE_MEMBERS),
                                .check = wide_fits};

static const Part PARTS[] = {{STR_INIT("first"), 0}, {STR_INIT(""), 2}, {STR_INIT("first"), 1}};

static Whole child = {.word = "", .other = UINT32_MAX, .colour = RED};

static Whole example(void)
{
    static const Whole *const CHILDREN[] = {&child, &child};
    return (Whole){.flag = true,
                   .colour = GREEN,
                   .number = 7,
                   .other = 1,
                   .wide = INT64_MIN,
                   .text = STR("a\0b"),
                   .word = "word",
                   .inner = PARTS[1],
                   .one = &PARTS[2],
                   .parts = PARTS,
                   .part_count = 3,
                   .children = (const Whole **)(uintptr_t)CHILDREN,
                   .child_count = 2,
                   .pair_count = 2,
                   .pairs = PARTS};
}

static Str image_of(Arena *arena, const Whole *whole)
{
    ImageWriter writer;
    Str image;
    image_writer_init(&writer, arena);
    image_put(&writer, &WHOLE, whole);
    assert_true(image_writer_done(&writer, &image));
    return image;
}

static bool read(Arena *arena, Str image, Whole *out)
{
    ImageReader reader;
    image_reader_init(&reader, arena, image);
    reader.limits[THINGS] = 3;
    *out = (Whole){0};
    image_get(&reader, &WHOLE, out);
    return image_reader_done(&reader);
}

TEST(what_was_written_is_read)
{
    Arena *arena = arena_new();
    Whole before = example();
    Whole after;
    assert_true(read(arena, image_of(arena, &before), &after));
    assert_true(after.flag);
    assert_int_equal(after.colour, GREEN);
    assert_int_equal(after.number, 7);
    assert_int_equal(after.other, 1);
    assert_true(after.wide == INT64_MIN);
    assert_true(str_equal(after.text, STR("a\0b")));
    assert_string_equal(after.word, "word");
    assert_int_equal(after.inner.thing, 2);
    assert_int_equal(after.one->thing, 1);
    assert_int_equal(after.part_count, 3);
    assert_true(str_equal(after.parts[0].name, STR("first")));
    assert_int_equal(after.child_count, 2);
    assert_int_equal(after.children[1]->other, UINT32_MAX);
    assert_null(after.children[0]->one);
    assert_null(after.children[0]->parts);
    assert_int_equal(after.pairs[1].thing, 2);
    arena_free(arena);
}

/* A limit that is told first takes no word, and so asks for none. */
TEST(a_list_may_end_with_the_last_word)
{
    typedef struct Bare {
        uint32_t number;
    } Bare;
    static const ImageMember MEMBERS[] = {IMAGE_NO_MORE_OF(1), IMAGE_A_NUMBER(Bare, number)};
    static const ImageType BARE = IMAGE_TYPE(Bare, MEMBERS);
    static const Bare BARES[] = {{7}, {8}};
    Arena *arena = arena_new();
    ImageWriter writer;
    ImageReader reader;
    Str image;
    uint32_t count = 0;
    image_writer_init(&writer, arena);
    image_put_many(&writer, &BARE, BARES, ARRAY_LEN(BARES));
    assert_true(image_writer_done(&writer, &image));
    image_reader_init(&reader, arena, image);
    const Bare *read = image_get_many(&reader, &BARE, &count);
    assert_true(image_reader_done(&reader));
    assert_int_equal(count, ARRAY_LEN(BARES));
    assert_int_equal(read[1].number, 8);
    arena_free(arena);
}

TEST(a_text_that_occurs_twice_is_kept_once)
{
    Arena *arena = arena_new();
    Whole whole = example();
    size_t size = image_of(arena, &whole).len;
    static char large[10000];
    whole.text = (Str){large, sizeof large};
    size_t once = image_of(arena, &whole).len;
    whole.inner.name = whole.text;
    assert_true(once > size + 9000);
    assert_true(image_of(arena, &whole).len < once + 100);
    arena_free(arena);
}

TEST(what_cannot_be_is_refused)
{
    Arena *arena = arena_new();
    Whole cases[5];
    Whole after;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        cases[i] = example();
    }
    cases[0].colour = (Colour)2;
    cases[1].inner.thing = 3;
    cases[2].other = 3;
    cases[3].wide = 13;
    cases[4].pair_count = 0; /* as many as the limit says: none, and all is fine */
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(read(arena, image_of(arena, &cases[i]), &after), i == 4);
    }
    arena_free(arena);
}

TEST(any_bytes_are_read_to_an_end)
{
    Arena *arena = arena_new();
    Whole whole = example();
    Whole after;
    Str image = image_of(arena, &whole);
    char *bytes = ARENA_MANY(arena, char, image.len + 1);
    for (size_t len = 0; len < image.len; len++) {
        memcpy(bytes, image.ptr, len);
        assert_false(read(arena, (Str){bytes, len}, &after));
    }
    memcpy(bytes, image.ptr, image.len);
    assert_false(read(arena, (Str){bytes, image.len + 1}, &after)); /* a byte too many */
    static const uint8_t FLIPS[] = {1, 2, 4, 0x80, 0xff};
    size_t refused = 0;
    for (size_t at = 0; at < image.len; at++) {
        for (size_t i = 0; i < ARRAY_LEN(FLIPS); i++) {
            memcpy(bytes, image.ptr, image.len);
            bytes[at] = (char)(bytes[at] ^ FLIPS[i]);
            refused += !read(arena, (Str){bytes, image.len}, &after);
        }
    }
    assert_true(refused > image.len * 2);
    arena_free(arena);
}

TEST(what_is_nested_too_deep_is_neither_written_nor_read)
{
    Arena *arena = arena_new();
    Whole levels[IMAGE_MAX_DEPTH + 1];
    const Whole *children[IMAGE_MAX_DEPTH + 1];
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        levels[i] = child;
        levels[i].children = &children[i];
        levels[i].child_count = i > 0;
        children[i] = i > 0 ? &levels[i - 1] : NULL;
    }
    ImageWriter writer;
    Str image;
    Whole after;
    /* The innermost has a part in it. */
    assert_true(read(arena, image_of(arena, &levels[IMAGE_MAX_DEPTH - 2]), &after));
    image_writer_init(&writer, arena);
    image_put(&writer, &WHOLE, &levels[IMAGE_MAX_DEPTH]);
    assert_false(image_writer_done(&writer, &image));
    arena_free(arena);
}

RUN_TESTS(CASE(what_was_written_is_read), CASE(a_list_may_end_with_the_last_word),
          CASE(a_text_that_occurs_twice_is_kept_once), CASE(what_cannot_be_is_refused),
          CASE(any_bytes_are_read_to_an_end),
          CASE(what_is_nested_too_deep_is_neither_written_nor_read))
