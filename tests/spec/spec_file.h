#pragma once
/* SpecFile: a spec as its blocks. A block is a keyword at the beginning of a line, text behind it, and
 * the indented lines that follow. Lines that begin with '#' are comments. Of a Markdown file only what
 * stands between "```spec" and "```" counts.
 *
 *     events
 *       {"@timestamp": 1, "event": {"category": "process"}}
 *
 *     eql    process where
 *              process.pid == 7
 *     rows   0 2 */

#include "base/array.h"
#include "base/buffer.h"
#include "base/err.h"

typedef struct SpecBlock {
    Str keyword;
    Str text;        /* behind the keyword, without the blanks around it */
    uint32_t line;   /* from 1 */
    uint32_t end;    /* the line behind its last */
    ARRAY(Str) body; /* without the blanks in front */
} SpecBlock;

typedef struct SpecFile {
    ARRAY(Str) lines; /* all of the file */
    ARRAY(SpecBlock) blocks;
} SpecFile;

/* Lives in the arena and borrows the text. */
bool spec_file_parse(Arena *arena, Str text, bool markdown, SpecFile *out, Err *err) MUST_CHECK;

/* The block's text and body as one text, a line each. */
Str spec_block_text(Arena *arena, const SpecBlock *block);

/* "keyword" padded to the column where texts begin, then the text. */
void spec_append_line(Buffer *out, const char *keyword, Str text);
