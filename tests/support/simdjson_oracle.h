#pragma once
/* A second opinion on JSON: what simdjson, which is not part of the program, thinks of a text. */

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* True when the whole text is one JSON value. Everything is read: numbers, strings, nested values.
 * simdjson refuses nesting of more than 1024, numbers out of double's range, and whole numbers that
 * fit neither int64 nor uint64. */
bool simdjson_oracle_accepts(const char *text, size_t len);

#ifdef __cplusplus
}
#endif
