#pragma once
/* Exceptions: lists of items that say which events rules are not to see, as Kibana exports them (a line for the list, then one
 * for each item) and as elastic/detection-rules keeps them in TOML ([[exceptions]]).
 *
 * A rule names lists by list_id and namespace (its "exceptions_list"). The entries of an item must all hold for the item to; one
 * item that holds is enough.
 *
 * Lifetimes    in the arena of the RuleList that holds them; immutable after reading. */

#include "base/array.h"
#include "base/json.h"
#include "compile/exception_compile.h"
#include "rule/str_list.h"

typedef struct ExceptionList {
    Str file;
    size_t line;
    const Json *source;
    Str list_id, name, type, namespace_type;
} ExceptionList;

typedef struct ExceptionItem {
    Str file;
    size_t line;
    const Json *source;
    Str item_id, list_id, name, namespace_type, expire_time;
    StrList os_types;
    bool expires;
    int64_t expires_ns; /* the last moment it is good for */
    const ExceptionEntry *entries;
    uint32_t entry_count;
} ExceptionItem;

typedef struct Exceptions {
    ARRAY(ExceptionList) lists;
    ARRAY(ExceptionItem) items;
    int64_t now_ns; /* what expired before does nothing; 0: nothing has */
} Exceptions;

/* Endpoint applies this list itself, before an event is sent: rules do not, neither here nor in Kibana. */
#define EXCEPTIONS_ENDPOINT_LIST "endpoint_list"

static inline bool exception_item_expired(const Exceptions *exceptions, const ExceptionItem *item)
{
    return item->expires && item->expires_ns < exceptions->now_ns;
}

const char *exception_test_name(ExceptionTest test); /* "match_any" */
