#include "compile/eql_compile.h"
#include "plan_twice.h"
#include "story.h"
#include "twin.h"

/* A story on its way through the engine. */
typedef struct Checking {
    Arena *arena;
    const Story *story;
    const PlanSet *plan;
    uint32_t *numbers; /* of each query in the plan, or NOT_COMPILED */
    uint32_t compiled;
    const char *kept_difference; /* of the plan and what an image makes of it; NULL: none */
    TwinResults results[TWIN_WAYS];
    Err errors[TWIN_WAYS];
    bool ran[TWIN_WAYS];
} Checking;

#define NOT_COMPILED UINT32_MAX

static void compile(Checking *checking)
{
    const Story *story = checking->story;
    PlanBuilder *builder = plan_builder_new(checking->arena, story->schema);
    EqlCompileOptions options = {
        .tiebreaker_field = story->tiebreaker,
        .index_patterns = story->index_patterns.items,
        .index_pattern_count = story->index_patterns.count,
    };
    checking->numbers = ARENA_MANY(checking->arena, uint32_t, story->queries.count);
    for (uint32_t i = 0; i < story->queries.count; i++) {
        Diagnostics diagnostics = {.arena = checking->arena};
        EqlQuery *tree = eql_parse(checking->arena, story->queries.items[i], &diagnostics);
        uint32_t *number = &checking->numbers[i];
        if (tree != NULL && eql_compile(builder, tree, &options, &diagnostics, number)) {
            checking->compiled++;
        } else {
            *number = NOT_COMPILED;
        }
    }
    checking->plan = plan_builder_finish(builder);
    checking->kept_difference = plan_twice(checking->arena, checking->plan);
}

static Str last_event(const Story *story, const TwinResult *result)
{
    if (result->row_count == 0) { /* a count */
        return STR("");
    }
    const uint32_t *row = &result->rows[result->row_count - 1];
    while (*row == TWIN_MISSING) {
        row--; /* there is one that is not */
    }
    return story->events.items[*row];
}

static void add_flaw(const Story *story, TwinResults *results)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < results->list.count && story->flaw.len > 0; i++) {
        TwinResult result = results->list.items[i];
        size_t at;
        if (!str_find(last_event(story, &result), story->flaw, 0, &at)) {
            results->list.items[kept++] = result;
        }
    }
    results->list.count = story->flaw.len > 0 ? kept : results->list.count;
}

static Checking check(Arena *arena, const Story *story)
{
    Checking checking = {.arena = arena, .story = story};
    compile(&checking);
    TwinRun run = {
        .plan = checking.plan,
        .events = story->events.items,
        .event_count = story->events.count,
        .has_size = story->has_size,
        .head = story->head,
        .size = story->size,
        .max_samples_per_key = story->max_samples_per_key,
        .wait_at_end = story->wait_at_end,
        .batch_rows = story->batch_rows,
    };
    for (TwinWay way = 0; way < TWIN_WAYS; way++) {
        checking.ran[way] =
            twin_run(arena, &run, way, &checking.results[way], &checking.errors[way]);
    }
    add_flaw(story, &checking.results[TWIN_ROWS]);
    return checking;
}

static bool agrees(const Checking *checking, TwinWay way)
{
    return checking->ran[way] && twin_equal(&checking->results[TWIN_ROWS], &checking->results[way]);
}

static uint32_t count_matched(const Checking *checking)
{
    const TwinResults *results = &checking->results[TWIN_COLUMNS];
    bool *matched = ARENA_MANY(checking->arena, bool, checking->plan->query_count);
    uint32_t count = 0;
    for (uint32_t i = 0; i < results->list.count; i++) {
        bool *of = &matched[results->list.items[i].query];
        count += !*of;
        *of = true;
    }
    return count;
}

bool story_check(Arena *arena, const Story *story, StoryVerdict *verdict)
{
    Checking checking = check(arena, story);
    *verdict = (StoryVerdict){
        .compiled = checking.compiled,
        .matched = count_matched(&checking),
        .matches = checking.results[TWIN_COLUMNS].list.count,
    };
    bool same = checking.kept_difference == NULL;
    for (TwinWay way = 0; way < TWIN_WAYS; way++) {
        same = same && agrees(&checking, way);
    }
    return same;
}

/* --- as a spec --- */

static void append_lines(Buffer *out, const char *keyword, const StoryTexts *lines)
{
    buffer_append_format(out, "%s\n", keyword);
    for (uint32_t i = 0; i < lines->count; i++) {
        Str line = lines->items[i];
        buffer_append_c(out, "  ");
        for (size_t at = 0; at < line.len; at++) {
            char byte = line.ptr[at];
            buffer_append_byte(out, byte == '\n' || byte == '\r' ? ' ' : byte);
        }
        buffer_append_byte(out, '\n');
    }
}

static void append_settings(Buffer *out, const Story *story)
{
    if (story->mapping.len > 0) {
        Str mapping = story->mapping;
        append_lines(out, "mapping", &(StoryTexts){&mapping, 1, 1});
    }
    if (story->tiebreaker.len > 0) {
        buffer_append_format(out, "tiebreaker_field %.*s\n", STR_ARG(story->tiebreaker));
    }
    for (uint32_t i = 0; i < story->index_patterns.count; i++) {
        buffer_append_format(out, "%s %.*s%s", i == 0 ? "index " : "",
                             STR_ARG(story->index_patterns.items[i]),
                             i + 1 == story->index_patterns.count ? "\n" : "");
    }
    if (story->has_size) {
        buffer_append_format(out, "size   %llu\nposition %s\n", (unsigned long long)story->size,
                             story->head ? "head" : "tail");
    }
    if (story->max_samples_per_key > 1) {
        buffer_append_format(out, "max_samples %llu\n",
                             (unsigned long long)story->max_samples_per_key);
    }
    if (story->wait_at_end) {
        buffer_append_c(out, "missing_at_end wait\n");
    }
    append_lines(out, "events", &story->events);
}

/* The results of one query: all events of an event query in one line, else a line for each. */
static void append_rows(Buffer *out, const Checking *checking, TwinWay way, uint32_t query,
                        const char *before)
{
    const TwinResults *results = &checking->results[way];
    bool is_event = checking->plan->queries[query].kind == QUERY_EVENT;
    const char *open = "";
    for (uint32_t i = 0; i < results->list.count; i++) {
        const TwinResult *result = &results->list.items[i];
        if (result->query != query) {
            continue;
        }
        if (!is_event || *open == '\0') {
            buffer_append_format(out, "%s%srows  ", open, before);
        }
        for (uint32_t row = 0; row < result->row_count; row++) {
            if (result->rows[row] == TWIN_MISSING) {
                buffer_append_c(out, " -");
            } else {
                buffer_append_format(out, " %u", result->rows[row]);
            }
        }
        open = "\n";
    }
    if (*open == '\0') {
        buffer_append_format(out, "%srows", before);
    }
    buffer_append_byte(out, '\n');
}

static void append_counted(Buffer *out, const Checking *checking, TwinWay way, uint32_t query,
                           const char *before)
{
    const TwinResults *results = &checking->results[way];
    for (uint32_t i = 0; i < results->list.count; i++) {
        const TwinResult *result = &results->list.items[i];
        if (result->query == query && result->counted) {
            buffer_append_format(out, "%scounted ", before);
            twin_append_counted(out, checking->arena, result);
            buffer_append_byte(out, '\n');
        }
    }
}

static void append_results(Buffer *out, const Checking *checking, TwinWay way, uint32_t query,
                           const char *before)
{
    const TwinResults *results = &checking->results[way];
    bool only_counts = false;
    for (uint32_t i = 0; i < results->list.count; i++) {
        const TwinResult *result = &results->list.items[i];
        only_counts = only_counts || (result->query == query && result->row_count == 0);
    }
    if (!only_counts) {
        append_rows(out, checking, way, query, before);
    }
    append_counted(out, checking, way, query, before);
}

static void append_query(Buffer *out, const Checking *checking, uint32_t at)
{
    uint32_t query = checking->numbers[at];
    buffer_append_format(out, "\neql    %.*s\n", STR_ARG(checking->story->queries.items[at]));
    if (query == NOT_COMPILED) {
        buffer_append_c(out, "error\n");
        return;
    }
    append_results(out, checking, TWIN_ROWS, query, "");
    for (TwinWay way = 0; way < TWIN_WAYS; way++) {
        if (!agrees(checking, way)) {
            buffer_append_format(out, "# %s:\n", twin_way_name(way));
            append_results(out, checking, way, query, "# ");
        }
    }
}

void story_print(Buffer *out, const Story *story)
{
    Arena *arena = arena_new();
    Checking checking = check(arena, story);
    append_settings(out, story);
    for (uint32_t i = 0; i < story->queries.count; i++) {
        append_query(out, &checking, i);
    }
    for (TwinWay way = 0; way < TWIN_WAYS; way++) {
        if (!checking.ran[way]) {
            buffer_append_format(out, "# %s: %s\n", twin_way_name(way), checking.errors[way].text);
        }
    }
    Str rest = {0};
    Str line;
    if (checking.kept_difference != NULL) {
        rest = str_from_c(checking.kept_difference);
    }
    while (rest.ptr != NULL && str_split(&rest, '\n', &line)) {
        buffer_append_format(out, "# kept on disk: %.*s\n", STR_ARG(line));
    }
    if (story->batch_rows > 0) {
        buffer_append_format(out, "# in batches of %u rows\n", story->batch_rows);
    }
    if (story->queries.count > 1) {
        buffer_append_c(out, "# all queries in one plan\n");
    }
    arena_free(arena);
}
