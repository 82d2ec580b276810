#include "spec_file.h"

/* Where the text begins behind a keyword: one column further than "error" needs. */
#define TEXT_COLUMN 7

static Str without_indent(Str line)
{
    size_t at = 0;
    while (at < line.len && (line.ptr[at] == ' ' || line.ptr[at] == '\t')) {
        at++;
    }
    return str_slice(line, at, line.len);
}

static SpecBlock block_of(Str line, uint32_t number)
{
    size_t at = 0;
    while (at < line.len && line.ptr[at] != ' ') {
        at++;
    }
    return (SpecBlock){
        .keyword = str_slice(line, 0, at),
        .text = str_trim(str_slice(line, at, line.len)),
        .line = number,
        .end = number + 1,
    };
}

static bool add_line(Arena *arena, SpecFile *file, Str line, uint32_t number, Err *err)
{
    if (str_trim(line).len == 0 || line.ptr[0] == '#') {
        return true;
    }
    if (line.ptr[0] != ' ' && line.ptr[0] != '\t') {
        ARRAY_PUSH(arena, &file->blocks, block_of(line, number));
        return true;
    }
    if (file->blocks.count == 0) {
        return err_set(err, ERR_SYNTAX, "line %u: indented, but belongs to nothing", number);
    }
    SpecBlock *block = &file->blocks.items[file->blocks.count - 1];
    ARRAY_PUSH(arena, &block->body, without_indent(line));
    block->end = number + 1;
    return true;
}

bool spec_file_parse(Arena *arena, Str text, bool markdown, SpecFile *out, Err *err)
{
    *out = (SpecFile){0};
    bool inside = !markdown;
    uint32_t number = 1;
    for (Str line; str_split(&text, '\n', &line); number++) {
        ARRAY_PUSH(arena, &out->lines, line);
        if (markdown && str_starts_with(line, STR("```"))) {
            inside = !inside && str_equal(str_trim(line), STR("```spec"));
        } else if (inside && !add_line(arena, out, line, number, err)) {
            return false;
        }
    }
    return true;
}

Str spec_block_text(Arena *arena, const SpecBlock *block)
{
    Str body = str_join(arena, block->body.items, block->body.count, STR("\n"));
    if (block->text.len == 0 || body.len == 0) {
        return block->text.len == 0 ? body : block->text;
    }
    return str_join(arena, (Str[]){block->text, body}, 2, STR("\n"));
}

void spec_append_line(Buffer *out, const char *keyword, Str text)
{
    if (text.len == 0) {
        buffer_append_format(out, "%s\n", keyword);
    } else {
        buffer_append_format(out, "%-*s%.*s\n", TEXT_COLUMN, keyword, STR_ARG(text));
    }
}
