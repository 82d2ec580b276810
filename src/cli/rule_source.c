#include "cli/rule_source.h"

#include "base/timestamp.h"
#include "lang/date_math.h"
#include "rule/rule_cache.h"

/* "FILE:LINE:COLUMN: error: MESSAGE"; what stands in a rule file must not reach the screen as it is. */
static void tell_problem(const Run *run, const RuleProblem *problem)
{
    bool colour = run->err_colour;
    bool error = problem->severity == SEVERITY_ERROR;
    Buffer out = {0};
    terminal_append_safe(&out, problem->file, 0);
    if (problem->line > 0) {
        buffer_append_format(&out, ":%zu", problem->line);
    }
    if (problem->column > 0) {
        buffer_append_format(&out, ":%zu", problem->column);
    }
    buffer_append_format(&out, ": %s%s:%s ",
                         terminal_code(error ? COLOUR_RED : COLOUR_YELLOW, colour),
                         error ? "error" : "warning", terminal_plain(colour));
    terminal_append_safe(&out, problem->message, 0);
    buffer_append_byte(&out, '\n');
    fwrite(out.ptr, 1, out.len, stderr);
    buffer_done(&out);
}

uint32_t rules_tell_problems(const Run *run, const RuleList *list)
{
    uint32_t errors = 0;
    for (uint32_t i = 0; i < list->problems.count; i++) {
        const RuleProblem *problem = &list->problems.items[i];
        errors += problem->severity == SEVERITY_ERROR;
        if (problem->severity == SEVERITY_ERROR || !run->quiet) {
            tell_problem(run, problem);
        }
    }
    return errors;
}

/* Rules that run, but not wholly as written. */
static void tell_warnings(RuleSource *source)
{
    for (uint32_t i = 0; i < source->set->warning_count; i++) {
        const RuleSkip *warning = &source->set->warnings[i];
        RuleProblem problem = {
            .file = warning->rule->file, .line = warning->rule->line, .severity = SEVERITY_WARNING};
        problem.message =
            str_format(source->run->arena, "%s: %.*s", warning->reason, STR_ARG(warning->detail));
        tell_problem(source->run, &problem);
    }
}

static void tell_value_lists(RuleSource *source)
{
    uint32_t count = 0;
    const RuleProblem *problems = value_lists_problems(source->list.value_lists, &count);
    ValueListsLoaded loaded;
    for (uint32_t i = 0; i < count; i++) {
        tell_problem(source->run, &problems[i]);
    }
    for (uint32_t i = 0; value_lists_loaded(source->list.value_lists, i, &loaded); i++) {
        Buffer out = {0};
        buffer_append_c(&out, "value list ");
        terminal_append_safe(&out, loaded.id, 0);
        buffer_append_format(&out, " (%.*s): ", STR_ARG(loaded.type));
        append_count(&out, loaded.count);
        buffer_append_format(&out, " values, %.1f MiB\n", (double)loaded.bytes / (1 << 20));
        fwrite(out.ptr, 1, out.len, stderr);
        buffer_done(&out);
    }
}

/* Errors are told one by one; skips, which come by the hundred, are counted by reason. */
static void tell_rules(RuleSource *source)
{
    (void)rules_tell_problems(source->run, &source->list);
    if (!source->run->quiet) {
        tell_warnings(source);
        tell_value_lists(source);
    }
    const RuleSet *set = source->set;
    for (uint32_t i = 0; i < set->skipped_count; i++) {
        const char *reason = set->skipped[i].reason;
        uint32_t count = 0;
        bool first = true;
        for (uint32_t j = 0; j < set->skipped_count; j++) {
            bool same = strcmp(set->skipped[j].reason, reason) == 0;
            first = first && !(same && j < i);
            count += same;
        }
        if (first) {
            fprintf(stderr, "%sskipped%s %u rule%s: %s%s\n",
                    terminal_code(COLOUR_YELLOW, source->run->err_colour),
                    terminal_plain(source->run->err_colour), count, count == 1 ? "" : "s", reason,
                    set->skipped[i].detail.len > 0 ? ":" : "");
        }
        if (set->skipped[i].detail.len > 0) {
            Buffer detail = {0};
            terminal_append_safe(&detail, set->skipped[i].detail, 0);
            fprintf(stderr, "  %.*s\n", (int)detail.len, detail.ptr);
            buffer_done(&detail);
        }
    }
}

StrList rules_option(const Run *run, const char *name)
{
    StrList list = {0};
    list.count = options_list(run->options, run->arena, name, &list.items);
    return list;
}

bool rules_now(const Run *run, int64_t *now_ns, Err *err)
{
    *now_ns = timestamp_now() / NS_PER_MS * NS_PER_MS; /* as Kibana writes times */
    Str text = options_text(run->options, "now", STR(""));
    return text.len == 0 || date_math_parse(text, *now_ns, false, now_ns, err) ||
           err_wrap(err, "--now");
}

static StrList exception_paths(const Run *run)
{
    StrList paths = {0};
    paths.count = options_list(run->options, run->arena, "exceptions", &paths.items);
    return paths;
}

bool rules_value_lists(const Run *run, ValueLists **out, Err *err)
{
    StrList paths = {0};
    paths.count = options_list(run->options, run->arena, "value-lists", &paths.items);
    *out = paths.count == 0 ? NULL : value_lists_open(run->arena, paths.items, paths.count, err);
    return paths.count == 0 || *out != NULL;
}

bool rules_read_exceptions(const Run *run, RuleList *list, Err *err)
{
    StrList paths = exception_paths(run);
    return rule_read_exceptions(list, paths.items, paths.count, err);
}

/* ---- the cache ---- */

typedef struct Cache {
    Run *run;
    Str folder; /* empty: none */
    bool named; /* by --cache: then what is wrong with it is told */
    const StrList *paths;
    const Schema *schema;
    int64_t now_ns;
    ValueLists *value_lists;
} Cache;

static Cache find_cache(Run *run, const StrList *paths, const Schema *schema)
{
    Cache cache = {
        .run = run, .named = options_has(run->options, "cache"), .paths = paths, .schema = schema};
    if (!options_has(run->options, "no-cache")) {
        cache.folder = cache.named ? options_text(run->options, "cache", STR(""))
                                   : rule_cache_folder(run->arena);
    }
    return cache;
}

/* A home that takes no writes is nothing to speak of each time; a damaged file is. */
static void tell_cache(const Cache *cache, const Err *err)
{
    if (err->code == ERR_NONE || cache->run->quiet || !(cache->named || err->code == ERR_CORRUPT)) {
        return;
    }
    Buffer line = {0};
    buffer_append_format(&line, "shrike %s: cache: ", cache->run->verb->name);
    terminal_append_safe(&line, str_from_c(err->text), 0);
    buffer_append_c(&line, err->code == ERR_CORRUPT ? ": made anew\n" : "\n");
    fwrite(line.ptr, 1, line.len, stderr);
    buffer_done(&line);
}

/* Between the rules and what is only read for its exceptions. */
#define EXCEPTIONS_BEGIN STR("exceptions")

static bool hash_value_lists(const Cache *cache, HashStream *key)
{
    Err ignored = {0}; /* who reads the list says so */
    hash_stream_add(key, STR("value lists"));
    return cache->value_lists == NULL || value_lists_hash(cache->value_lists, key, &ignored);
}

static bool hash_files(const Cache *cache, HashStream *key)
{
    StrList exceptions = exception_paths(cache->run);
    if (!rule_hash(cache->paths->items, cache->paths->count, key)) {
        return false;
    }
    hash_stream_add(key, EXCEPTIONS_BEGIN);
    return rule_hash(exceptions.items, exceptions.count, key) && hash_value_lists(cache, key);
}

#define NS_PER_DAY ((int64_t)24 * 3600 * NS_PER_SECOND)

/* What is right for one day at most ("now-30d/d" in a query) has a name of that day's: whoever runs rules now as of one day, now
 * as of another, finds both. */
static Hex name_of_day(HashStream key, int64_t now_ns)
{
    char day[32];
    snprintf(day, sizeof day, "day %lld", (long long)(now_ns / NS_PER_DAY));
    hash_stream_add(&key, str_from_c(day));
    return hash_stream_end(&key);
}

static bool is_of_a_day(const RuleSet *set)
{
    int64_t above = set->now_above_ns < 0 ? 0 : set->now_above_ns;
    return set->now_upto_ns - above <= NS_PER_DAY;
}

static bool load_named(const Cache *cache, const Hex *name, RuleList *list, RuleSet **set)
{
    Err err = {0};
    RuleList read = {.arena = list->arena, .value_lists = cache->value_lists};
    bool there = rule_cache_load(cache->folder, name, cache->schema, &read, set, &err);
    tell_cache(cache, &err);
    if (!there || cache->now_ns <= (*set)->now_above_ns || cache->now_ns > (*set)->now_upto_ns) {
        return false; /* nothing is kept, or some exception has expired since, or not yet */
    }
    read.exceptions.now_ns = cache->now_ns;
    read.value_lists = cache->value_lists;
    *list = read;
    return true;
}

static bool load_cached(const Cache *cache, RuleList *list, RuleSet **set)
{
    HashStream key;
    if (cache->folder.len == 0 || !rule_cache_begin_key(&key, cache->run->mapping) ||
        !hash_files(cache, &key)) {
        return false;
    }
    Hex of_day = name_of_day(key, cache->now_ns);
    Hex name = hash_stream_end(&key);
    return load_named(cache, &name, list, set) || load_named(cache, &of_day, list, set);
}

static bool load_anew(const Cache *cache, const RuleFilter *filter, RuleList *list, RuleSet **set,
                      Err *err)
{
    HashStream key;
    bool keeps = cache->folder.len > 0 && filter->names.count == 0 && filter->tags.count == 0 &&
                 rule_cache_begin_key(&key, cache->run->mapping);
    list->content = keeps ? &key : NULL;
    if (!rule_read(list, cache->paths->items, cache->paths->count, err)) {
        return false;
    }
    if (keeps) {
        hash_stream_add(&key, EXCEPTIONS_BEGIN);
    }
    if (!rules_read_exceptions(cache->run, list, err)) {
        return false;
    }
    list->exceptions.now_ns = cache->now_ns;
    list->value_lists = cache->value_lists;
    keeps = keeps && hash_value_lists(cache, &key);
    list->content = NULL;
    *set = rule_set_build(cache->run->arena, list, cache->schema, filter);
    /* Of what is right for this moment alone nothing is gained. */
    keeps = keeps && (*set)->now_above_ns + 1 < (*set)->now_upto_ns;
    if (keeps && !list->unread) {
        /* Named by the bytes that were read just now, whatever the files hold since. */
        Hex name = is_of_a_day(*set) ? name_of_day(key, cache->now_ns) : hash_stream_end(&key);
        Err fault = {0};
        if (!rule_cache_store(cache->folder, &name, list, *set, &fault)) {
            tell_cache(cache, &fault);
        }
    }
    return true;
}

bool rules_load(Run *run, const StrList *paths, const RuleFilter *filter, RuleList *list,
                RuleSet **set, int *code)
{
    Err err = {0};
    const Schema *schema = NULL;
    *list = (RuleList){.arena = run->arena};
    if (!run_schema(run, &schema, &err)) {
        *code = run_error(run, EXIT_INPUT, &err);
        return false;
    }
    Cache cache = find_cache(run, paths, schema);
    if (!rules_now(run, &cache.now_ns, &err)) {
        *code = run_error(run, EXIT_USAGE, &err);
        return false;
    }
    if (!rules_value_lists(run, &cache.value_lists, &err)) {
        *code = run_error(run, EXIT_INPUT, &err);
        return false;
    }
    if (load_cached(&cache, list, set)) {
        if (filter->names.count > 0 || filter->tags.count > 0) {
            *set = rule_set_build(run->arena, list, schema, filter);
        }
        return true;
    }
    if (!load_anew(&cache, filter, list, set, &err)) {
        *code = run_error(run, EXIT_INPUT, &err);
        return false;
    }
    return true;
}

bool rule_source_load(RuleSource *source, Run *run, int *code)
{
    Err err = {0};
    source->run = run;
    StrList paths = rules_option(run, "rules");
    if (paths.count == 0) {
        *code = run_usage(run, "no rules given: --rules PATH");
        return false;
    }
    RuleFilter filter = {.names = rules_option(run, "rule"), .tags = rules_option(run, "tag")};
    if (!rules_load(run, &paths, &filter, &source->list, &source->set, code)) {
        return false;
    }
    tell_rules(source);
    if (source->set->count == 0) {
        err_set(&err, ERR_SYNTAX, "no rule can run: %u read, %u skipped, %u problems",
                source->list.rules.count, source->set->skipped_count, source->list.problems.count);
        *code = run_error(run, EXIT_INPUT, &err);
        return false;
    }
    return true;
}

void rule_source_tell_drop(const RuleSource *source, const RuleSkip *why)
{
    bool colour = source->run->err_colour;
    Buffer detail = {0};
    terminal_append_safe(&detail, why->detail, 0);
    fprintf(stderr, "%sdropped%s 1 rule: %s:\n  %.*s\n", terminal_code(COLOUR_YELLOW, colour),
            terminal_plain(colour), why->reason, (int)detail.len, detail.ptr);
    buffer_done(&detail);
}

void rule_source_tell_unasked(RuleSource *source)
{
    for (uint32_t i = 0; i < source->set->count && !source->run->quiet; i++) {
        RuleSkip why;
        if (rule_set_lacks(source->set, i, NULL, &why)) {
            fprintf(stderr, "%swarning:%s ", terminal_code(COLOUR_YELLOW, source->run->err_colour),
                    terminal_plain(source->run->err_colour));
            Buffer detail = {0};
            terminal_append_safe(&detail, why.detail, 0);
            fprintf(stderr, "%.*s\n", (int)detail.len, detail.ptr);
            buffer_done(&detail);
        }
    }
}
