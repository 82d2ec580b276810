#include "rule/rule_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/program.h"
#include "rule/rule_image.h"

#define SUFFIX     ".rules"
#define KEY_DIGITS 64
#define CHECK_SIZE 32

/* In front of the image. */
typedef struct Front {
    char magic[16];
    char key[KEY_DIGITS];
    char check[CHECK_SIZE]; /* hash_128_hex of the image */
} Front;

static const char MAGIC[sizeof((Front){0}.magic)] = "shrike rules 1\n";

Str rule_cache_folder(Arena *arena)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (cache != NULL && cache[0] == '/') { /* the standard: a relative one counts as none */
        return str_format(arena, "%s/shrike", cache);
    }
    return home == NULL || home[0] != '/' ? STR("") : str_format(arena, "%s/.cache/shrike", home);
}

bool rule_cache_begin_key(HashStream *key, Str mapping)
{
    hash_stream_begin(key);
    hash_stream_add(key, mapping);
    return program_hash(key);
}

/* ---- files ---- */

static bool is_ours_alone(const struct stat *status)
{
    return status->st_uid == geteuid() && (status->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* -1 and err->code ERR_NONE when it is not there. */
static int open_folder(Arena *arena, Str folder, Err *err)
{
    struct stat status;
    int fd = open(str_to_c(arena, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        return -1;
    }
    if (fd < 0 || fstat(fd, &status) != 0) {
        err_set(err, ERR_IO, "%.*s: %m", STR_ARG(folder));
    } else if (!is_ours_alone(&status)) {
        err_set(err, ERR_IO, "%.*s: not used: others can write to it", STR_ARG(folder));
    } else {
        return fd;
    }
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

static Str file_name(Arena *arena, const Hex *key)
{
    return str_format(arena, "%s" SUFFIX, key->text);
}

static bool read_front(int fd, const Hex *key, Front *front, size_t *size, Err *err)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || !is_ours_alone(&status)) {
        return err_set(err, ERR_IO, "not used: it is not a file of this user alone");
    }
    if (status.st_size < (off_t)sizeof *front ||
        status.st_size > (off_t)(sizeof *front + IMAGE_MAX_BYTES)) {
        return err_set(err, ERR_CORRUPT, "damaged");
    }
    *size = (size_t)status.st_size - sizeof *front;
    if (!file_pread(fd, front, sizeof *front, 0, err)) {
        return false;
    }
    if (memcmp(front->magic, MAGIC, sizeof MAGIC) != 0 ||
        memcmp(front->key, key->text, KEY_DIGITS) != 0) {
        return err_set(err, ERR_CORRUPT, "damaged");
    }
    return true;
}

static bool read_image(int fd, const Hex *key, Arena *arena, Str *image, Err *err)
{
    Front front;
    size_t size = 0;
    if (!read_front(fd, key, &front, &size, err)) {
        return false;
    }
    char *bytes = ARENA_MANY(arena, char, size);
    if (!file_pread(fd, bytes, size, sizeof front, err)) {
        return false;
    }
    *image = (Str){bytes, size};
    Hex check = hash_128_hex(*image);
    return memcmp(front.check, check.text, CHECK_SIZE) == 0 || err_set(err, ERR_CORRUPT, "damaged");
}

static bool load(int fd, const Hex *key, const Schema *schema, RuleList *list, RuleSet **set,
                 Err *err)
{
    Str image = {0};
    if (!read_image(fd, key, list->arena, &image, err)) {
        return false;
    }
    ImageReader reader;
    RuleList read = {.arena = list->arena, .value_lists = list->value_lists};
    image_reader_init(&reader, list->arena, image);
    if (!rule_image_get(&reader, schema, &read, set) || !image_reader_done(&reader)) {
        return err_set(err, ERR_CORRUPT, "damaged");
    }
    *list = read;
    return true;
}

bool rule_cache_load(Str folder, const Hex *key, const Schema *schema, RuleList *list,
                     RuleSet **set, Err *err)
{
    *err = (Err){0};
    int folder_fd = open_folder(list->arena, folder, err);
    if (folder_fd < 0) {
        return false;
    }
    Str name = file_name(list->arena, key);
    int fd = openat(folder_fd, name.ptr, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    bool there = fd >= 0 || errno != ENOENT;
    bool fine =
        fd >= 0 ? load(fd, key, schema, list, set, err) : there && err_set(err, ERR_IO, "%m");
    if (!fine && there) {
        err_wrap(err, "%.*s/%.*s", STR_ARG(folder), STR_ARG(name));
    }
    if (fine) {
        (void)futimens(
            fd, NULL); /* used now: the oldest go first; a disk that takes no writes is fine */
    }
    if (fd >= 0) {
        close(fd);
    }
    close(folder_fd);
    return fine;
}

/* ---- keeping ---- */

static bool make_folder(Arena *arena, Str folder, Err *err)
{
    /* What is above it, as far as it is missing, is made too: ~/.cache. */
    for (size_t at = 1; at <= folder.len; at++) {
        if ((at == folder.len || folder.ptr[at] == '/') &&
            mkdir(str_to_c(arena, str_slice(folder, 0, at)), 0700) != 0 && errno != EEXIST) {
            return err_set(err, ERR_IO, "%.*s: %m", STR_ARG(folder));
        }
    }
    return true;
}

typedef struct Kept {
    const char *name;
    uint64_t bytes;
    struct timespec used;
} Kept;

static int by_age(const void *a, const void *b)
{
    const Kept *left = a;
    const Kept *right = b;
    if (left->used.tv_sec != right->used.tv_sec) {
        return left->used.tv_sec < right->used.tv_sec ? -1 : 1;
    }
    return (left->used.tv_nsec > right->used.tv_nsec) - (left->used.tv_nsec < right->used.tv_nsec);
}

/* Also what a writer that died has left. */
static bool is_cache_file(const char *name)
{
    size_t digits = strspn(name, "0123456789abcdef");
    return digits == KEY_DIGITS && strncmp(name + digits, SUFFIX, strlen(SUFFIX)) == 0;
}

/* Removes the oldest files until all are within the bound. */
static void trim(int folder_fd)
{
    int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (folder == NULL) {
        return;
    }
    Arena *arena = arena_new();
    ARRAY(Kept) files = {0};
    uint64_t total = 0;
    struct stat status;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (is_cache_file(entry->d_name) &&
            fstatat(folder_fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
            const char *name = str_to_c(arena, str_from_c(entry->d_name));
            total += (uint64_t)status.st_size;
            ARRAY_PUSH(arena, &files, (Kept){name, (uint64_t)status.st_size, status.st_mtim});
        }
    }
    if (files.count > 0) {
        qsort(files.items, files.count, sizeof *files.items, by_age);
    }
    for (uint32_t i = 0; i < files.count && total > RULE_CACHE_MAX_BYTES; i++) {
        (void)unlinkat(folder_fd, files.items[i].name, 0);
        total -= files.items[i].bytes;
    }
    arena_free(arena);
    closedir(folder);
}

/* A file beside that nobody else has: its name ends in 16 random digits. */
static int open_beside(Arena *arena, int folder_fd, Str name, Str *beside)
{
    *beside =
        str_format(arena, "%.*s.%016llx", STR_ARG(name), (unsigned long long)hash_random_seed());
    return openat(folder_fd, beside->ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

static bool write_file(Arena *arena, int folder_fd, const Hex *key, Str image, Err *err)
{
    Front front = {0};
    Hex check = hash_128_hex(image);
    memcpy(front.magic, MAGIC, sizeof MAGIC);
    memcpy(front.key, key->text, KEY_DIGITS);
    memcpy(front.check, check.text, CHECK_SIZE);
    Str name = file_name(arena, key);
    Str beside;
    int fd = open_beside(arena, folder_fd, name, &beside);
    if (fd < 0) {
        return err_set(err, ERR_IO, "%m");
    }
    bool fine = file_write_all(fd, (Str){(const char *)&front, sizeof front}, err) &&
                file_write_all(fd, image, err);
    if (close(fd) != 0 && fine) {
        fine = err_set(err, ERR_IO, "%m");
    }
    if (fine && renameat(folder_fd, beside.ptr, folder_fd, name.ptr) != 0) {
        fine = err_set(err, ERR_IO, "%m");
    }
    if (!fine) {
        (void)unlinkat(folder_fd, beside.ptr, 0);
    }
    return fine;
}

static bool store(Arena *arena, Str folder, const Hex *key, Str image, Err *err)
{
    if (!make_folder(arena, folder, err)) {
        return false;
    }
    int folder_fd = open_folder(arena, folder, err);
    if (folder_fd < 0) {
        return err->code == ERR_NONE ? err_set(err, ERR_IO, "%.*s: gone", STR_ARG(folder)) : false;
    }
    bool fine =
        write_file(arena, folder_fd, key, image, err) || err_wrap(err, "%.*s", STR_ARG(folder));
    trim(folder_fd);
    close(folder_fd);
    return fine;
}

bool rule_cache_store(Str folder, const Hex *key, const RuleList *list, const RuleSet *set,
                      Err *err)
{
    *err = (Err){0};
    Arena *arena = arena_new();
    ImageWriter writer;
    Str image = {0};
    image_writer_init(&writer, arena);
    rule_image_put(&writer, list, set);
    /* What is too deep or too large for an image is compiled anew each time. */
    bool fine = !image_writer_done(&writer, &image) || store(arena, folder, key, image, err);
    arena_free(arena);
    return fine;
}
