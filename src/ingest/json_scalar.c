#include "ingest/json_scalar.h"

static bool is_digit(char byte)
{
    return (unsigned char)(byte - '0') < 10;
}

/* digits := [0-9]+ */
static bool digits(const char **at, const char *to)
{
    const char *start = *at;
    while (*at < to && is_digit(**at)) {
        ++*at;
    }
    return *at > start;
}

/* number := "-"? ( "0" | [1-9] digits? ) ( "." digits )? ( [eE] [+-]? digits )? */
bool json_number_check(const char *from, const char *to)
{
    const char *at = from;
    at += *at == '-';
    const char *whole = at;
    if (!digits(&at, to) || (*whole == '0' && at - whole > 1)) {
        return false;
    }
    if (at == to) {
        return true;
    }
    if (*at == '.') {
        at++;
        if (!digits(&at, to)) {
            return false;
        }
    }
    if (at < to && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < to && (*at == '+' || *at == '-');
        if (!digits(&at, to)) {
            return false;
        }
    }
    return at == to;
}

const char *json_scalar_fault(char first)
{
    if (is_digit(first) || first == '-') {
        return "malformed number";
    }
    return "expected a value";
}
