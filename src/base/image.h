#pragma once
/* Image: structures as bytes and back, by a table that says what their members are. For what is kept on
 * disk to save the making of it anew: an image is read by the program that wrote it, never by another.
 *
 * Form         words of 32 bits in the order of the tables; texts stand apart, each of them once, and
 *              words name them by number.
 * Trust        none: whatever bytes it is given, the reader ends, allocates no more than a few times their
 *              size, and makes only structures whose every text, list, choice and number of another
 *              structure is there. What members mean together, whoever knows it checks.
 * Failures     stick, in the writer (what is nested deeper than IMAGE_MAX_DEPTH or larger than
 *              IMAGE_MAX_BYTES) as in the reader; ask at the end.
 * Lifetimes    what is read lives in the reader's arena, its texts in the bytes. */

#include "base/buffer.h"
#include "base/table.h"

#define IMAGE_MAX_DEPTH  300
#define IMAGE_MAX_BYTES  ((size_t)256 << 20)
#define IMAGE_MAX_LIMITS 8

typedef struct ImageWriter {
    Arena *arena;
    const void *context; /* the caller's, for types that need to know more */
    Table *texts;
    Buffer words;
    uint32_t limits[IMAGE_MAX_LIMITS];
    uint32_t depth;
    bool failed;
} ImageWriter;

typedef struct ImageReader {
    Arena *arena;
    const void *context;
    const Str *texts;
    uint32_t text_count;
    const char *at, *end;              /* the words that are left */
    uint32_t limits[IMAGE_MAX_LIMITS]; /* how many there are of what IDs number */
    uint32_t depth;
    bool failed;
} ImageReader;

typedef struct ImageType ImageType;

typedef enum ImageKind {
    IMAGE_BOOL,
    IMAGE_CHOICE,     /* an enum; `is_known` says which values it has */
    IMAGE_ID,         /* uint32_t below limits[bound] */
    IMAGE_ID_OR_NONE, /* or UINT32_MAX */
    IMAGE_NUMBER,     /* uint32_t */
    IMAGE_WIDE,       /* 64 bits, whatever they are */
    IMAGE_TEXT,       /* Str */
    IMAGE_C_TEXT,     /* const char *, never NULL */
    IMAGE_INNER,      /* a structure in place */
    IMAGE_ONE,        /* a pointer to one, or NULL */
    IMAGE_LIST,       /* a pointer to many, beside a uint32_t count */
    IMAGE_POINTERS,   /* a pointer to pointers to one each, none NULL, beside a uint32_t count */
    IMAGE_AS_MANY,    /* a pointer to limits[bound] of them */
    IMAGE_LIMIT,      /* no member: limits[bound] becomes the uint32_t that was read before */
    IMAGE_NO_MORE,    /* no member: limits[bound] becomes 0 */
} ImageKind;

typedef struct ImageMember {
    ImageKind kind;
    size_t offset;
    size_t count_offset; /* LIST, POINTERS */
    uint32_t bound;      /* ID, AS_MANY, LIMIT: which of the limits */
    bool (*is_known)(uint32_t value);
    const ImageType *type; /* INNER, ONE, LIST, POINTERS, AS_MANY */
} ImageMember;

struct ImageType {
    size_t size, align;
    const ImageMember *members;
    uint32_t count;
    /* Instead of members, for what is no plain list of them; both or none. */
    void (*put)(ImageWriter *writer, const void *object);
    void (*get)(ImageReader *reader, void *object);
    /* Of what was read: whether its members go together. NULL: they always do. */
    bool (*check)(const ImageReader *reader, const void *object);
};

#define IMAGE_TYPE(Type, table)                                            \
    {                                                                      \
        .size = sizeof(Type), .align = _Alignof(Type), .members = (table), \
        .count = ARRAY_LEN(table)                                          \
    }
#define IMAGE_TYPE_BY(Type, putter, getter)                                             \
    {                                                                                   \
        .size = sizeof(Type), .align = _Alignof(Type), .put = (putter), .get = (getter) \
    }

/* The offset of a member, which must be of that many bytes. */
#define IMAGE_AT(Type, member, bytes) \
    (offsetof(Type, member) + 0 * sizeof(char[sizeof(((Type *)0)->member) == (bytes) ? 1 : -1]))
#define IMAGE_POINTER_AT(Type, member) (offsetof(Type, member) + 0 * sizeof(*((Type *)0)->member))
#define IMAGE_A_BOOL(Type, member)                                         \
    {                                                                      \
        .kind = IMAGE_BOOL, .offset = IMAGE_AT(Type, member, sizeof(bool)) \
    }
#define IMAGE_A_NUMBER(Type, member)                              \
    {                                                             \
        .kind = IMAGE_NUMBER, .offset = IMAGE_AT(Type, member, 4) \
    }
#define IMAGE_A_WIDE(Type, member)                              \
    {                                                           \
        .kind = IMAGE_WIDE, .offset = IMAGE_AT(Type, member, 8) \
    }
#define IMAGE_A_TEXT(Type, member)                                        \
    {                                                                     \
        .kind = IMAGE_TEXT, .offset = IMAGE_AT(Type, member, sizeof(Str)) \
    }
#define IMAGE_A_C_TEXT(Type, member)                                           \
    {                                                                          \
        .kind = IMAGE_C_TEXT, .offset = IMAGE_AT(Type, member, sizeof(char *)) \
    }
#define IMAGE_A_CHOICE(Type, member, known)                                            \
    {                                                                                  \
        .kind = IMAGE_CHOICE, .offset = IMAGE_AT(Type, member, 4), .is_known = (known) \
    }
#define IMAGE_AN_ID(Type, member, limit)                                        \
    {                                                                           \
        .kind = IMAGE_ID, .offset = IMAGE_AT(Type, member, 4), .bound = (limit) \
    }
#define IMAGE_AN_ID_OR_NONE(Type, member, limit)                                        \
    {                                                                                   \
        .kind = IMAGE_ID_OR_NONE, .offset = IMAGE_AT(Type, member, 4), .bound = (limit) \
    }
#define IMAGE_AN_INNER(Type, member, of)                                    \
    {                                                                       \
        .kind = IMAGE_INNER, .offset = offsetof(Type, member), .type = (of) \
    }
#define IMAGE_A_ONE(Type, member, of)                                             \
    {                                                                             \
        .kind = IMAGE_ONE, .offset = IMAGE_POINTER_AT(Type, member), .type = (of) \
    }
#define IMAGE_A_LIST(Type, member, how_many, of)                      \
    {                                                                 \
        .kind = IMAGE_LIST, .offset = IMAGE_POINTER_AT(Type, member), \
        .count_offset = IMAGE_AT(Type, how_many, 4), .type = (of)     \
    }
#define IMAGE_AS_MANY_AS(Type, member, limit, of)                                          \
    {                                                                                      \
        .kind = IMAGE_AS_MANY, .offset = IMAGE_POINTER_AT(Type, member), .bound = (limit), \
        .type = (of)                                                                       \
    }
#define IMAGE_LIMITS(Type, member, limit)                                          \
    {                                                                              \
        .kind = IMAGE_LIMIT, .offset = IMAGE_AT(Type, member, 4), .bound = (limit) \
    }
#define IMAGE_NO_MORE_OF(limit)                 \
    {                                           \
        .kind = IMAGE_NO_MORE, .bound = (limit) \
    }
#define IMAGE_POINTERS_TO(Type, member, how_many, of)                         \
    {                                                                         \
        .kind = IMAGE_POINTERS,                                               \
        .offset = offsetof(Type, member) + 0 * sizeof(**((Type *)0)->member), \
        .count_offset = IMAGE_AT(Type, how_many, 4), .type = (of)             \
    }

/* Structures grow. Tables that do not grow with them would lose what is new in silence; so, once in each file
 * with tables, IMAGE_GUARD makes these errors in every build:
 * IMAGE_KNOWN(Type, a value for each member)   when the type has a member more: it belongs into the table of
 *                                              its type, then here;
 * IMAGE_ENUM(function, Type, case A: case B:)  when the enum has a value more. Defines an is_known. */
#define IMAGE_GUARD                                                  \
    _Pragma("GCC diagnostic error \"-Wmissing-field-initializers\"") \
        _Pragma("GCC diagnostic error \"-Wswitch\"")
#define IMAGE_KNOWN(Type, ...) \
    _Static_assert(sizeof((Type){__VA_ARGS__}) == sizeof(Type), "all members are in a table")
#define IMAGE_ENUM(function, Type, cases)                               \
    static bool function(uint32_t value)                                \
    {                                                                   \
        switch ((Type)value) {                                          \
            cases return true; /* NOLINT(bugprone-macro-parentheses) */ \
        }                                                               \
        return false;                                                   \
    }

extern const ImageType IMAGE_STR; /* for lists of texts */

void image_writer_init(ImageWriter *writer, Arena *arena);
void image_put_number(ImageWriter *writer, uint32_t number);
void image_put_wide(ImageWriter *writer, uint64_t number);
void image_put_text(ImageWriter *writer, Str text);
void image_put(ImageWriter *writer, const ImageType *type, const void *object);
void image_put_many(ImageWriter *writer, const ImageType *type, const void *items, uint32_t count);
/* The image, into the arena; false when it could not be written. Ends the writer. */
bool image_writer_done(ImageWriter *writer, Str *out) MUST_CHECK;

/* `bytes` are borrowed. */
void image_reader_init(ImageReader *reader, Arena *arena, Str bytes);
uint32_t image_get_number(ImageReader *reader);
uint64_t image_get_wide(ImageReader *reader);
Str image_get_text(ImageReader *reader);
void image_get(ImageReader *reader, const ImageType *type, void *object); /* zeroed before */
/* A count and so many; NULL for none. (A list whose items number each other is read one by one.) */
void *image_get_many(ImageReader *reader, const ImageType *type, uint32_t *count);
void image_reader_fail(ImageReader *reader); /* what was read cannot be */
/* A nested value begins; what calls itself calls these. False: deep enough. */
bool image_reader_enter(ImageReader *reader);
void image_reader_leave(ImageReader *reader);
bool image_writer_enter(ImageWriter *writer);
void image_writer_leave(ImageWriter *writer);
/* All was there, and nothing is left. */
bool image_reader_done(const ImageReader *reader) MUST_CHECK;
