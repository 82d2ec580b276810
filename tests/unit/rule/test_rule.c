#include "rule_text.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

typedef struct Folder {
    Texts texts;
    char path[64];
} Folder;

static void put(Folder *folder, const char *name, const char *text)
{
    const char *path =
        str_to_c(folder->texts.arena, str_format(folder->texts.arena, "%s/%s", folder->path, name));
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static Folder folder_new(void)
{
    Folder folder = {.texts = texts_new(), .path = "/tmp/test_rule.XXXXXX"};
    assert_non_null(mkdtemp(folder.path));
    return folder;
}

static void folder_done(Folder *folder)
{
    FileList files = {0};
    Err err = {0};
    assert_true(file_list(folder->texts.arena, folder->path, &files, &err));
    for (uint32_t i = 0; i < files.count; i++) {
        unlink(files.paths[i].ptr);
    }
    rmdir(folder->path);
    arena_free(folder->texts.arena);
}

static const char *problems(Folder *folder)
{
    /* without the folder's name, which is new each time */
    Str rest = str_from_c(texts_problems(&folder->texts));
    Buffer out = {0};
    size_t at = 0;
    Str name = str_from_c(folder->path);
    while (str_find(rest, name, 0, &at)) {
        buffer_append(&out, str_slice(rest, 0, at));
        rest = str_slice(rest, at + name.len + 1, rest.len);
    }
    buffer_append(&out, rest);
    const char *text = str_to_c(folder->texts.arena, buffer_str(&out));
    buffer_done(&out);
    return text;
}

TEST(a_folders_rules_come_in_order_of_their_paths)
{
    Folder folder = folder_new();
    Str path = str_from_c(folder.path);
    Err err = {0};
    put(&folder, "b.toml", SMALL_RULE);
    put(&folder, "a.ndjson",
        "{\"rule_id\":\"first\",\"name\":\"n\",\"description\":\"d\",\"severity\":\"low\","
        "\"type\":\"query\",\"risk_score\":15}\n");
    put(&folder, "c.txt", "not looked at");
    assert_true(rule_read(&folder.texts.list, &path, 1, &err));
    assert_string_equal(problems(&folder), "");
    assert_int_equal(folder.texts.list.rules.count, 2);
    assert_true(str_equal(folder.texts.list.rules.items[0].rule_id, STR("first")));
    folder_done(&folder);
}

TEST(the_first_of_two_rules_with_one_id_stands)
{
    Folder folder = folder_new();
    Str path = str_from_c(folder.path);
    Err err = {0};
    put(&folder, "a.toml", SMALL_RULE);
    put(&folder, "b.toml", "# later\n" SMALL_RULE);
    assert_true(rule_read(&folder.texts.list, &path, 1, &err));
    assert_true(rule_read(&folder.texts.list, &path, 1, &err));
    assert_int_equal(folder.texts.list.rules.count, 1);
    static const char TOLD[] =
        "rule_id \"6e1b2c5a-0000-4000-8000-00000000beef\" was met before, in a.toml:3: "
        "left out\n";
    Buffer expected = {0};
    buffer_append_format(&expected, "b.toml:4: %sa.toml:3: %sb.toml:4: %s", TOLD, TOLD, TOLD);
    buffer_append_byte(&expected, '\0');
    assert_string_equal(problems(&folder), expected.ptr);
    assert_true(str_equal(folder.texts.list.problems.items[0].rule_name, STR("Shell From Editor")));
    buffer_done(&expected);
    folder_done(&folder);
}

TEST(a_named_file_is_told_by_its_first_byte)
{
    Folder folder = folder_new();
    put(&folder, "one", SMALL_RULE);
    put(&folder, "two",
        " {\"rule_id\":\"two\",\"name\":\"n\",\"description\":\"d\",\"severity\":\"low\","
        "\"type\":\"query\",\"risk_score\":15}");
    Arena *arena = folder.texts.arena;
    Str paths[] = {str_format(arena, "%s/one", folder.path),
                   str_format(arena, "%s/two", folder.path)};
    Err err = {0};
    assert_true(rule_read(&folder.texts.list, paths, 2, &err));
    assert_string_equal(problems(&folder), "");
    assert_int_equal(folder.texts.list.rules.count, 2);
    folder_done(&folder);
}

TEST(a_path_that_is_not_there_is_an_error)
{
    Texts texts = texts_new();
    Str path = STR("/nowhere/at/all.toml");
    Err err = {0};
    assert_false(rule_read(&texts.list, &path, 1, &err));
    assert_int_equal(err.code, ERR_IO);
    arena_free(texts.arena);
}

TEST(an_unreadable_file_in_a_folder_is_a_problem)
{
    if (geteuid() == 0) {
        skip(); /* nothing is unreadable for root */
    }
    Folder folder = folder_new();
    Str path = str_from_c(folder.path);
    Err err = {0};
    put(&folder, "a.toml", SMALL_RULE);
    Str file = str_format(folder.texts.arena, "%s/a.toml", folder.path);
    assert_int_equal(chmod(file.ptr, 0), 0);
    assert_true(rule_read(&folder.texts.list, &path, 1, &err));
    assert_int_equal(folder.texts.list.problems.count, 1);
    assert_string_equal(folder.texts.list.problems.items[0].code, "io");
    folder_done(&folder);
}

RUN_TESTS(CASE(a_folders_rules_come_in_order_of_their_paths),
          CASE(the_first_of_two_rules_with_one_id_stands),
          CASE(a_named_file_is_told_by_its_first_byte), CASE(a_path_that_is_not_there_is_an_error),
          CASE(an_unreadable_file_in_a_folder_is_a_problem))
