#pragma once
/* Diagnostic: what is wrong (or odd) in a text that a user wrote: rule, query, file. Several a
 * text; printed with the line and a caret, or as JSON with the same offsets. */

#include "base/array.h"
#include "base/buffer.h"
#include "base/str.h"

typedef enum Severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR } Severity;

typedef struct Diagnostic {
    Severity severity;
    const char *code; /* short constant name of the check, "" if none */
    Str message;
    size_t at;  /* byte offset into the text */
    size_t len; /* bytes the caret underlines; 0 = one */
} Diagnostic;

typedef struct Diagnostics {
    Arena *arena; /* messages live here */
    ARRAY(Diagnostic) list;
    uint32_t errors;
} Diagnostics;

void diagnostic_add(Diagnostics *to, Severity severity, const char *code, size_t at, size_t len,
                    const char *format, ...) PRINTF_LIKE(6, 7);

/* "NAME:LINE:COLUMN: error: MESSAGE", then the line and a caret below it. `first_line` is the line
 * of the file on which `text` starts (1 for a whole file), so a query inside a rule file is told by
 * the file's lines. Colours when `colour`. */
void diagnostic_print(Buffer *out, const Diagnostic *diagnostic, Str name, Str text,
                      size_t first_line, bool colour);
