#include "unit.h"

#include "ingest/kept_documents.h"

TEST(what_was_kept_is_found_by_its_place)
{
    Arena *arena = arena_new();
    KeptDocuments *kept = kept_documents_new();
    Buffer out = {0};
    Err err = {0};
    for (uint32_t i = 0; i < 5000; i++) {
        EventPlace place = {.input = i % 3, .offset = (uint64_t)i / 3 * 10};
        assert_true(kept_documents_add(kept, &place, str_format(arena, "{\"a\":%u}", i), &err));
    }
    for (uint32_t i = 5000; i-- > 0;) {
        EventPlace place = {.input = i % 3, .offset = (uint64_t)i / 3 * 10};
        buffer_clear(&out);
        buffer_append_c(&out, "x");
        assert_true(kept_documents_read(kept, &place, &out, &err));
        assert_true(str_equal(buffer_str(&out), str_format(arena, "x{\"a\":%u}", i)));
    }
    buffer_done(&out);
    kept_documents_free(kept);
    arena_free(arena);
}

TEST(a_document_is_kept_once)
{
    KeptDocuments *kept = kept_documents_new();
    EventPlace place = {.input = 1, .offset = 7};
    Buffer out = {0};
    Err err = {0};
    assert_true(kept_documents_add(kept, &place, STR("first"), &err));
    assert_true(kept_documents_add(kept, &place, STR("second"), &err));
    assert_true(kept_documents_read(kept, &place, &out, &err));
    assert_true(str_equal(buffer_str(&out), STR("first")));
    buffer_done(&out);
    kept_documents_free(kept);
}

TEST(what_was_not_kept_or_does_not_fit_is_an_error)
{
    KeptDocuments *kept = kept_documents_new();
    EventPlace place = {.input = 1, .offset = 7};
    EventPlace other = {.input = 0, .offset = 7};
    Buffer out = {.limit = 4};
    Err err = {0};
    assert_true(kept_documents_add(kept, &place, STR("12345"), &err));
    assert_false(kept_documents_read(kept, &other, &out, &err));
    assert_string_equal(err.text, "the event was not kept");
    assert_false(kept_documents_read(kept, &place, &out, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    assert_int_equal(out.len, 0);
    buffer_done(&out);
    kept_documents_free(kept);
    kept_documents_free(NULL);
}

TEST(no_place_for_the_file_is_an_error)
{
    KeptDocuments *kept = kept_documents_new();
    EventPlace place = {0};
    Err err = {0};
    const char *before = getenv("TMPDIR");
    char *saved = before != NULL ? strdup(before) : NULL;
    assert_int_equal(setenv("TMPDIR", "/nonexistent", 1), 0);
    assert_false(kept_documents_add(kept, &place, STR("x"), &err));
    assert_int_equal(err.code, ERR_IO);
    assert_int_equal(saved != NULL ? setenv("TMPDIR", saved, 1) : unsetenv("TMPDIR"), 0);
    free(saved);
    kept_documents_free(kept);
}

RUN_TESTS(CASE(what_was_kept_is_found_by_its_place), CASE(a_document_is_kept_once),
          CASE(what_was_not_kept_or_does_not_fit_is_an_error),
          CASE(no_place_for_the_file_is_an_error))
