#include "unit.h"

#include "base/array.h"
#include "exec/literal_set.h"
#if HAVE_HYPERSCAN
#include "hs_search.h"
#endif
#include "random.h"

#define TEXT_SIZE 200
#define MOST      40

/* found[end][literal] */
typedef struct Found {
    bool at[TEXT_SIZE + 1][MOST];
} Found;

static void note(void *context, uint32_t literal, size_t end)
{
    Found *found = context;
    assert_true(literal < MOST && end <= TEXT_SIZE);
    found->at[end][literal] = true;
}

static void check(const Str *literals, uint32_t count, Str text)
{
    Found expected = {0};
    Found found = {0};
    for (uint32_t i = 0; i < count; i++) {
        size_t at = 0;
        for (size_t from = 0; str_find(text, literals[i], from, &at); from = at + 1) {
            expected.at[at + literals[i].len][i] = true;
        }
    }
    Arena *arena = arena_new();
    literal_set_scan(literal_set_new(arena, literals, count), text, note, &found);
    arena_free(arena);
    assert_memory_equal(&found, &expected, sizeof expected);
#if HAVE_HYPERSCAN
    Found second = {0};
    hs_search(literals, count, text, note, &second);
    assert_memory_equal(&second, &expected, sizeof expected);
#endif
}

TEST(every_place_of_every_literal_is_found)
{
    static const Str LITERALS[] = {STR_INIT("he"),   STR_INIT("she"), STR_INIT("his"),
                                   STR_INIT("hers"), STR_INIT("s"),   STR_INIT("ushers and more")};
    check(LITERALS, ARRAY_LEN(LITERALS), STR("ushers and his ushers and more"));
    check(LITERALS, ARRAY_LEN(LITERALS), STR(""));
    check(LITERALS, 1, STR("shehehe"));
    check(LITERALS, 0, STR("abc"));
}

TEST(every_byte_can_be_part_of_a_literal)
{
    char bytes[256];
    for (int i = 0; i < 256; i++) {
        bytes[i] = (char)i;
    }
    Str literals[4] = {{bytes, 64}, {bytes + 64, 64}, {bytes + 128, 64}, {bytes + 192, 64}};
    check(literals, 4, (Str){bytes, TEXT_SIZE});
    check(literals, 4, (Str){bytes + 56, TEXT_SIZE});
}

static Str random_bytes(Random *random, Arena *arena, size_t len, uint32_t letters)
{
    char *bytes = ARENA_MANY(arena, char, len);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (char)('a' + random_below(random, letters));
    }
    return (Str){bytes, len};
}

TEST(random_literals_are_found_where_a_plain_search_finds_them)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        Random random = {seed};
        Arena *arena = arena_new();
        uint32_t letters = 1 + random_below(&random, 4);
        Str literals[MOST];
        uint32_t count = 0;
        for (uint32_t i = 0; i < MOST; i++) {
            /* short literals keep the automaton from skipping */
            size_t len = (seed % 2 == 0 ? 3 : 1) + random_below(&random, 8);
            Str text = random_bytes(&random, arena, len, letters);
            bool known = false;
            for (uint32_t k = 0; k < count; k++) {
                known = known || str_equal(literals[k], text);
            }
            if (!known) {
                literals[count++] = text;
            }
        }
        check(literals, count,
              random_bytes(&random, arena, random_below(&random, TEXT_SIZE + 1), letters));
        arena_free(arena);
    }
}

RUN_TESTS(CASE(every_place_of_every_literal_is_found), CASE(every_byte_can_be_part_of_a_literal),
          CASE(random_literals_are_found_where_a_plain_search_finds_them))
