#pragma once
/* Input: where events come from on the command line: files, folders, standard input ("-"); NDJSON, objects
 * over several lines, JSON arrays, search responses (see document_cutter.h); plain, gzip, zstd (told by their
 * first bytes). Gives out blocks of whole documents.
 *
 * Threads      one thread at a time calls input_next; blocks go to any worker; all other functions may be called by
 *              any thread.
 * Bounds       a document larger than max_event_bytes is skipped, counted and named. A block is about
 *              INPUT_BLOCK bytes and grows only for one large document.
 * Blocks       a block may hold the end of one input and others behind it: thousands of small files do not
 *              make thousands of small blocks.
 * Order        files in the order given, those of a folder by path; documents as they stand. */

#include "base/err.h"
#include "event/batch.h"

#ifdef SHRIKE_TINY
#define INPUT_BLOCK ((size_t)64)
#else
/* So much stays in the second cache from its being read until its values are encoded. */
#define INPUT_BLOCK ((size_t)512 * 1024)
#endif

typedef struct InputOptions {
    size_t max_event_bytes; /* 0 = 1 MiB; at most 1 GiB */
    size_t block_bytes;     /* 0 = INPUT_BLOCK; for tests */
} InputOptions;

typedef struct InputSet InputSet;

/* Expands folders (*.ndjson, *.jsonl, *.json, each with .gz or .zst too; a file named itself is always
 * read). Fails when a path does not exist or cannot be read. */
InputSet *input_open(const Str *paths, uint32_t count, const InputOptions *options,
                     Err *err) MUST_CHECK;
void input_close(InputSet *set);

uint32_t input_count(const InputSet *set);
Str input_name(const InputSet *set, uint32_t input);
uint64_t input_total_bytes(const InputSet *set); /* on disk, as far as known; 0 with stdin */
uint64_t input_done_bytes(InputSet *set);        /* on disk, read so far */

/* A bad stretch of input: a line too long, a broken compressed stream, an array that does not end. */
typedef struct InputFault {
    uint32_t input;
    uint64_t line; /* from 1; 0 = the file as a whole, which could not be opened */
    uint64_t column;
    char text[240];
} InputFault;

typedef struct InputDocument {
    EventPlace place;
    Str text;        /* inside the block's bytes; EVENT_READER_PADDING readable bytes follow */
    uint64_t column; /* of the document's first byte in its line, from 1 (arrays) */
} InputDocument;

/* A block owns its bytes; given back for reuse with input_release. */
typedef struct InputBlock {
    InputDocument *documents;
    uint32_t count;
    InputFault *faults; /* met while cutting this block, in order */
    uint32_t fault_count;
    uint64_t sequence; /* 0, 1, 2, ... in order of reading */
    uint64_t bytes;    /* decompressed bytes this block accounts for */
} InputBlock;

InputBlock *input_next(InputSet *set); /* NULL at the end of all inputs */
void input_release(InputSet *set, InputBlock *block);

/* Keeps documents that may be asked for again when the input cannot be read twice (standard input,
 * compressed files): call it before the block is released. Kept in a temporary file. */
bool input_keep(InputSet *set, const EventPlace *place, Str text, Err *err) MUST_CHECK;
bool input_needs_keep(InputSet *set, uint32_t input);
/* The document at a place, again. Appended to `out`. Fails when the file has changed meanwhile (it may have
 * grown), or the document was not kept. */
bool input_recall(InputSet *set, const EventPlace *place, Buffer *out, Err *err) MUST_CHECK;
