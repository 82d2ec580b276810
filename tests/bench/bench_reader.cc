/* How fast events are read: bench_reader [--json] FILE [ROUNDS]
 *
 * Thread CPU time of cutting a file into documents, of the reader's pass over them for 0, 5 and 124 fields (those
 * most often in the file's first documents), and of simdjson's DOM parse of the same bytes. The ways take turns
 * block by block, each beginning as often as the others; figures are medians of rounds, ratios (how many times as
 * fast as simdjson) are taken within a round.
 *
 * bench_reader --once read|simdjson|spans FILE does one of them, once, for who measures the process, and prints
 * the seconds that it took beside the reading and cutting. */
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include <simdjson.h>

/* What C allows and C++ does not know or warns of. */
#define _Noreturn [[noreturn]]
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
extern "C" {
#include "ingest/event_reader.h"
#include "ingest/input.h"
}
#pragma GCC diagnostic pop

constexpr uint32_t SAMPLE = 2000; /* documents in which the fields are looked for */

static double cpu_seconds()
{
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

[[noreturn]] static void fail(const char *what)
{
    std::fprintf(stderr, "bench_reader: %s\n", what);
    std::exit(EXIT_FAILURE);
}

static InputSet *open_file(const char *path)
{
    Str name = {path, std::strlen(path)};
    InputOptions options = {};
    Err err = {};
    InputSet *set = input_open(&name, 1, &options, &err);
    if (set == nullptr) {
        fail(err.text);
    }
    return set;
}

using Counts = std::map<std::string, uint32_t>;

static void count_paths(const simdjson::dom::element &value, const std::string &path,
                        Counts &counts)
{
    simdjson::dom::object object;
    if (value.get(object) != simdjson::SUCCESS) {
        counts[path]++;
        return;
    }
    for (auto member : object) {
        std::string key(member.key);
        count_paths(member.value, path.empty() ? key : path + "." + key, counts);
    }
}

/* Paths of the file's first documents, the most frequent first. */
static std::vector<std::string> find_paths(const char *path)
{
    InputSet *set = open_file(path);
    InputBlock *block = input_next(set);
    Counts counts;
    simdjson::dom::parser parser;
    for (uint32_t i = 0; block != nullptr && i < block->count && i < SAMPLE; i++) {
        simdjson::dom::element document;
        const Str text = block->documents[i].text;
        if (parser.parse(text.ptr, text.len, false).get(document) == simdjson::SUCCESS) {
            count_paths(document, "", counts);
        }
    }
    input_release(set, block);
    input_close(set);
    std::vector<std::string> paths;
    for (const auto &entry : counts) {
        paths.push_back(entry.first);
    }
    std::stable_sort(
        paths.begin(), paths.end(),
        [&counts](const std::string &a, const std::string &b) { return counts[a] > counts[b]; });
    return paths;
}

/* One way to read a block's documents. */
struct Way {
    std::string name;
    EventReader *reader = nullptr; /* none: simdjson */
    double seconds = 0;            /* of this round */
    uint64_t spans = 0;
    std::vector<double> rounds;
};

static Way reader_for(Arena *arena, const std::vector<std::string> &paths, uint32_t count)
{
    FieldTable *fields = field_table_new(arena, schema_builtin(arena));
    for (uint32_t i = 0; i < count && i < paths.size(); i++) {
        Str path = {paths[i].data(), paths[i].size()};
        field_table_add(fields, path, FIELD_USE_VALUE);
    }
    Way way;
    way.name = "reader, " + std::to_string(count) + " fields";
    way.reader = event_reader_new(fields, nullptr);
    return way;
}

static void read_with_simdjson(const InputBlock *block)
{
    static simdjson::dom::parser parser;
    for (uint32_t i = 0; i < block->count; i++) {
        simdjson::dom::element ignored;
        const Str text = block->documents[i].text;
        if (parser.parse(text.ptr, text.len, false).get(ignored) != simdjson::SUCCESS) {
            fail("simdjson refuses a document");
        }
    }
}

static void read_with_reader(Way &way, const InputBlock *block)
{
    for (uint32_t i = 0; i < block->count; i++) {
        EventSpans spans;
        Err err = {};
        if (!event_reader_read(way.reader, block->documents[i].text, &spans, &err)) {
            fail(err.text);
        }
        way.spans += spans.count;
    }
}

static void read_block(Way &way, const InputBlock *block)
{
    double start = cpu_seconds();
    if (way.reader != nullptr) {
        read_with_reader(way, block);
    } else {
        read_with_simdjson(block);
    }
    way.seconds += cpu_seconds() - start;
}

struct Measured {
    uint64_t bytes = 0;
    uint64_t documents = 0;
    std::vector<double> input; /* seconds a round */
};

static void run_round(const char *path, std::vector<Way> &ways, Measured &measured)
{
    InputSet *set = open_file(path);
    double input = 0;
    measured.bytes = measured.documents = 0;
    for (size_t turn = 0;; turn++) {
        double start = cpu_seconds();
        InputBlock *block = input_next(set);
        input += cpu_seconds() - start;
        if (block == nullptr) {
            break;
        }
        for (size_t i = 0; i < ways.size(); i++) {
            read_block(ways[(turn + i) % ways.size()], block);
        }
        measured.bytes += block->bytes;
        measured.documents += block->count;
        input_release(set, block);
    }
    input_close(set);
    measured.input.push_back(input);
    for (Way &way : ways) {
        way.rounds.push_back(way.seconds);
        way.seconds = 0;
    }
}

static double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

static double median_ratio(const std::vector<double> &yardstick, const std::vector<double> &seconds)
{
    std::vector<double> ratios;
    for (size_t i = 0; i < seconds.size(); i++) {
        ratios.push_back(yardstick[i] / seconds[i]);
    }
    return median(ratios);
}

static void print(bool as_json, const Measured &measured, const char *name,
                  const std::vector<double> &seconds, const std::vector<double> &yardstick)
{
    double rate = static_cast<double>(measured.bytes) / median(seconds) / 1e9;
    double ratio = median_ratio(yardstick, seconds);
    if (as_json) {
        std::printf("{\"name\":\"%s\",\"gb_per_s\":%.3f,\"times_simdjson\":%.3f,\"bytes\":%llu,"
                    "\"documents\":%llu}\n",
                    name, rate, ratio, static_cast<unsigned long long>(measured.bytes),
                    static_cast<unsigned long long>(measured.documents));
    } else {
        std::printf("%-22s%8.2f GB/s%8.2f x simdjson\n", name, rate, ratio);
    }
}

static int compare(const char *path, int rounds, bool as_json)
{
    Arena *arena = arena_new();
    const std::vector<std::string> paths = find_paths(path);
    std::vector<Way> ways(1);
    ways[0].name = "simdjson DOM";
    for (uint32_t count : {0U, 5U, 124U}) {
        ways.push_back(reader_for(arena, paths, count));
    }
    Measured measured;
    for (int round = 0; round < rounds; round++) {
        run_round(path, ways, measured);
    }
    if (measured.documents == 0) {
        fail("no documents");
    }
    print(as_json, measured, "input", measured.input, ways[0].rounds);
    for (Way &way : ways) {
        print(as_json, measured, way.name.c_str(), way.rounds, ways[0].rounds);
        event_reader_free(way.reader);
    }
    arena_free(arena);
    return EXIT_SUCCESS;
}

static int once(const char *what, const char *path)
{
    Arena *arena = arena_new();
    bool is_simdjson = std::strcmp(what, "simdjson") == 0;
    bool is_spans = std::strcmp(what, "spans") == 0;
    Way way;
    if (is_spans) {
        way = reader_for(arena, find_paths(path), 124);
    } else if (!is_simdjson && std::strcmp(what, "read") != 0) {
        fail("--once read|simdjson|spans FILE");
    }
    InputSet *set = open_file(path);
    uint64_t bytes = 0;
    for (InputBlock *block; (block = input_next(set)) != nullptr; input_release(set, block)) {
        if (is_simdjson || is_spans) {
            read_block(way, block);
        }
        bytes += block->bytes;
    }
    std::printf("%llu bytes, %llu spans, %.6f s\n", static_cast<unsigned long long>(bytes),
                static_cast<unsigned long long>(way.spans), way.seconds);
    input_close(set);
    event_reader_free(way.reader);
    arena_free(arena);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    std::vector<const char *> arguments(argv + 1, argv + argc);
    if (arguments.size() == 3 && std::strcmp(arguments[0], "--once") == 0) {
        return once(arguments[1], arguments[2]);
    }
    bool as_json = !arguments.empty() && std::strcmp(arguments[0], "--json") == 0;
    arguments.erase(arguments.begin(), arguments.begin() + (as_json ? 1 : 0));
    if (arguments.empty() || arguments.size() > 2) {
        fail("usage: bench_reader [--json] FILE [ROUNDS]");
    }
    long rounds = arguments.size() == 2 ? std::strtol(arguments[1], nullptr, 10) : 9;
    if (rounds < 1 || rounds > 10000) {
        fail("ROUNDS is a number from 1 on");
    }
    return compare(arguments[0], static_cast<int>(rounds), as_json);
}
