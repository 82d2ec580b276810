#include "unit.h"

#include "ingest/field_trie.h"

static FieldTrie *trie_of(Arena *arena, const char *const *fields, size_t count)
{
    FieldTable *table = field_table_new(arena, schema_builtin(arena));
    for (size_t i = 0; i < count; i++) {
        field_table_add(table, str_from_c(fields[i]), FIELD_USE_VALUE);
    }
    return field_trie_new(arena, table);
}

static FieldId at(const FieldTrie *trie, uint32_t node, const char *key)
{
    return field_trie_find(trie, node, str_from_c(key))->field;
}

static uint32_t below(const FieldTrie *trie, uint32_t node, const char *key)
{
    return field_trie_find(trie, node, str_from_c(key))->node;
}

TEST(one_lookup_leads_to_every_node_below)
{
    Arena *arena = arena_new();
    static const char *const FIELDS[] = {"a.b.c", "a.b", "d"};
    const FieldTrie *trie = trie_of(arena, FIELDS, ARRAY_LEN(FIELDS));
    for (uint32_t node = FIELD_NODE_TOP; node <= FIELD_NODE_SOURCE;
         node += FIELD_NODE_SOURCE - FIELD_NODE_TOP) {
        assert_int_equal(at(trie, node, "a.b.c"), 0);
        assert_int_equal(at(trie, node, "a.b"), 1);
        assert_int_equal(at(trie, node, "d"), 2);
        assert_int_equal(at(trie, node, "a"), FIELD_KEY_NONE);
        uint32_t a = below(trie, node, "a");
        assert_int_equal(at(trie, a, "b.c"), 0);
        assert_int_equal(at(trie, a, "b"), 1);
        assert_int_equal(at(trie, below(trie, a, "b"), "c"), 0);
        assert_int_equal(below(trie, node, "b"), FIELD_NODE_NONE);
        assert_int_equal(below(trie, a, "d"), FIELD_NODE_NONE);
        assert_int_equal(below(trie, a, ""), FIELD_NODE_NONE);
    }
    arena_free(arena);
}

TEST(only_a_node_with_fields_below_has_a_start)
{
    Arena *arena = arena_new();
    static const char *const FIELDS[] = {"a.b"};
    const FieldTrie *trie = trie_of(arena, FIELDS, 1);
    const FieldKey *a = field_trie_find(trie, FIELD_NODE_TOP, STR("a"));
    assert_ptr_equal(a->below, &trie->starts[a->node]);
    assert_null(field_trie_find(trie, a->node, STR("b"))->below);
    assert_null(trie->keys[0].below);
    arena_free(arena);
}

TEST(the_wrapper_has_its_own_keys)
{
    Arena *arena = arena_new();
    static const char *const FIELDS[] = {"a", "_source", "_id", "_index"};
    const FieldTrie *trie = trie_of(arena, FIELDS, ARRAY_LEN(FIELDS));
    for (uint32_t node = FIELD_NODE_TOP; node <= FIELD_NODE_WRAPPER; node++) {
        assert_int_equal(below(trie, node, "_source"), FIELD_NODE_SOURCE);
        assert_int_equal(at(trie, node, "_index"), FIELD_KEY_INDEX);
        assert_int_equal(at(trie, node, "_id"), FIELD_KEY_ID);
    }
    assert_int_equal(at(trie, FIELD_NODE_SOURCE, "_id"), FIELD_KEY_ID);
    assert_int_equal(at(trie, FIELD_NODE_TOP, "a"), 0);
    assert_int_equal(below(trie, FIELD_NODE_WRAPPER, "a"), FIELD_NODE_NONE);
    arena_free(arena);
}

TEST(paths_past_the_bounds_are_left_out)
{
    Arena *arena = arena_new();
    char parts[2 * FIELD_TRIE_PARTS + 2];
    memset(parts, '.', sizeof parts);
    for (size_t i = 0; i < sizeof parts; i += 2) {
        parts[i] = 'a';
    }
    parts[2 * FIELD_TRIE_PARTS + 1] = '\0';
    static char longest[FIELD_TRIE_BYTES + 2];
    memset(longest, 'b', FIELD_TRIE_BYTES + 1);
    const char *const fields[] = {parts + 2, parts, longest + 1, longest};
    const FieldTrie *trie = trie_of(arena, fields, ARRAY_LEN(fields));
    assert_int_equal(at(trie, FIELD_NODE_TOP, fields[0]), 0);
    assert_int_equal(at(trie, FIELD_NODE_TOP, fields[1]), FIELD_KEY_NONE);
    assert_int_equal(at(trie, FIELD_NODE_TOP, fields[2]), 2);
    assert_int_equal(at(trie, FIELD_NODE_TOP, fields[3]), FIELD_KEY_NONE);
    arena_free(arena);
}

TEST(a_key_matches_its_spelling_and_no_longer_or_shorter_one)
{
    Arena *arena = arena_new();
    static const char *const FIELDS[] = {"short",
                                         "thirteen_byte",
                                         "fourteen_bytes",
                                         "of_twenty_nine_bytes_or_about",
                                         "thirty_bytes_in_the_key_so_it_is",
                                         "a\"b"};
    const FieldTrie *trie = trie_of(arena, FIELDS, ARRAY_LEN(FIELDS));
    for (size_t i = 0; i < ARRAY_LEN(FIELDS); i++) {
        const FieldKey *key = field_trie_find(trie, FIELD_NODE_TOP, str_from_c(FIELDS[i]));
        Str spelling = str_format(arena, "\"%s\":                 ", FIELDS[i]);
        size_t size = strlen(FIELDS[i]) + 3;
        bool can_match = strchr(FIELDS[i], '"') == NULL;
        assert_int_equal(key->size, size);
        assert_int_equal(field_key_matches(trie, key, spelling.ptr, size), can_match);
        assert_int_equal(field_key_matches(trie, key, spelling.ptr, size + 1), can_match);
        assert_false(field_key_matches(trie, key, spelling.ptr, size - 1));
        assert_false(field_key_matches(trie, key, spelling.ptr + 1, size));
        spelling = str_format(arena, "\"%s\" :                ", FIELDS[i]);
        assert_false(field_key_matches(trie, key, spelling.ptr, size + 1));
        assert_false(field_key_matches(trie, &trie->keys[0], spelling.ptr, size));
    }
    arena_free(arena);
}

TEST(keys_that_no_field_has_are_learned_once_and_for_their_node)
{
    Arena *arena = arena_new();
    static const char *const FIELDS[] = {"a.b"};
    FieldTrie *trie = trie_of(arena, FIELDS, 1);
    static const char *const KEYS[] = {"", "x", "thirteen_byte", "fourteen_bytes",
                                       "of_twenty_nine_bytes_or_about"};
    for (size_t i = 0; i < ARRAY_LEN(KEYS); i++) {
        FieldKey *key = field_trie_learn(trie, FIELD_NODE_TOP, str_from_c(KEYS[i]));
        assert_non_null(key);
        assert_int_equal(key->field, FIELD_KEY_NONE);
        assert_int_equal(key->node, FIELD_NODE_NONE);
        assert_null(key->below);
        assert_ptr_equal(key->next, trie->keys);
        Str spelling = str_format(arena, "\"%s\":                 ", KEYS[i]);
        assert_true(field_key_matches(trie, key, spelling.ptr, strlen(KEYS[i]) + 3));
        assert_ptr_equal(field_trie_learn(trie, FIELD_NODE_TOP, str_from_c(KEYS[i])), key);
        assert_ptr_not_equal(field_trie_learn(trie, FIELD_NODE_SOURCE, str_from_c(KEYS[i])), key);
    }
    assert_null(field_trie_learn(trie, FIELD_NODE_TOP, STR("one_more_than_twenty_nine_byte")));
    arena_free(arena);
}

TEST(learned_keys_are_bounded)
{
    Arena *arena = arena_new();
    FieldTrie *trie = trie_of(arena, NULL, 0);
    size_t learned = 0;
    for (unsigned i = 0; i < 100000; i++) {
        learned += field_trie_learn(trie, FIELD_NODE_TOP, str_format(arena, "k%u", i)) != NULL;
    }
    assert_in_range(learned, FIELD_TRIE_LEARNED / 2, FIELD_TRIE_LEARNED);
    arena_free(arena);
}

RUN_TESTS(CASE(one_lookup_leads_to_every_node_below),
          CASE(only_a_node_with_fields_below_has_a_start), CASE(the_wrapper_has_its_own_keys),
          CASE(paths_past_the_bounds_are_left_out),
          CASE(a_key_matches_its_spelling_and_no_longer_or_shorter_one),
          CASE(keys_that_no_field_has_are_learned_once_and_for_their_node),
          CASE(learned_keys_are_bounded))
