#include "detect/match_documents.h"

#include "base/heap.h"
#include "detect/detect.h"

#ifdef SHRIKE_TINY
#define KEPT_BYTES ((uint64_t)200)
#else
#define KEPT_BYTES ((uint64_t)2 << 20)
#endif

struct MatchDocuments {
    InputDocuments inputs; /* of match_documents_new */
    DocumentSource source;
    const SequenceEvent *events;
    uint32_t count;
    bool all_stay;
    Arena *kept; /* the first document read, or all */
    const Document **documents;
    Arena *passing; /* any other */
    uint32_t passing_index;
    const Document *passing_document;
};

static bool read_input(void *context, const EventPlace *place, Arena *arena, Document *out,
                       Err *err)
{
    const InputDocuments *documents = context;
    return detect_recall(documents->input, place, documents->index, arena, out, err);
}

DocumentSource input_documents_source(InputDocuments *documents)
{
    return (DocumentSource){read_input, documents};
}

MatchDocuments *match_documents_new(InputSet *input, Str index)
{
    MatchDocuments *documents = match_documents_new_from(&(DocumentSource){0});
    documents->inputs = (InputDocuments){input, index};
    documents->source = input_documents_source(&documents->inputs);
    return documents;
}

MatchDocuments *match_documents_new_from(const DocumentSource *source)
{
    MatchDocuments *documents = HEAP_NEW(MatchDocuments);
    documents->source = *source;
    documents->kept = arena_new();
    documents->passing = arena_new();
    return documents;
}

void match_documents_free(MatchDocuments *documents)
{
    if (documents != NULL) {
        arena_free(documents->kept);
        arena_free(documents->passing);
        free(documents);
    }
}

void match_documents_set(MatchDocuments *documents, const SequenceEvent *events, uint32_t count)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        bytes += events[i].place.len;
    }
    arena_reset(documents->kept);
    arena_reset(documents->passing);
    documents->events = events;
    documents->count = count;
    documents->all_stay = bytes <= KEPT_BYTES;
    documents->documents = ARENA_MANY(documents->kept, const Document *, count);
    documents->passing_document = NULL;
}

static const Document *read_into(const MatchDocuments *documents, Arena *arena, uint32_t index,
                                 Err *err)
{
    Document *document = ARENA_NEW(arena, Document);
    const DocumentSource *source = &documents->source;
    bool read =
        source->read(source->context, &documents->events[index].place, arena, document, err);
    return read ? document : NULL;
}

static bool is_first(const MatchDocuments *documents, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++) {
        if (!documents->events[i].missing) {
            return false;
        }
    }
    return true;
}

const Document *match_documents_get(MatchDocuments *documents, uint32_t index, Err *err)
{
    assert(index < documents->count && !documents->events[index].missing);
    if (documents->documents[index] != NULL) {
        return documents->documents[index];
    }
    if (documents->all_stay || is_first(documents, index)) {
        documents->documents[index] = read_into(documents, documents->kept, index, err);
        return documents->documents[index];
    }
    if (documents->passing_document == NULL || documents->passing_index != index) {
        arena_reset(documents->passing);
        documents->passing_index = index;
        documents->passing_document = read_into(documents, documents->passing, index, err);
    }
    return documents->passing_document;
}

bool match_documents_values(MatchDocuments *documents, uint32_t index, const Field *field,
                            Arena *arena, Values *out, Err *err)
{
    const Document *document = match_documents_get(documents, index, err);
    if (document == NULL) {
        return false;
    }
    *out = document_values(arena, document, field);
    for (uint32_t i = 0; i < out->count; i++) {
        if (out->items[i].kind == VALUE_STRING) {
            out->items[i].text = str_copy(arena, out->items[i].text);
        }
    }
    return true;
}
