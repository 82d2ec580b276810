/* Documents a few edits away from good ones, through fuzz_event_reader.c: document_mutations [--seed N]
 * [--count N] [FILE ...]
 *
 * Each number from --seed (default 1) on is a document of its own, so that one that fails can be had again. Files
 * are texts to start from, or folders of them, besides those below. Fails when hardly any document is good or bad
 * any more: then nothing is tested. */
#include <signal.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"
#include "base/json.h"
#include "dice.h"

#define MAX_BYTES ((size_t)4096)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const DOCUMENTS[] = {
    "{\"@timestamp\":\"2024-05-06T00:00:00.000Z\",\"event\":{\"category\":[\"process\"],\"type\":["
    "\"start\"],\"code\":1},\"process\":{\"pid\":4711,\"name\":\"a.exe\",\"args\":[\"C:\\\\a.exe\","
    "\"-k\",\"\\u00e4\"],\"parent\":{\"name\":null}},\"ok\":true}",
    "{\"a\":{\"b\":{\"c\":{\"d\":[1,2.5e-3,-0,[3]]}},\"b\":\"\\\\\\\"\"},\"a.b\":false,\"b\":[{"
    "\"c\":1},{"
    "\"c\":\"2\"},3],\"c\":{\"c\":{\"c\":\"x\"}}}",
    "{ \"a\" : { \"b\" : [ ] , \"x\" : { } } ,\r\n\t\"thirteen_byte\" : \"\\ud83d\\ude00\" , "
    "\"fourteen_bytes\" : [ null , true ] }",
    "{\"_index\":\"logs\",\"_id\":\"7\",\"_source\":{\"a\":{\"b\":1},\"d\":{\"e\":\"\\n\\t\\/"
    "\\b\\f\\r\"}},"
    "\"a\":2}",
    "{\"q\\\"q\":1,\"s\\\\s\":\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\",\"\xc3\xa4\":[\"\",\"\"],"
    "\"of_twenty_nine_bytes_or_about\":123456789012345678901234567890,\"x\":1.0E+5}",
    "{\"unwanted\":{\"a\":{\"b\":{\"c\":\"deep\"}},\"l\":[[[\"x\"],{}],{\"y\":[]}]},\"a\":{"
    "\"seventeen_"
    "bytes\":{\"b\":\"0123456789012345678901234567890123456789012345678901234567890123\"}}}",
};

static const char *const PIECES[] = {
    "\"",        "\\",        "{",
    "}",         "[",         "]",
    ":",         ",",         "\\\"",
    "\\u",       "\\ud800",   "\\udc00",
    "0",         "-",         ".",
    "e5",        "E+",        "01",
    "null",      "false",     "\"a\":",
    "{\"a\":1}", ",\"b\":[]", "\xed\xa0\x80",
    " ",         "\n",        "\t",
    "\f",        "\r",        "\x7f",
    "\x80",      "\xc0\x80",  "\xf4\x90\x80\x80",
    "\xc3\xa4",  "\xe2\x82",  "\\\\",
};

typedef ARRAY(Str) Texts;

static char last_words[64]; /* told when a document fails */

static void tell_number(int signal_number)
{
    (void)signal_number;
    ssize_t told = write(STDERR_FILENO, last_words, strlen(last_words));
    (void)told;
}

static size_t place(Dice *dice, size_t end)
{
    return end == 0 ? 0 : (((size_t)dice_below(dice, 256) << 8) | dice_below(dice, 256)) % end;
}

/* Replaces the `gone` bytes at `at` by `with`. */
static void replace(Buffer *text, size_t at, size_t gone, Str with)
{
    Buffer made = {0};
    gone = gone < text->len - at ? gone : text->len - at;
    buffer_append(&made, (Str){text->ptr, at});
    buffer_append(&made, with);
    buffer_append(&made, (Str){text->ptr + at + gone, text->len - at - gone});
    buffer_done(text);
    *text = made;
}

static Str part(Dice *dice, Str text)
{
    size_t from = place(dice, text.len + 1);
    return str_slice(text, from, from + place(dice, 1 + (text.len - from) % 40));
}

static void edit(Dice *dice, Buffer *text, Str other)
{
    size_t at = place(dice, text->len + 1);
    Str piece = str_from_c(PIECES[dice_below(dice, ARRAY_LEN(PIECES))]);
    switch (dice_below(dice, 8)) {
    case 0:
    case 1: replace(text, at, 0, piece); break;
    case 2: replace(text, at, piece.len, piece); break;
    case 3: replace(text, at, 1 + place(dice, 4), STR("")); break;
    case 4: replace(text, at, 1 + place(dice, 40), STR("")); break;
    case 5: replace(text, at, 0, part(dice, other)); break;
    case 6: replace(text, at, 8, part(dice, other)); break;
    default:
        if (at < text->len) {
            text->ptr[at] = (char)(text->ptr[at] ^ (1 << dice_below(dice, 8)));
        }
        break;
    }
}

/* The number's document, and whether it is one object. */
static bool run(const Texts *texts, uint64_t number)
{
    Dice dice = dice_of_seed(number * UINT64_C(0x9e3779b97f4a7c15));
    Arena *arena = arena_new();
    Buffer text = {0};
    size_t from = dice_below(&dice, 4) > 0 ? ARRAY_LEN(DOCUMENTS) : texts->count;
    buffer_append(&text, texts->items[place(&dice, from)]);
    uint32_t edits = dice_below(&dice, 5);
    for (uint32_t i = 0; i < edits; i++) {
        edit(&dice, &text, texts->items[place(&dice, texts->count)]);
    }
    snprintf(last_words, sizeof last_words, "document_mutations: --seed %llu --count 1\n",
             (unsigned long long)number);
    Err err = {0};
    const Json *json = json_parse(arena, buffer_str(&text), &err);
    bool is_good = json != NULL && json->kind == JSON_OBJECT;
    LLVMFuzzerTestOneInput((const uint8_t *)text.ptr, text.len);
    buffer_done(&text);
    arena_free(arena);
    return is_good;
}

static void add_file(Arena *arena, Texts *texts, const char *path)
{
    Err err = {0};
    Str text;
    if (!file_read(arena, path, MAX_BYTES, &text, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(EXIT_FAILURE);
    }
    ARRAY_PUSH(arena, texts, text);
}

static void add_path(Arena *arena, Texts *texts, const char *path)
{
    if (!file_is_folder(path)) {
        add_file(arena, texts, path);
        return;
    }
    FileList list;
    Err err = {0};
    if (!file_list(arena, path, &list, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(EXIT_FAILURE);
    }
    for (uint32_t i = 0; i < list.count; i++) {
        add_file(arena, texts, list.paths[i].ptr);
    }
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    uint64_t count = 1000;
    Arena *arena = arena_new();
    Texts texts = {0};
    for (size_t i = 0; i < ARRAY_LEN(DOCUMENTS); i++) {
        ARRAY_PUSH(arena, &texts, str_from_c(DOCUMENTS[i]));
    }
    for (int i = 1; i < argc; i++) {
        bool is_seed = strcmp(argv[i], "--seed") == 0;
        if (i + 1 < argc && (is_seed || strcmp(argv[i], "--count") == 0)) {
            *(is_seed ? &seed : &count) = strtoull(argv[++i], NULL, 10);
        } else {
            add_path(arena, &texts, argv[i]);
        }
    }
    signal(SIGABRT, tell_number);
    uint64_t good = 0;
    for (uint64_t number = seed; number < seed + count; number++) {
        good += run(&texts, number);
    }
    printf("%llu documents, %llu of them good\n", (unsigned long long)count,
           (unsigned long long)good);
    arena_free(arena);
    bool tells_little = count >= 100 && (good < count / 20 || good > count - count / 20);
    return tells_little ? EXIT_FAILURE : EXIT_SUCCESS;
}
