#include "base/image.h"

/* counts of texts and words, the bytes of all texts; then the texts' lengths, the words, the texts */
typedef struct Header {
    uint32_t text_count;
    uint32_t word_count;
    uint64_t text_bytes;
} Header;

typedef uint32_t Word32;

static void put_str(ImageWriter *writer, const void *object)
{
    image_put_text(writer, *(const Str *)object);
}

static void get_str(ImageReader *reader, void *object)
{
    *(Str *)object = image_get_text(reader);
}

const ImageType IMAGE_STR = IMAGE_TYPE_BY(Str, put_str, get_str);

/* ---- writing ---- */

void image_writer_init(ImageWriter *writer, Arena *arena)
{
    *writer = (ImageWriter){
        .arena = arena, .texts = table_new(arena), .words = {.limit = IMAGE_MAX_BYTES}};
}

void image_put_number(ImageWriter *writer, uint32_t number)
{
    buffer_append(&writer->words, (Str){(const char *)&number, sizeof number});
}

void image_put_wide(ImageWriter *writer, uint64_t number)
{
    buffer_append(&writer->words, (Str){(const char *)&number, sizeof number});
}

void image_put_text(ImageWriter *writer, Str text)
{
    image_put_number(writer, table_add(writer->texts, text));
}

bool image_writer_enter(ImageWriter *writer)
{
    writer->failed |= writer->depth == IMAGE_MAX_DEPTH;
    writer->depth += !writer->failed;
    return !writer->failed;
}

void image_writer_leave(ImageWriter *writer)
{
    writer->depth--;
}

static void put_items(ImageWriter *writer, const ImageType *type, const void *items, uint32_t count)
{
    for (uint32_t i = 0; i < count && !writer->failed; i++) {
        image_put(writer, type, (const char *)items + i * type->size);
    }
}

/* `pointers`: an array of pointers of any type. */
static void put_pointers(ImageWriter *writer, const ImageType *type, const char *pointers,
                         uint32_t count)
{
    image_put_number(writer, count);
    for (uint32_t i = 0; i < count; i++) {
        const void *pointer = NULL;
        memcpy(&pointer, pointers + i * sizeof pointer, sizeof pointer);
        image_put(writer, type, pointer);
    }
}

static void put_member(ImageWriter *writer, const ImageMember *member, const void *object)
{
    const char *place = (const char *)object + member->offset;
    const void *pointer = NULL;
    uint32_t count = 0;
    switch (member->kind) {
    case IMAGE_BOOL: image_put_number(writer, *(const bool *)place); return;
    case IMAGE_CHOICE:
    case IMAGE_ID:
    case IMAGE_ID_OR_NONE:
    case IMAGE_NUMBER: image_put_number(writer, *(const uint32_t *)(const void *)place); return;
    case IMAGE_WIDE: image_put_wide(writer, *(const uint64_t *)(const void *)place); return;
    case IMAGE_TEXT: image_put_text(writer, *(const Str *)(const void *)place); return;
    case IMAGE_C_TEXT:
        memcpy(&pointer, place, sizeof pointer);
        image_put_text(writer, str_from_c(pointer));
        return;
    case IMAGE_INNER: image_put(writer, member->type, place); return;
    case IMAGE_ONE:
        memcpy(&pointer, place, sizeof pointer);
        image_put_many(writer, member->type, pointer, pointer != NULL);
        return;
    case IMAGE_LIST:
        memcpy(&pointer, place, sizeof pointer);
        memcpy(&count, (const char *)object + member->count_offset, sizeof count);
        image_put_many(writer, member->type, pointer, count);
        return;
    case IMAGE_POINTERS:
        memcpy(&pointer, place, sizeof pointer);
        memcpy(&count, (const char *)object + member->count_offset, sizeof count);
        put_pointers(writer, member->type, pointer, count);
        return;
    case IMAGE_AS_MANY:
        memcpy(&pointer, place, sizeof pointer);
        put_items(writer, member->type, pointer, writer->limits[member->bound]);
        return;
    case IMAGE_LIMIT: memcpy(&writer->limits[member->bound], place, sizeof count); return;
    case IMAGE_NO_MORE: writer->limits[member->bound] = 0; return;
    }
}

void image_put(ImageWriter *writer, const ImageType *type, const void *object)
{
    if (!image_writer_enter(writer)) {
        return;
    }
    if (type->put != NULL) {
        type->put(writer, object);
    }
    for (uint32_t i = 0; i < type->count; i++) {
        put_member(writer, &type->members[i], object);
    }
    image_writer_leave(writer);
}

void image_put_many(ImageWriter *writer, const ImageType *type, const void *items, uint32_t count)
{
    image_put_number(writer, count);
    put_items(writer, type, items, count);
}

bool image_writer_done(ImageWriter *writer, Str *out)
{
    Header header = {.text_count = table_count(writer->texts),
                     .word_count = (uint32_t)(writer->words.len / sizeof(Word32))};
    for (uint32_t i = 0; i < header.text_count; i++) {
        header.text_bytes += table_text(writer->texts, i).len;
    }
    size_t size = sizeof header + header.text_count * sizeof(Word32) + writer->words.len;
    bool fine = !writer->failed && !writer->words.overflowed && size <= IMAGE_MAX_BYTES &&
                header.text_bytes <= IMAGE_MAX_BYTES - size;
    if (fine) {
        size += header.text_bytes;
        char *bytes = ARENA_MANY(writer->arena, char, size);
        *out = (Str){bytes, size};
        bytes = mempcpy(bytes, &header, sizeof header);
        for (uint32_t i = 0; i < header.text_count; i++) {
            Word32 len = (Word32)table_text(writer->texts, i).len;
            bytes = mempcpy(bytes, &len, sizeof len);
        }
        bytes =
            writer->words.len == 0 ? bytes : mempcpy(bytes, writer->words.ptr, writer->words.len);
        for (uint32_t i = 0; i < header.text_count; i++) {
            Str text = table_text(writer->texts, i);
            bytes = mempcpy(bytes, text.ptr, text.len);
        }
    }
    buffer_done(&writer->words);
    return fine;
}

/* ---- reading ---- */

void image_reader_fail(ImageReader *reader)
{
    reader->failed = true;
    reader->at = reader->end;
}

static const Str *find_texts(Arena *arena, const char *lens, const char *bytes, size_t left,
                             uint32_t count)
{
    Str *texts = ARENA_MANY(arena, Str, count);
    for (uint32_t i = 0; i < count; i++) {
        Word32 len;
        memcpy(&len, lens + i * sizeof len, sizeof len);
        if (len > left) {
            return NULL;
        }
        texts[i] = (Str){bytes, len};
        bytes += len;
        left -= len;
    }
    return left == 0 ? texts : NULL;
}

void image_reader_init(ImageReader *reader, Arena *arena, Str bytes)
{
    *reader = (ImageReader){.arena = arena};
    Header header = {0};
    if (bytes.len >= sizeof header && bytes.len <= IMAGE_MAX_BYTES) {
        memcpy(&header, bytes.ptr, sizeof header);
    }
    uint64_t words = (uint64_t)header.text_count + header.word_count;
    if (bytes.len < sizeof header || words > (bytes.len - sizeof header) / sizeof(Word32) ||
        header.text_bytes != bytes.len - sizeof header - words * sizeof(Word32)) {
        image_reader_fail(reader);
        return;
    }
    const char *lens = bytes.ptr + sizeof header;
    const char *first = lens + header.text_count * sizeof(Word32);
    const char *end = first + header.word_count * sizeof(Word32);
    reader->texts = find_texts(arena, lens, end, header.text_bytes, header.text_count);
    if (reader->texts == NULL) {
        image_reader_fail(reader);
        return;
    }
    reader->text_count = header.text_count;
    reader->at = first;
    reader->end = end;
}

uint32_t image_get_number(ImageReader *reader)
{
    Word32 word = 0;
    if ((size_t)(reader->end - reader->at) < sizeof word) {
        image_reader_fail(reader);
        return 0;
    }
    memcpy(&word, reader->at, sizeof word);
    reader->at += sizeof word;
    return word;
}

uint64_t image_get_wide(ImageReader *reader)
{
    uint64_t low = image_get_number(reader);
    return low | (uint64_t)image_get_number(reader) << 32;
}

Str image_get_text(ImageReader *reader)
{
    uint32_t index = image_get_number(reader);
    if (index >= reader->text_count) {
        image_reader_fail(reader);
        return STR("");
    }
    return reader->texts[index];
}

bool image_reader_enter(ImageReader *reader)
{
    if (reader->depth == IMAGE_MAX_DEPTH) {
        image_reader_fail(reader);
    }
    reader->depth += !reader->failed;
    return !reader->failed;
}

void image_reader_leave(ImageReader *reader)
{
    reader->depth--;
}

static uint32_t get_below(ImageReader *reader, uint32_t bound)
{
    uint32_t number = image_get_number(reader);
    if (number < bound) {
        return number;
    }
    image_reader_fail(reader);
    return 0;
}

static uint32_t get_choice(ImageReader *reader, bool (*is_known)(uint32_t value))
{
    uint32_t choice = image_get_number(reader);
    if (is_known(choice)) {
        return choice;
    }
    image_reader_fail(reader);
    return 0;
}

static uint32_t get_id_or_none(ImageReader *reader, uint32_t limit)
{
    uint32_t id = image_get_number(reader);
    if (id < limit || id == UINT32_MAX) {
        return id;
    }
    image_reader_fail(reader);
    return UINT32_MAX;
}

/* Whether so many can be there, each taking a word at least for each of its members: else it is not asked for memory. */
static bool can_hold(ImageReader *reader, const ImageType *type, uint32_t count)
{
    size_t left = (size_t)(reader->end - reader->at) / sizeof(Word32);
    uint32_t least = 0;
    for (uint32_t i = 0; i < type->count; i++) {
        least += type->members[i].kind < IMAGE_AS_MANY;
    }
    if (count > left / (least + (least == 0))) {
        image_reader_fail(reader);
    }
    return !reader->failed && count > 0;
}

static void *get_items(ImageReader *reader, const ImageType *type, uint32_t count)
{
    if (!can_hold(reader, type, count)) {
        return NULL;
    }
    char *items = arena_alloc(reader->arena, count, type->size, type->align);
    for (uint32_t i = 0; i < count && !reader->failed; i++) {
        image_get(reader, type, items + i * type->size);
    }
    return items;
}

void *image_get_many(ImageReader *reader, const ImageType *type, uint32_t *count)
{
    uint32_t wanted = image_get_number(reader);
    void *items = get_items(reader, type, wanted);
    *count = items == NULL ? 0 : wanted;
    return items;
}

static void *get_pointers(ImageReader *reader, const ImageType *type, uint32_t *count)
{
    *count = image_get_number(reader);
    if (!can_hold(reader, type, *count)) {
        *count = 0;
        return NULL;
    }
    char *pointers = (char *)ARENA_MANY(reader->arena, void *, *count);
    for (uint32_t i = 0; i < *count && !reader->failed; i++) {
        const void *pointer = get_items(reader, type, 1);
        memcpy(pointers + i * sizeof pointer, &pointer, sizeof pointer);
    }
    return pointers;
}

static void get_member(ImageReader *reader, const ImageMember *member, void *object)
{
    char *place = (char *)object + member->offset;
    const void *pointer = NULL;
    uint32_t count = 0;
    switch (member->kind) {
    case IMAGE_BOOL: *(bool *)place = get_below(reader, 2) != 0; return;
    case IMAGE_CHOICE: *(uint32_t *)(void *)place = get_choice(reader, member->is_known); return;
    case IMAGE_ID:
        *(uint32_t *)(void *)place = get_below(reader, reader->limits[member->bound]);
        return;
    case IMAGE_ID_OR_NONE:
        *(uint32_t *)(void *)place = get_id_or_none(reader, reader->limits[member->bound]);
        return;
    case IMAGE_NUMBER: *(uint32_t *)(void *)place = image_get_number(reader); return;
    case IMAGE_WIDE: *(uint64_t *)(void *)place = image_get_wide(reader); return;
    case IMAGE_TEXT: *(Str *)(void *)place = image_get_text(reader); return;
    case IMAGE_C_TEXT: pointer = str_to_c(reader->arena, image_get_text(reader)); break;
    case IMAGE_INNER: image_get(reader, member->type, place); return;
    case IMAGE_ONE: pointer = get_items(reader, member->type, get_below(reader, 2)); break;
    case IMAGE_LIST:
        pointer = image_get_many(reader, member->type, &count);
        memcpy((char *)object + member->count_offset, &count, sizeof count);
        break;
    case IMAGE_POINTERS:
        pointer = get_pointers(reader, member->type, &count);
        memcpy((char *)object + member->count_offset, &count, sizeof count);
        break;
    case IMAGE_AS_MANY:
        pointer = get_items(reader, member->type, reader->limits[member->bound]);
        break;
    case IMAGE_LIMIT: memcpy(&reader->limits[member->bound], place, sizeof count); return;
    case IMAGE_NO_MORE: reader->limits[member->bound] = 0; return;
    }
    memcpy(place, &pointer, sizeof pointer);
}

void image_get(ImageReader *reader, const ImageType *type, void *object)
{
    if (!image_reader_enter(reader)) {
        return;
    }
    if (type->get != NULL) {
        type->get(reader, object);
    }
    for (uint32_t i = 0; i < type->count; i++) {
        get_member(reader, &type->members[i], object);
    }
    if (type->check != NULL && !reader->failed && !type->check(reader, object)) {
        image_reader_fail(reader);
    }
    image_reader_leave(reader);
}

bool image_reader_done(const ImageReader *reader)
{
    return !reader->failed && reader->at == reader->end;
}
