#pragma once
/* HitRun: hits as bytes, and sorted runs of them in a temporary file: the disk side of HitSorter.
 *
 * HitRunFile   append only: hits, then hit_run_file_end_run, then the next run's hits.
 * Cursor       reads one run from its beginning with a buffer of its own, which grows only for one
 *              large hit.
 * Format       this machine's own, for the same process; the file has no name and dies with it. */

#include "base/err.h"
#include "match/hit.h"

size_t hit_encoded_size(const Hit *hit); /* a multiple of 8 */
void hit_encode(const Hit *hit, char *to);
Hit hit_decode(const char *from); /* its texts borrow `from` */

typedef struct HitRunFile HitRunFile;

HitRunFile *hit_run_file_open(Err *err) MUST_CHECK; /* NULL on failure */
void hit_run_file_close(HitRunFile *file);          /* NULL is fine */
bool hit_run_file_append(HitRunFile *file, const Hit *hit, Err *err) MUST_CHECK;
bool hit_run_file_end_run(HitRunFile *file, Err *err) MUST_CHECK;
uint32_t hit_run_file_count(const HitRunFile *file);
uint64_t hit_run_file_bytes(const HitRunFile *file);

typedef struct HitRunCursor {
    const HitRunFile *file;
    uint64_t at, end; /* of the run's part that is not in the buffer yet */
    char *buffer;
    size_t capacity, from, to;
} HitRunCursor;

void hit_run_cursor_init(HitRunCursor *cursor, const HitRunFile *file, uint32_t run);
void hit_run_cursor_done(HitRunCursor *cursor);
/* The next hit, borrowed until the next call; *more is false behind the last. */
bool hit_run_cursor_next(HitRunCursor *cursor, Hit *hit, bool *more, Err *err) MUST_CHECK;
