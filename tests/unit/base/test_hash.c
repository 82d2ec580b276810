#include "unit.h"

#include "base/hash.h"

/* SHA-256: the two messages of its standard and the empty one. XXH3-128: the value for empty input
 * that its authors publish. */
TEST(known_answers)
{
    static const struct {
        Str text;
        const char *sha256;
    } CASES[] = {
        {STR_INIT(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {STR_INIT("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {STR_INIT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        assert_string_equal(hash_sha256_hex(CASES[i].text).text, CASES[i].sha256);
    }
    assert_string_equal(hash_sha256_hex((Str){NULL, 0}).text, CASES[0].sha256);
    assert_string_equal(hash_128_hex((Str){NULL, 0}).text, "99aa06d3014798d86001c324468d497f");
}

TEST(a_stream_knows_where_its_parts_end)
{
    static const Str PARTS[][2] = {{STR_INIT("ab"), STR_INIT("c")},
                                   {STR_INIT("a"), STR_INIT("bc")},
                                   {STR_INIT(""), STR_INIT("abc")},
                                   {STR_INIT("ab"), STR_INIT("c")}};
    Hex names[ARRAY_LEN(PARTS)];
    for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
        HashStream stream;
        hash_stream_begin(&stream);
        hash_stream_add(&stream, PARTS[i][0]);
        hash_stream_add(&stream, PARTS[i][1]);
        names[i] = hash_stream_end(&stream);
        assert_int_equal(strlen(names[i].text), 64);
    }
    assert_string_not_equal(names[0].text, names[1].text);
    assert_string_not_equal(names[1].text, names[2].text);
    assert_string_equal(names[0].text, names[3].text);
}

TEST(seeds_are_not_told_twice)
{
    uint64_t seeds[200];
    for (size_t i = 0; i < ARRAY_LEN(seeds); i++) {
        seeds[i] = hash_random_seed();
        for (size_t j = 0; j < i; j++) {
            assert_true(seeds[i] != seeds[j]);
        }
    }
}

TEST(different_bytes_different_hash)
{
    assert_int_equal(hash_bytes(STR("a")), hash_bytes(STR("a")));
    assert_true(hash_bytes(STR("a")) != hash_bytes(STR("b")));
    assert_true(hash_bytes(STR("a")) != hash_bytes(STR("a\0")));
    assert_string_not_equal(hash_128_hex(STR("a")).text, hash_128_hex(STR("b")).text);
    assert_int_equal(strlen(hash_128_hex(STR("a")).text), 32);
}

static int by_value(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

TEST(mixing_small_numbers_gives_no_twins)
{
    enum { SIDE = 64 };
    static uint64_t hashes[SIDE * SIDE];
    for (uint64_t a = 0; a < SIDE; a++) {
        for (uint64_t b = 0; b < SIDE; b++) {
            hashes[a * SIDE + b] = hash_mix(a, b);
        }
    }
    qsort(hashes, ARRAY_LEN(hashes), sizeof *hashes, by_value);
    for (size_t i = 1; i < ARRAY_LEN(hashes); i++) {
        assert_true(hashes[i - 1] != hashes[i]);
    }
}

/* Tables take the low bits: they must depend on every bit of both inputs. */
TEST(every_input_bit_reaches_the_low_bits)
{
    for (int bit = 0; bit < 64; bit++) {
        int changed_a = 0;
        int changed_b = 0;
        for (uint64_t i = 0; i < 64; i++) {
            uint64_t a = i * 0x123456789abcdefu;
            uint64_t b = ~a * 31;
            uint64_t plain = hash_mix(a, b) & 0xffff;
            changed_a += (hash_mix(a ^ (uint64_t)1 << bit, b) & 0xffff) != plain;
            changed_b += (hash_mix(a, b ^ (uint64_t)1 << bit) & 0xffff) != plain;
        }
        assert_true(changed_a > 56 && changed_b > 56);
    }
}

RUN_TESTS(CASE(known_answers), CASE(different_bytes_different_hash),
          CASE(a_stream_knows_where_its_parts_end), CASE(seeds_are_not_told_twice),
          CASE(mixing_small_numbers_gives_no_twins), CASE(every_input_bit_reaches_the_low_bits))
