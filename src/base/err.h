#pragma once
/* Err: why a call failed, in words for the user. The caller owns it, usually on its stack.
 *
 * A function that can fail returns false and fills *err; on success it leaves *err alone.
 * The place that finds the fault calls err_set; callers that know more call err_wrap. */

#include "base/base.h"

typedef enum ErrCode {
    ERR_NONE,
    ERR_SYNTAX,      /* the text of a rule or a query is wrong; err->at says where */
    ERR_LIMIT,       /* a configured bound was reached; retrying will not help */
    ERR_IO,          /* the operating system said no */
    ERR_CORRUPT,     /* our own file does not read back */
    ERR_UNSUPPORTED, /* right, but not supported; err->at says where */
} ErrCode;

typedef struct Err {
    ErrCode code;
    size_t at;      /* byte offset into the text being read, or 0 */
    char text[240]; /* one line, no trailing period */
} Err;

/* Both return false always, so that a failing branch is one line: return err_set(...); */
bool err_set(Err *err, ErrCode code, const char *format, ...) PRINTF_LIKE(3, 4);
bool err_wrap(Err *err, const char *format, ...) PRINTF_LIKE(2, 3);
