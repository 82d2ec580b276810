#include "unit.h"

#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"

/* What `write` says on stderr. */
static Str captured(Arena *arena, void (*write)(void))
{
    Err err = {.code = ERR_NONE};
    int fd = file_open_temporary(&err);
    assert_true(fd >= 0);
    int kept = dup(STDERR_FILENO);
    assert_true(dup2(fd, STDERR_FILENO) >= 0);
    write();
    dup2(kept, STDERR_FILENO);
    close(kept);
    off_t size = lseek(fd, 0, SEEK_CUR);
    char *bytes = ARENA_MANY(arena, char, (size_t)size);
    assert_true(file_pread(fd, bytes, (size_t)size, 0, &err));
    close(fd);
    return (Str){bytes, (size_t)size};
}

static void one_line(void)
{
    log_warn("detect", "rules loaded", LOG_U64("count", UINT64_MAX),
             LOG_STR("path", STR("a\"b\n\xff")));
}

TEST(a_line_is_one_json_object)
{
    static const struct {
        Str key;
        Str text;
    } MEMBERS[] = {
        {STR_INIT("level"), STR_INIT("warn")},
        {STR_INIT("component"), STR_INIT("detect")},
        {STR_INIT("message"), STR_INIT("rules loaded")},
        {STR_INIT("count"), STR_INIT("18446744073709551615")},
        {STR_INIT("path"), STR_INIT("a\"b\n\xef\xbf\xbd")},
    };
    Arena *arena = arena_new();
    Err err;
    Str line = captured(arena, one_line);
    assert_true(str_ends_with(line, STR("}\n")));
    const Json *json = json_parse(arena, line, &err);
    assert_non_null(json);
    assert_int_equal(json->count, ARRAY_LEN(MEMBERS) + 1);
    assert_int_equal(json_get(json, STR("time"))->text.len, strlen("2024-05-06T07:08:09.123456Z"));
    for (size_t i = 0; i < ARRAY_LEN(MEMBERS); i++) {
        assert_true(str_equal(json_get(json, MEMBERS[i].key)->text, MEMBERS[i].text));
    }
    arena_free(arena);
}

static void below_and_above(void)
{
    log_set_level(LOG_WARN);
    log_info("x", "not shown");
    log_debug("x", "not shown");
    log_error("x", "shown");
    log_set_level(LOG_OFF);
    log_error("x", "not shown");
    log_set_level(LOG_INFO);
}

TEST(lines_below_the_level_are_not_written)
{
    Arena *arena = arena_new();
    Str text = captured(arena, below_and_above);
    size_t at = 0;
    assert_false(str_find(text, STR("not shown"), 0, &at));
    assert_true(str_find(text, STR("\"shown\""), 0, &at));
    arena_free(arena);
}

static void long_field(void)
{
    static char text[100000];
    memset(text, 'x', sizeof text);
    log_info("x", "long", LOG_STR("field", ((Str){text, sizeof text})));
}

TEST(a_long_field_is_cut_and_says_so)
{
    Arena *arena = arena_new();
    Err err;
    Str line = captured(arena, long_field);
    assert_true(line.len < 2000);
    const Json *json = json_parse(arena, line, &err);
    assert_non_null(json);
    assert_true(str_ends_with(json_get(json, STR("field"))->text, STR("x...")));
    arena_free(arena);
}

TEST(levels_have_names)
{
    static const struct {
        Str name;
        bool fine;
        LogLevel level;
    } CASES[] = {{STR_INIT("debug"), true, LOG_DEBUG}, {STR_INIT("info"), true, LOG_INFO},
                 {STR_INIT("warn"), true, LOG_WARN},   {STR_INIT("error"), true, LOG_ERROR},
                 {STR_INIT("off"), true, LOG_OFF},     {STR_INIT("loud"), false, LOG_INFO},
                 {STR_INIT(""), false, LOG_INFO}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        LogLevel level = LOG_INFO;
        assert_int_equal(log_level_parse(CASES[i].name, &level), CASES[i].fine);
        assert_int_equal(level, CASES[i].level);
    }
}

RUN_TESTS(CASE(a_line_is_one_json_object), CASE(lines_below_the_level_are_not_written),
          CASE(a_long_field_is_cut_and_says_so), CASE(levels_have_names))
