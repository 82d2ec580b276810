#pragma once
/* Ancestor: where an alert comes from: the events, and, for an alert on alerts, the alerts
 * between. */

#include "base/json_writer.h"
#include "event/document.h"

typedef struct Ancestor {
    Str id, index;
    Str rule;      /* of an alert: the id of the rule that made it; else empty */
    int64_t depth; /* 0: an event */
    bool signal;   /* an alert */
} Ancestor;

#define ANCESTORS_MAX_BYTES ((size_t)64 * 1024)

typedef struct Ancestors {
    Ancestor *items;
    uint32_t count;
    bool too_many; /* more than ANCESTORS_MAX_BYTES; then none is listed */
} Ancestors;

/* The event's own ancestors (an event that is an alert has some) and then the event itself; texts are copied. */
Ancestors ancestors_of(Arena *arena, const Document *event);
/* True too when they are too many. */
bool ancestors_have_rule(const Ancestors *ancestors, Str rule_id);
void ancestors_print(JsonWriter *out, const Ancestors *ancestors);
