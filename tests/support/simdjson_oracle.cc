#include "simdjson_oracle.h"

#include <simdjson.h>

extern "C" bool simdjson_oracle_accepts(const char *text, size_t len)
{
    static simdjson::dom::parser parser;
    const simdjson::padded_string padded(text, len);
    simdjson::dom::element ignored;
    return parser.parse(padded).get(ignored) == simdjson::SUCCESS;
}
