/* What toml++ makes of a text becomes the tree that base/json would make. */

/* C++ stands first: the headers of this project are C, and so would be all that they include. */
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <vector>

extern "C" {
#include "base/utf8.h"
#include "rule/toml.h"
#include "rule/toml_bounds.h"
}

namespace
{

/* toml++ tells lines and columns, both in code points and without a byte order mark; nodes tell
 * byte offsets. */
struct Places {
    explicit Places(Str source);
    size_t offset(const toml::source_position &position) const;

  private:
    static constexpr size_t SPAN = 64; /* code points from one mark to the next */
    Str text;
    std::vector<size_t> marks; /* byte offsets */
    std::vector<size_t> lines; /* the code points that lines begin with */
};

bool begins_code_point(char c)
{
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
}

Places::Places(Str source) : text(source)
{
    size_t points = 0;
    lines.push_back(0);
    for (size_t at = str_starts_with(text, STR("\xef\xbb\xbf")) ? 3 : 0; at < text.len; at++) {
        if (!begins_code_point(text.ptr[at])) {
            continue;
        }
        if (points % SPAN == 0) {
            marks.push_back(at);
        }
        points++;
        if (text.ptr[at] == '\n') {
            lines.push_back(points);
        }
    }
}

size_t Places::offset(const toml::source_position &position) const
{
    if (position.line > lines.size()) {
        return text.len;
    }
    size_t point = lines[position.line - 1] + position.column - 1;
    if (point / SPAN >= marks.size()) {
        return text.len;
    }
    size_t at = marks[point / SPAN];
    for (size_t left = point % SPAN; left > 0 && at < text.len; left--) {
        do {
            at++;
        } while (at < text.len && !begins_code_point(text.ptr[at]));
    }
    return at;
}

struct Reader {
    Arena *arena;
    Str text;
    Places places;
    Err *err;
};

bool refuse(const Reader &reader, ErrCode code, size_t at, const char *what)
{
    reader.err->at = at;
    return err_set(reader.err, code, "%s", what);
}

Str copy(const Reader &reader, std::string_view text)
{
    return str_copy(reader.arena, Str{text.data(), text.size()});
}

Str written(const Reader &reader, const toml::node &node)
{
    return str_slice(reader.text, reader.places.offset(node.source().begin),
                     reader.places.offset(node.source().end));
}

/* JSON has neither a plus in front nor underscores between digits. */
Str spell_float(const Reader &reader, Str number)
{
    std::string spelled(number.ptr, number.len);
    spelled.erase(std::remove(spelled.begin(), spelled.end(), '_'), spelled.end());
    return copy(reader, std::string_view(spelled).substr(spelled[0] == '+' ? 1 : 0));
}

bool convert(const Reader &reader, const toml::node &node, int depth, Json *json);

Json *convert_new(const Reader &reader, const toml::node &node, int depth)
{
    void *place = arena_alloc(reader.arena, 1, sizeof(Json), alignof(Json));
    Json *json = static_cast<Json *>(place);
    return convert(reader, node, depth, json) ? json : nullptr;
}

bool convert_array(const Reader &reader, const toml::array &array, int depth, Json *json)
{
    Json **link = &json->first;
    for (const toml::node &item : array) {
        *link = convert_new(reader, item, depth + 1);
        if (*link == nullptr) {
            return false;
        }
        link = &(*link)->next;
        json->count++;
    }
    return true;
}

struct Member {
    const toml::key *key;
    const toml::node *value;
};

/* toml++ sorts by key; a reader of messages and exports wants the file's order. */
std::vector<Member> in_order(const toml::table &table)
{
    std::vector<Member> members;
    members.reserve(table.size());
    for (auto &&[key, value] : table) {
        members.push_back({&key, &value});
    }
    std::sort(members.begin(), members.end(), [](const Member &a, const Member &b) {
        return a.key->source().begin < b.key->source().begin;
    });
    return members;
}

bool convert_table(const Reader &reader, const toml::table &table, int depth, Json *json)
{
    if (table.size() > TOML_MAX_KEYS) {
        return refuse(reader, ERR_LIMIT, json->at, "more than 1024 keys in a table");
    }
    Json **link = &json->first;
    for (const Member &member : in_order(table)) {
        *link = convert_new(reader, *member.value, depth + 1);
        if (*link == nullptr) {
            return false;
        }
        (*link)->key = copy(reader, member.key->str());
        link = &(*link)->next;
        json->count++;
    }
    return true;
}

bool convert(const Reader &reader, const toml::node &node, int depth, Json *json)
{
    json->at = reader.places.offset(node.source().begin);
    if (depth > JSON_MAX_DEPTH) {
        return refuse(reader, ERR_LIMIT, json->at, "nested deeper than 64");
    }
    switch (node.type()) {
    case toml::node_type::table:
        json->kind = JSON_OBJECT;
        return convert_table(reader, *node.as_table(), depth, json);
    case toml::node_type::array:
        json->kind = JSON_ARRAY;
        return convert_array(reader, *node.as_array(), depth, json);
    case toml::node_type::string:
        json->kind = JSON_STRING;
        json->raw = written(reader, node);
        json->text = copy(reader, node.as_string()->get());
        return true;
    case toml::node_type::integer:
        json->kind = JSON_NUMBER;
        json->text = copy(reader, std::to_string(node.as_integer()->get()));
        return true;
    case toml::node_type::floating_point:
        json->kind = JSON_NUMBER;
        if (!std::isfinite(node.as_floating_point()->get())) {
            return refuse(reader, ERR_SYNTAX, json->at, "inf and nan are not allowed");
        }
        json->text = spell_float(reader, written(reader, node));
        return true;
    case toml::node_type::boolean:
        json->kind = JSON_BOOL;
        json->boolean = node.as_boolean()->get();
        return true;
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
        json->kind = JSON_STRING;
        json->raw = written(reader, node);
        json->text = json->raw;
        return true;
    case toml::node_type::none: break;
    }
    assert(false); /* no node is without a type */
    return false;
}

/* Messages quote the text, control characters included. */
bool refuse_fault(const Reader &reader, const toml::parse_error &fault, Str endless)
{
    size_t at = reader.places.offset(fault.source().begin);
    const char *place = reader.text.ptr + at;
    if (endless.len > 0 && place == endless.ptr + endless.len) {
        /* where a text ends helps nobody to find a quote */
        return refuse(reader, ERR_SYNTAX, at - endless.len, "string without an end");
    }
    static constexpr std::string_view PREFIX = "Error while parsing ";
    std::string what(fault.description());
    if (what.compare(0, PREFIX.size(), PREFIX) == 0) {
        what.erase(0, PREFIX.size());
    }
    std::replace_if(
        what.begin(), what.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    return refuse(reader, ERR_SYNTAX, at, what.c_str());
}

} /* namespace */

Json *toml_parse(Arena *arena, Str text, Err *err)
{
    size_t bad_at = 0;
    if (text.len > TOML_MAX_TEXT || !utf8_check(text, &bad_at)) {
        bool large = text.len > TOML_MAX_TEXT;
        err->at = bad_at;
        err_set(err, large ? ERR_LIMIT : ERR_SYNTAX,
                large ? "TOML text of more than 4 MiB" : "invalid UTF-8");
        return nullptr;
    }
    Str endless{};
    if (!toml_bounds_check(text, &endless, err)) {
        return nullptr;
    }
    try {
        const Reader reader{arena, text, Places(text), err};
        try {
            return convert_new(reader, toml::parse(std::string_view(text.ptr, text.len)), 0);
        } catch (const toml::parse_error &fault) {
            refuse_fault(reader, fault, endless);
            return nullptr;
        }
    } catch (const std::exception &) { /* nothing else is left that the library could throw */
        out_of_memory(text.len);
    }
}
