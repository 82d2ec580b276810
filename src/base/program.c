#include "base/program.h"

#include <link.h>
#include <sys/stat.h>

typedef struct Objects {
    HashStream *stream;
    bool failed;
} Objects;

static size_t padded(size_t size)
{
    return (size + 3) & ~(size_t)3;
}

/* The build id in a segment of notes; empty when there is none. */
static Str find_build_id(const char *notes, size_t size)
{
    ElfW(Nhdr) note;
    for (size_t at = 0; size - at >= sizeof note;) {
        memcpy(&note, notes + at, sizeof note);
        size_t name = at + sizeof note;
        size_t content = name + padded(note.n_namesz);
        size_t end = content + padded(note.n_descsz);
        if (end < at || end > size) {
            break;
        }
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof ELF_NOTE_GNU &&
            memcmp(notes + name, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0) {
            return (Str){notes + content, note.n_descsz};
        }
        at = end;
    }
    return (Str){0};
}

/* The program itself has no name here. */
static bool add_file(HashStream *stream, const char *path)
{
    struct stat status;
    if (stat(path[0] == '\0' ? "/proc/self/exe" : path, &status) != 0) {
        return false;
    }
    hash_stream_add(stream, str_from_c(path));
    hash_stream_add(stream, (Str){(const char *)&status.st_size, sizeof status.st_size});
    hash_stream_add(stream, (Str){(const char *)&status.st_mtim, sizeof status.st_mtim});
    return true;
}

static int add_object(struct dl_phdr_info *object, size_t size, void *context)
{
    (void)size;
    Objects *objects = context;
    Str id = {0};
    for (size_t i = 0; i < object->dlpi_phnum && id.len == 0; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type == PT_NOTE) {
            const char *notes = (const char *)(object->dlpi_addr + segment->p_vaddr); /* NOLINT */
            id = find_build_id(notes, segment->p_memsz);
        }
    }
    if (id.len > 0) {
        hash_stream_add(objects->stream, id);
    } else {
        objects->failed |= !add_file(objects->stream, object->dlpi_name);
    }
    return 0;
}

bool program_hash(HashStream *stream)
{
    Objects objects = {.stream = stream};
    dl_iterate_phdr(add_object, &objects);
    return !objects.failed;
}
