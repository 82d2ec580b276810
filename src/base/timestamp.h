#pragma once
/* Points in time: int64 nanoseconds since 1970-01-01T00:00:00Z, hence 1677 to 2262. */

#include "base/str.h"

#define NS_PER_MS     ((int64_t)1000000)
#define NS_PER_SECOND ((int64_t)1000000000)

/* ISO 8601 as Elasticsearch's strict_date_optional_time takes it: a year, and optionally month,
 * day, 'T' (or a blank), hour, minute, second, 0 to 9 decimals ('.' or ','), 'Z' or +hh:mm, +hhmm, +hh;
 * no zone is UTC. Whole text. False on anything else, on a day that no month has, and out of range. */
bool timestamp_parse(Str text, int64_t *ns);
bool timestamp_from_ms(int64_t ms, int64_t *ns); /* false out of range */
bool timestamp_from_ms_double(double ms, int64_t *ns);

#define TIMESTAMP_TEXT 36
/* "2024-05-06T07:08:09.123Z": at least `decimals` (0, 3, 6 or 9), more where the time has more. */
Str timestamp_print(int64_t ns, int decimals, char out[TIMESTAMP_TEXT]);

typedef struct CivilTime {
    int64_t year;
    int month, day, hour, minute, second; /* month and day from 1 */
    int64_t ns;                           /* within the second */
} CivilTime;

CivilTime timestamp_to_civil(int64_t ns);
bool timestamp_from_civil(const CivilTime *civil, int64_t *ns); /* false out of range */
int timestamp_days_in_month(int64_t year, int month);
int timestamp_weekday(int64_t ns); /* 0 = Monday */

int64_t timestamp_now(void);       /* wall clock */
int64_t timestamp_monotonic(void); /* for rates and progress */
