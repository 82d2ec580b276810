#include "rule/rule_index.h"

/* Elasticsearch's rules for names of indices: https://www.elastic.co/docs, "create index".
 * "<...>" is date math, which may hold anything; "cluster:name" is an index of another cluster. */
const char *rule_index_fault(Str pattern)
{
    if (pattern.len == 0) {
        return "it is empty";
    }
    if (pattern.ptr[0] == '<') {
        return NULL;
    }
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        if (c >= 'A' && c <= 'Z') {
            return "names of indices have no upper-case letters";
        }
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            return "names of indices have no blanks";
        }
        if (c != '\0' && strchr("\\/?\"<>|#", c) != NULL) {
            return "names of indices have none of \\ / ? \" < > | #";
        }
    }
    return NULL;
}

bool rule_index_only_excludes(const StrList *patterns)
{
    for (uint32_t i = 0; i < patterns->count; i++) {
        if (patterns->items[i].len == 0 || patterns->items[i].ptr[0] != '-') {
            return false;
        }
    }
    return true;
}
