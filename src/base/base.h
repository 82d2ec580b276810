#pragma once
/* Words that every floor may use. Nothing here knows what an event or a rule is. */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST_CHECK        __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define ARRAY_LEN(array)  (sizeof(array) / sizeof((array)[0]))

/* Out of memory is not an error to handle: one line, then abort. Every size that comes from
 * outside is bounded before it is allocated. */
__attribute__((noreturn)) void out_of_memory(size_t wanted);

/* Functions that lose an error or a length. To use one is a compile error; the system's own
 * headers, which declare them, must therefore stand above this line. */
#ifndef __cplusplus
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gets atoi atol atof
#endif
