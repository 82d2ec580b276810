#include "page/site.h"

#include "base/table.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "lang/date_math.h"

#define NAME_MAX_BYTES 80

/* ---- names of files ---- */

/* "Network Connection via Certutil" is network-connection-via-certutil. */
static Str plain_name(Arena *arena, Str name)
{
    char *out = ARENA_MANY(arena, char, NAME_MAX_BYTES + 1);
    Str folded = utf8_fold(arena, name);
    size_t len = 0;
    for (size_t i = 0; i < folded.len && len < NAME_MAX_BYTES; i++) {
        char c = folded.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            out[len++] = c;
        } else if (len > 0 && out[len - 1] != '-') {
            out[len++] = '-';
        }
    }
    while (len > 0 && out[len - 1] == '-') {
        len--;
    }
    return (Str){out, len};
}

/* Of rules with one name, and where a name is no name of a file or another page's, the rule_id tells them apart. */
static void name_files(Site *site)
{
    static const Str TAKEN[] = {STR_INIT("index"), STR_INIT("changes"), STR_INIT("coverage"),
                                STR_INIT("")};
    Table *names = table_new(site->arena);
    for (size_t i = 0; i < ARRAY_LEN(TAKEN); i++) {
        table_add(names, TAKEN[i]);
    }
    for (uint32_t i = 0; i < site->count; i++) {
        SiteRule *rule = &site->rules[i];
        Str name = plain_name(site->arena, rule->rule->name);
        if (table_find(names, name) != STR_NONE) {
            Hex id = hash_128_hex(rule->rule->rule_id);
            name = str_format(site->arena, "%.*s%s%s", STR_ARG(name), name.len > 0 ? "-" : "rule-",
                              id.text);
        }
        table_add(names, name);
        rule->file = name;
    }
}

static int by_name(const void *a, const void *b)
{
    const Rule *left = ((const SiteRule *)a)->rule;
    const Rule *right = ((const SiteRule *)b)->rule;
    int order = str_compare(left->name, right->name);
    return order != 0 ? order : str_compare(left->rule_id, right->rule_id);
}

Site *site_new(Arena *arena, const SiteRule *rules, uint32_t count)
{
    Site *site = ARENA_NEW(arena, Site);
    *site = (Site){.arena = arena, .rules = ARENA_MANY(arena, SiteRule, count + 1), .count = count};
    for (uint32_t i = 0; i < count; i++) {
        site->rules[i] = rules[i];
    }
    qsort(site->rules, count, sizeof *site->rules, by_name);
    name_files(site);
    return site;
}

/* ---- facts ---- */

typedef struct Facts {
    Arena *arena;
    PageFacts *out;
} Facts;

static void say(Facts *facts, const char *label, Str text)
{
    if (text.len > 0) {
        PageFact fact = {.label = label, .text = text};
        ARRAY_PUSH(facts->arena, &facts->out->list, fact);
    }
}

static void say_number(Facts *facts, const char *label, int64_t number)
{
    say(facts, label, str_format(facts->arena, "%lld", (long long)number));
}

static void say_list(Facts *facts, const char *label, const StrList *list, bool is_links)
{
    if (list->count > 0) {
        PageFact fact = {.label = label, .list = *list, .is_links = is_links};
        ARRAY_PUSH(facts->arena, &facts->out->list, fact);
    }
}

/* "now-9m (4 minutes more than the rule's interval, for events that come late)" */
static Str window(Arena *arena, const Rule *rule)
{
    int64_t from = 0;
    Err err = {0};
    if (str_equal(rule->to, STR("now")) && date_math_parse(rule->from, 0, false, &from, &err) &&
        -from > rule->interval_ns) {
        Str more = interval_words(arena, -from - rule->interval_ns);
        return str_format(arena, "%.*s (date math; %.*s additional look-back)", STR_ARG(rule->from),
                          STR_ARG(more));
    }
    return rule->from;
}

static Str release_or_day(Arena *arena, const RuleVersion *version)
{
    char text[TIMESTAMP_TEXT];
    int64_t ns = 0;
    if (version->release.len > 0) {
        return version->release;
    }
    return timestamp_from_ms(version->time_ms, &ns)
               ? str_copy(arena, str_slice(timestamp_print(ns, 0, text), 0, 10))
               : STR("");
}

static void say_dates(Facts *facts, const SiteRule *rule)
{
    const RuleHistory *history = rule->history;
    if (history == NULL) {
        say(facts, "Added", json_get_text(rule->rule->source, STR("created_at")));
        say(facts, "Last modified", json_get_text(rule->rule->source, STR("updated_at")));
        return;
    }
    say(facts, "Added (release)", release_or_day(facts->arena, history->first));
    if (history->entries.count > 0) {
        say(facts, "Last modified (release)",
            release_or_day(facts->arena, history->entries.items[0].version));
    }
}

PageFacts page_facts(Arena *arena, const SiteRule *site_rule)
{
    const Rule *rule = site_rule->rule;
    PageFacts out = {0};
    Facts facts = {arena, &out};
    say(&facts, "Rule type", str_from_c(rule_type_name(rule->type)));
    say(&facts, "Rule id", rule->rule_id);
    say(&facts, "Building block",
        rule->building_block_type.len > 0 ? STR("yes: its alerts are hidden unless asked for")
                                          : STR(""));
    say_list(&facts, "Rule indices", &rule->index, false);
    say(&facts, "Data view", rule->data_view_id);
    say(&facts, "Severity", str_from_c(rule_severity_name(rule->severity)));
    say_number(&facts, "Risk score", rule->risk_score);
    say(&facts, "Runs every", interval_words(arena, rule->interval_ns));
    say(&facts, "Searches indices from", window(arena, rule));
    say(&facts, "Searches indices to", str_equal(rule->to, STR("now")) ? STR("") : rule->to);
    say_number(&facts, "Maximum alerts per execution", rule->max_signals);
    say_list(&facts, "References", &rule->references, true);
    say_list(&facts, "Tags", &rule->tags, false);
    say_number(&facts, "Version", rule->version);
    if (site_rule->history != NULL) {
        say_number(&facts, "Revision", rule->revision);
    }
    say_dates(&facts, site_rule);
    say(&facts, "Rule authors", str_join(arena, rule->author.items, rule->author.count, STR(", ")));
    say(&facts, "Rule license", rule->license);
    return out;
}

/* ---- releases ---- */

static size_t digits(Str text, size_t at)
{
    size_t end = at;
    while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9') {
        end++;
    }
    return end - at;
}

/* "8.9.0" comes before "8.10.0": runs of digits are held against each other as numbers. */
static int compare_releases(Str a, Str b)
{
    size_t i = 0;
    size_t j = 0;
    while (i < a.len && j < b.len) {
        size_t left = digits(a, i);
        size_t right = digits(b, j);
        uint64_t one = 0;
        uint64_t other = 0;
        if (left > 0 && right > 0 && str_to_u64(str_slice(a, i, i + left), &one) &&
            str_to_u64(str_slice(b, j, j + right), &other)) {
            if (one != other) {
                return one < other ? -1 : 1;
            }
            i += left;
            j += right;
        } else if (a.ptr[i] != b.ptr[j]) {
            return (unsigned char)a.ptr[i] < (unsigned char)b.ptr[j] ? -1 : 1;
        } else {
            i++;
            j++;
        }
    }
    return i < a.len ? 1 : j < b.len ? -1 : str_compare(a, b);
}

static int newest_first(const void *a, const void *b)
{
    return -compare_releases(((const Release *)a)->name, ((const Release *)b)->name);
}

static void add_to_release(Arena *arena, Releases *releases, Table *names, Str name,
                           ReleaseRule rule)
{
    if (name.len == 0) {
        return;
    }
    uint32_t index = table_add(names, name);
    if (index == releases->list.count) {
        Release release = {.name = name};
        ARRAY_PUSH(arena, &releases->list, release);
    }
    assert(releases->list.items != NULL); /* index is one of them */
    ARRAY_PUSH(arena, &releases->list.items[index].rules, rule);
}

Releases site_releases(Arena *arena, const Site *site)
{
    Releases releases = {0};
    Table *names = table_new(arena);
    for (uint32_t i = 0; i < site->count; i++) {
        const SiteRule *rule = &site->rules[i];
        if (rule->history == NULL) {
            continue;
        }
        for (uint32_t e = 0; e < rule->history->entries.count; e++) {
            const RuleHistoryEntry *entry = &rule->history->entries.items[e];
            add_to_release(arena, &releases, names, entry->version->release,
                           (ReleaseRule){rule, entry});
        }
        add_to_release(arena, &releases, names, rule->history->first->release,
                       (ReleaseRule){rule, NULL});
    }
    if (releases.list.count > 0) {
        qsort(releases.list.items, releases.list.count, sizeof *releases.list.items, newest_first);
    }
    return releases;
}
