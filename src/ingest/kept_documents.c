#include "ingest/kept_documents.h"

#include "base/heap.h"
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"

#ifdef SHRIKE_TINY
#define FIRST_SLOTS ((size_t)2)
#else
#define FIRST_SLOTS ((size_t)1024)
#endif

typedef struct Slot {
    uint64_t offset; /* in the input */
    uint64_t at;     /* in the file, from 1; 0 = free */
    uint32_t input;
    uint32_t len;
} Slot;

struct KeptDocuments {
    int fd; /* -1: none yet */
    uint64_t file_bytes;
    Slot *slots;
    size_t slot_count; /* a power of two */
    size_t used;
};

KeptDocuments *kept_documents_new(void)
{
    KeptDocuments *kept = HEAP_NEW(KeptDocuments);
    *kept =
        (KeptDocuments){.fd = -1, .slots = HEAP_MANY(Slot, FIRST_SLOTS), .slot_count = FIRST_SLOTS};
    return kept;
}

void kept_documents_free(KeptDocuments *kept)
{
    if (kept == NULL) {
        return;
    }
    if (kept->fd >= 0) {
        close(kept->fd);
    }
    free(kept->slots);
    free(kept);
}

/* Where the document is, or the free slot where it would be. */
static Slot *find(const KeptDocuments *kept, uint32_t input, uint64_t offset)
{
    size_t mask = kept->slot_count - 1;
    for (size_t i = (size_t)hash_mix(input, offset);; i++) {
        Slot *slot = &kept->slots[i & mask];
        if (slot->at == 0 || (slot->offset == offset && slot->input == input)) {
            return slot;
        }
    }
}

static void grow(KeptDocuments *kept)
{
    Slot *old = kept->slots;
    size_t count = kept->slot_count;
    kept->slot_count *= 2;
    kept->slots = HEAP_MANY(Slot, kept->slot_count);
    for (size_t i = 0; i < count; i++) {
        if (old[i].at != 0) {
            *find(kept, old[i].input, old[i].offset) = old[i];
        }
    }
    free(old);
}

bool kept_documents_add(KeptDocuments *kept, const EventPlace *place, Str text, Err *err)
{
    if (find(kept, place->input, place->offset)->at != 0) {
        return true;
    }
    if (kept->fd < 0) {
        kept->fd = file_open_temporary(err);
        if (kept->fd < 0) {
            return false;
        }
    }
    if (!file_write_all(kept->fd, text, err)) {
        return err_wrap(err, "temporary file for events");
    }
    if (kept->used >= kept->slot_count / 2) {
        grow(kept);
    }
    *find(kept, place->input, place->offset) = (Slot){.offset = place->offset,
                                                      .at = kept->file_bytes + 1,
                                                      .input = place->input,
                                                      .len = (uint32_t)text.len};
    kept->used++;
    kept->file_bytes += text.len;
    return true;
}

bool kept_documents_read(const KeptDocuments *kept, const EventPlace *place, Buffer *out, Err *err)
{
    const Slot *slot = find(kept, place->input, place->offset);
    if (slot->at == 0) {
        return err_set(err, ERR_IO, "the event was not kept");
    }
    char *to = buffer_reserve(out, slot->len);
    if (to == NULL) {
        return err_set(err, ERR_LIMIT, "the event has %u bytes, more than there is room for",
                       slot->len);
    }
    if (!file_pread(kept->fd, to, slot->len, slot->at - 1, err)) {
        return err_wrap(err, "temporary file for events");
    }
    out->len += slot->len;
    return true;
}
