#pragma once
/* DocumentCutter: where the documents of an input begin and end. Looks at no more than is needed for that; if
 * they are well formed is for the reader to say. What an input is shows at its beginning:
 *
 *     lines       one document a line (NDJSON); blank lines are skipped, CRLF is fine
 *     objects     objects over several lines, one behind another; told by a first line that ends inside
 *     array       [ ... ], also several behind one another: its elements
 *     response    a search response, {.., "hits": {.., "hits": [ ... ]}}: the hits
 *
 * Windows      the caller hands in a stretch of the input and gets documents until the stretch is spent; then
 *              it hands in more, beginning with what was not consumed. The result does not depend on how the
 *              input is cut into windows.
 * Bounds       a document of more than max_bytes is a fault, and what is left of it is skipped: a window need
 *              never be larger than that by more than CUTTER_SLACK.
 * Faults       reading goes on at the next line; in multi-line documents where a string does not end on its
 *              line, at the next line that begins as the broken document did: same column, same bracket. */

#include "base/str.h"
#include "ingest/json_scan.h"

#ifdef SHRIKE_TINY
#define CUTTER_SLACK ((size_t)256)
#else
#define CUTTER_SLACK ((size_t)64 * 1024) /* as far as a search response's own hits are looked for */
#endif

typedef enum CutKind { CUT_DOCUMENT, CUT_FAULT, CUT_MORE, CUT_END } CutKind;

typedef struct Cut {
    CutKind kind;
    size_t from, to;  /* CUT_DOCUMENT: in the window */
    uint64_t line;    /* of the document or the fault */
    uint64_t column;  /* in bytes, from 1 */
    const char *what; /* CUT_FAULT: what is wrong; NULL: the document is larger than max_bytes */
} Cut;

typedef enum CutState {
    CUT_START,         /* nothing seen yet */
    CUT_FORM,          /* before the first document: what form is it? */
    CUT_LINE,          /* at the beginning of a line */
    CUT_LONG_LINE,     /* in a line that is too long */
    CUT_OBJECT,        /* before an object or the end */
    CUT_FIRST_ELEMENT, /* behind the array's '[' */
    CUT_ELEMENT,       /* behind a ',' */
    CUT_SEPARATOR,     /* behind an element */
    CUT_BEHIND_ARRAY,
    CUT_IN_DOCUMENT, /* in an object or array that is a document */
    CUT_IN_SCALAR,   /* in an element that is neither */
    CUT_TAIL,        /* in a response, behind its hits */
    CUT_RESYNC,      /* in a line behind which to look for one like that of the broken document */
    CUT_SKIP,        /* in what is not looked at, up to the end */
} CutState;

typedef struct DocumentCutter {
    size_t max_bytes;
    size_t at; /* in the window: everything before is consumed */
    CutState state;
    CutState after; /* the document's end */
    bool is_long;   /* the document is too long: what of it is left is consumed, not kept */
    bool in_response;
    size_t scanned; /* bytes behind `at` looked at already */
    JsonScan scan;
    uint64_t offset;        /* of the window in the input */
    uint64_t line;          /* of `at`, from 1 */
    uint64_t line_start;    /* offset of that line in the input */
    uint64_t text_line;     /* line of the last byte consumed that is not blank */
    uint64_t resync_column; /* of the document, if it is the first on its line; else 0 */
    char resync_bracket;
} DocumentCutter;

void document_cutter_start(DocumentCutter *cutter, size_t max_bytes);

/* The next document or fault in the window, or that there is none (CUT_MORE, or CUT_END in the last one).
 * `window` begins where the last one did, or, after document_cutter_shift, at its `at`. `is_last`: nothing
 * comes behind it. JSON_BLOCK bytes behind it are readable. */
Cut document_cutter_next(DocumentCutter *cutter, Str window, bool is_last);
/* From now on the window begins at `at`. */
void document_cutter_shift(DocumentCutter *cutter);
