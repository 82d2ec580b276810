#pragma once
/* Site: rules as pages to read: one for each rule, an index of all, what each release changed, and which of ATT&CK they cover.
 *
 * A page       tells what the rule looks for, where, how often, how bad; its guide, query and place in ATT&CK; and, of a rule
 *              from a store, what each version changed.
 * Trust        rules are hostile: what they say is text (page/html.h, page/guide.h), and names of files are made of
 *              a-z, 0-9 and "-" alone. Pages load nothing from anywhere and open from a disk.
 * Lifetimes    in the arena; borrows rules and histories. */

#include "rule/rule_history.h"
#include "rule/rule_set.h"

typedef struct SiteRule {
    const Rule *rule;
    const RuleHistory *history; /* NULL: only what the rule says is known */
    Str file; /* of its page, without an ending: "network-connection"; made by site_new */
} SiteRule;

typedef struct Site {
    Arena *arena;
    SiteRule *rules; /* by name */
    uint32_t count;
} Site;

typedef enum SiteForm { SITE_HTML, SITE_MARKDOWN } SiteForm;

Site *site_new(Arena *arena, const SiteRule *rules, uint32_t count);

/* Takes a file of the site. */
typedef bool SiteWrite(void *context, Str name, Str text, Err *err);
bool site_write(const Site *site, SiteForm form, SiteWrite *write, void *context,
                Err *err) MUST_CHECK;

/* One page. */
void rule_page_html(Buffer *out, const SiteRule *rule);
void rule_page_markdown(Buffer *out, const SiteRule *rule);

/* ---- what both forms say ---- */

typedef struct PageFact {
    const char *label;
    Str text; /* when `list` has nothing */
    StrList list;
    bool is_links; /* the list's items are addresses */
} PageFact;

typedef struct PageFacts {
    ARRAY(PageFact) list;
} PageFacts;

PageFacts page_facts(Arena *arena, const SiteRule *rule);

/* What a release changed: rules that are new, and those of which a version came with it. */
typedef struct ReleaseRule {
    const SiteRule *rule;
    const RuleHistoryEntry *entry; /* NULL: new */
} ReleaseRule;

typedef struct Release {
    Str name;
    ARRAY(ReleaseRule) rules; /* in the site's order */
} Release;

typedef struct Releases {
    ARRAY(Release) list; /* newest first: by the numbers in their names */
} Releases;

Releases site_releases(Arena *arena, const Site *site);
