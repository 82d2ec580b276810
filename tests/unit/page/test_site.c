#include "page_text.h"

#include "page/site.h"

typedef struct Files {
    Arena *arena;
    ARRAY(Str) names, texts;
} Files;

static bool keep(void *context, Str name, Str text, Err *err)
{
    Files *files = context;
    (void)err;
    Str name_copy = str_copy(files->arena, name);
    Str text_copy = str_copy(files->arena, text);
    ARRAY_PUSH(files->arena, &files->names, name_copy);
    ARRAY_PUSH(files->arena, &files->texts, text_copy);
    return true;
}

static bool refuse(void *context, Str name, Str text, Err *err)
{
    uint32_t *left = context;
    (void)name, (void)text;
    return (*left)-- > 0 || err_set(err, ERR_IO, "full");
}

/* A version with what a rule says as JSON. */
static RuleVersion version_of(Arena *arena, int64_t version, const char *release, const char *json)
{
    Err err = {0};
    RuleVersion row = {
        .id = version, .rule_id = STR("r"), .version = version, .release = str_from_c(release)};
    row.json = json_parse(arena, str_from_c(json), &err);
    assert_non_null(row.json);
    return row;
}

static RuleHistory history_of(Arena *arena)
{
    static RuleVersionList versions;
    versions = (RuleVersionList){0};
    ARRAY_PUSH(
        arena, &versions.list,
        version_of(arena, 1, "8.9.0", "{\"language\":\"kuery\",\"query\":\"a:\\\"<b>\\\"\"}"));
    ARRAY_PUSH(
        arena, &versions.list,
        version_of(arena, 2, "8.10.0", "{\"language\":\"eql\",\"query\":\"any where true\"}"));
    return rule_history(arena, schema_builtin(arena), &versions);
}

static Site *site_of(Arena *arena, RuleList *list, const RuleHistory *history)
{
    SiteRule rules[8] = {0};
    assert_true(list->rules.count <= ARRAY_LEN(rules));
    for (uint32_t i = 0; i < list->rules.count; i++) {
        rules[i] = (SiteRule){.rule = &list->rules.items[i], .history = i == 0 ? history : NULL};
    }
    return site_new(arena, rules, list->rules.count);
}

TEST(each_rule_has_a_file_of_its_own)
{
    static const char *const NAMES[] = {"../../etc/passwd", "Index",    "Net <script> Use!",
                                        "Net Script Use",   "\xc3\xa9", "\xc3\xa8"};
    Arena *arena = arena_new();
    RuleList list = {.arena = arena};
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
        add_rule(&list, NAMES[i], str_format(arena, "\"rule_id\":\"r%zu\",", i).ptr);
    }
    const Site *site = site_of(arena, &list, NULL);
    Table *files = table_new(arena);
    for (uint32_t i = 0; i < site->count; i++) {
        assert_int_equal(table_add(files, site->rules[i].file), i);
    }
    static const char *const EXPECTED[] = {"etc-passwd", "net-script-use"};
    for (size_t i = 0; i < ARRAY_LEN(EXPECTED); i++) {
        assert_int_not_equal(table_find(files, str_from_c(EXPECTED[i])), STR_NONE);
    }
    assert_int_equal(table_find(files, STR("index")), STR_NONE);
    arena_free(arena);
}

TEST(a_page_says_all_of_a_rule_and_what_each_version_changed)
{
    static const char *const PARTS[] = {
        "<h1>N &lt;script&gt;</h1>",
        "<dt>Rule type</dt><dd>eql</dd>",
        "<dt>Rule indices</dt><dd><ul><li>logs-*</li></ul></dd>",
        "<dt>Severity</dt><dd>low</dd>",
        "<dt>Risk score</dt><dd>5</dd>",
        "<dt>Runs every</dt><dd>5 minutes</dd>",
        "<dt>Searches indices from</dt><dd>now-9m (date math; 4 minutes additional look-back)</dd>",
        "<dt>Maximum alerts per execution</dt><dd>100</dd>",
        "href=\"https://example.org\">https://example.org</a></li><li>javascript:x</li>",
        "<dt>Tags</dt><dd><ul><li>T</li></ul></dd>",
        "<dt>Version</dt><dd>2 (<a href=\"#history\">version history</a>)</dd>",
        "<dt>Added (release)</dt><dd>8.9.0</dd>",
        "<dt>Last modified (release)</dt><dd>8.10.0</dd>",
        "<dt>Rule authors</dt><dd>A, B</dd>",
        "<dt>Rule license</dt><dd>L</dd>",
        "<h2>Potential false positives</h2>\n<ul>\n<li>F</li>\n</ul>",
        "<h2>Setup</h2>\n<p>S</p>",
        "<h2>Investigation guide</h2>\n<h3>G</h3>",
        "<h2>Rule query</h2>\n<pre><code><span class=\"k\">any</span>",
        "<h2>Rule filters</h2>\n<pre><code>[{&quot;query&quot;:{}}]</code></pre>",
        "<li>Tactic: <a rel=\"noreferrer noopener\" href=\"https://example.org/t\">Execution "
        "(TA0002)</a>\n<ul>\n<li>Technique: Shell (T1)</li>\n</ul></li>",
        "<dt>Version 2 (8.10.0 release)</dt><dd><ul><li>Updated query, changed "
        "from:\n<pre><code>a:<span class=\"s\">&quot;&lt;b&gt;&quot;</span></code></pre>"};
    Arena *arena = arena_new();
    RuleList list = {.arena = arena};
    add_rule(
        &list, "N <script>",
        "\"index\":[\"logs-*\"],\"from\":\"now-9m\",\"references\":[\"https://"
        "example.org\",\"javascript:x\"],\"tags\":[\"T\"],\"version\":2,"
        "\"author\":[\"A\",\"B\"],\"license\":\"L\",\"false_positives\":[\"F\"],\"setup\":\"S\","
        "\"note\":\"## G\",\"filters\":[{\"query\":{}}],"
        "\"threat\":[{\"framework\":\"F\",\"tactic\":{\"id\":\"TA0002\",\"name\":\"Execution\","
        "\"reference\":\"https://example.org/t\"},"
        "\"technique\":[{\"id\":\"T1\",\"name\":\"Shell\",\"reference\":\"javascript:y\"}]}],");
    RuleHistory history = history_of(arena);
    const Site *site = site_of(arena, &list, &history);
    Buffer out = {0};
    rule_page_html(&out, &site->rules[0]);
    for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
        expect_part(&out, PARTS[i]);
    }
    expect_no_part(&out, "<script");
    buffer_done(&out);
    rule_page_markdown(&out, &site->rules[0]);
    expect_part(&out, "# N &lt;script&gt;\n\nD\n\n- **Rule type**: eql\n");
    expect_part(&out, "- **References**: \n  - [https\\://example\\.org](<https://example.org>)\n  "
                      "- javascript\\:x\n");
    expect_part(&out, "## Rule query\n\n```eql\nany where true\n```\n");
    expect_part(&out, "## Rule version history\n\n- Version 2 \\(8\\.10\\.0 release\\)\n  - "
                      "Updated query, changed from\\:\n\n    ```\n    a:\"<b>\"\n    ```\n");
    buffer_done(&out);
    arena_free(arena);
}

TEST(a_site_has_an_index_coverage_and_the_changes_of_each_release)
{
    Arena *arena = arena_new();
    RuleList list = {.arena = arena};
    add_rule(&list, "One", "\"rule_id\":\"1\",\"tags\":[\"</script>\"],");
    add_rule(&list, "Two", "\"rule_id\":\"2\",");
    RuleHistory history = history_of(arena);
    const Site *site = site_of(arena, &list, &history);
    static const char *const ENDS[] = {[SITE_HTML] = "html", [SITE_MARKDOWN] = "md"};
    static const char *const STEMS[] = {"one", "two", "coverage", "index", "changes"};
    for (size_t form = 0; form < ARRAY_LEN(ENDS); form++) {
        Files files = {.arena = arena};
        Err err = {0};
        assert_true(site_write(site, (SiteForm)form, keep, &files, &err));
        assert_int_equal(files.names.count, ARRAY_LEN(STEMS));
        for (size_t i = 0; i < ARRAY_LEN(STEMS); i++) {
            Str name = str_format(arena, "%s.%s", STEMS[i], ENDS[form]);
            assert_true(str_equal(files.names.items[i], name));
        }
        Buffer changes = {0};
        buffer_append(&changes, files.texts.items[4]);
        if (form == SITE_HTML) {
            expect_part(&changes, "<h2>8.10.0</h2>\n<ul>\n<li><a href=\"one.html\">One</a>: "
                                  "version 2: Updated query</li>\n</ul>\n"
                                  "<h2>8.9.0</h2>\n<ul>\n<li><a href=\"one.html\">One</a>: new, "
                                  "version 1</li>\n</ul>");
        } else {
            expect_part(
                &changes,
                "## 8\\.10\\.0\n\n- [One](one.md): version 2\\: Updated query\n\n## 8\\.9\\.0\n");
        }
        buffer_done(&changes);
        for (uint32_t left = 0; left < ARRAY_LEN(STEMS); left++) {
            uint32_t room = left;
            assert_false(site_write(site, (SiteForm)form, refuse, &room, &err));
        }
    }
    arena_free(arena);
}

RUN_TESTS(CASE(each_rule_has_a_file_of_its_own),
          CASE(a_page_says_all_of_a_rule_and_what_each_version_changed),
          CASE(a_site_has_an_index_coverage_and_the_changes_of_each_release))
