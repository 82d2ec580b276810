#include "unit.h"

#include "base/program.h"

TEST(the_same_program_is_the_same)
{
    HashStream streams[3];
    Hex names[3];
    for (size_t i = 0; i < 3; i++) {
        hash_stream_begin(&streams[i]);
        assert_true(i == 2 || program_hash(&streams[i]));
        names[i] = hash_stream_end(&streams[i]);
    }
    assert_string_equal(names[0].text, names[1].text);
    assert_string_not_equal(names[0].text, names[2].text);
}

RUN_TESTS(CASE(the_same_program_is_the_same))
