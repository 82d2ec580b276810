/* Any text as date math and as an interval: no crash, faults lie inside the text, what evaluates is
 * well-formed, and rounding up never gives an earlier time than rounding down. */
#include "lang/date_math.h"

#define NOW ((int64_t)1700000000123456789)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str text = {(const char *)data, size};
    Err err = {0};
    int64_t down = 0;
    int64_t up = 0;
    int64_t interval = 0;
    bool parsed = date_math_parse(text, NOW, false, &down, &err);
    require(parsed || err.at <= size);
    require(!parsed || date_math_check(text, &err));
    if (parsed && date_math_parse(text, NOW, true, &up, &err)) {
        require(down <= up);
    }
    require(!interval_parse(text, true, &interval, &err) || interval > 0);
    return 0;
}
