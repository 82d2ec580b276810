#include "unit.h"

#include "ingest/input_paths.h"
#include "scratch_folder.h"

static void check_names(const ScratchFolder *folder, const InputPaths *paths,
                        const char *const *names, size_t count)
{
    assert_int_equal(paths->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(paths->items[i].name.ptr, scratch_path(folder, names[i]).ptr);
    }
}

TEST(a_folder_gives_what_is_named_like_events_in_order)
{
    ScratchFolder folder = scratch_folder_make();
    static const char *const FOUND[] = {"a.json", "b.ndjson.zst", "deep/er/x.ndjson",
                                        "deep/y.jsonl.gz", "z.jsonl"};
    static const char *const OTHERS[] = {"a.txt",       "b.gz",         "c.json.bz2",
                                         "json",        ".hidden.json", "d.csv.gz",
                                         ".git/x.json", "deep/README",  "e.JSON"};
    scratch_make_folder(&folder, "deep");
    scratch_make_folder(&folder, "deep/er");
    scratch_make_folder(&folder, ".git");
    for (size_t i = ARRAY_LEN(FOUND); i-- > 0;) {
        scratch_write(&folder, FOUND[i], STR("{}"));
    }
    for (size_t i = 0; i < ARRAY_LEN(OTHERS); i++) {
        scratch_write(&folder, OTHERS[i], STR("{}"));
    }
    Str spellings[] = {str_from_c(folder.path), str_format(folder.arena, "%s//", folder.path)};
    for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
        InputPaths paths;
        Err err = {0};
        assert_true(input_paths_expand(folder.arena, &spellings[i], 1, &paths, &err));
        check_names(&folder, &paths, FOUND, ARRAY_LEN(FOUND));
        assert_true(paths.items[0].is_regular);
        assert_int_equal(paths.items[0].bytes, 2);
    }
    scratch_folder_remove(&folder);
}

TEST(a_file_named_itself_is_taken_whatever_its_name)
{
    ScratchFolder folder = scratch_folder_make();
    static const char *const NAMES[] = {"x.log", ".y", "x.log"};
    Str paths[ARRAY_LEN(NAMES) + 2];
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
        paths[i] = scratch_write(&folder, NAMES[i], STR("12345"));
    }
    InputPaths found;
    Err err = {0};
    assert_true(input_paths_expand(folder.arena, paths, 3, &found, &err));
    check_names(&folder, &found, NAMES, 3);
    paths[3] = STR("-");
    paths[4] = STR("/dev/null");
    assert_true(input_paths_expand(folder.arena, paths, 5, &found, &err));
    assert_true(found.items[3].is_stdin && !found.items[3].is_regular);
    assert_true(!found.items[4].is_stdin && !found.items[4].is_regular);
    scratch_folder_remove(&folder);
}

TEST(what_is_not_there_is_named)
{
    ScratchFolder folder = scratch_folder_make();
    InputPaths found;
    Err err = {0};
    Str missing = scratch_path(&folder, "missing.json");
    assert_false(input_paths_expand(folder.arena, &missing, 1, &found, &err));
    assert_string_equal(err.text,
                        str_format(folder.arena, "%s: No such file or directory", missing.ptr).ptr);
    Str twice[] = {STR("-"), STR("-")};
    assert_false(input_paths_expand(folder.arena, twice, 2, &found, &err));
    assert_string_equal(err.text, "standard input is named twice");
    scratch_folder_remove(&folder);
}

RUN_TESTS(CASE(a_folder_gives_what_is_named_like_events_in_order),
          CASE(a_file_named_itself_is_taken_whatever_its_name), CASE(what_is_not_there_is_named))
