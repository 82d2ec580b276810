#pragma once
/* RuleSource: the rules that --rules, --rule and --tag ask for, read and compiled or taken from the cache, and
 * what is to be said about those that do not run or run with less than they ask for. */

#include "cli/verb.h"
#include "rule/rule_set.h"
#include "rule/value_lists.h"

#define OPTIONS_RULE_SOURCE                                                                   \
    {"rules", 'r', "PATH", true,                                                              \
     "rule file or folder (TOML, NDJSON); may be given more than once"},                      \
        {"rule", 0, "NAME", true, "only rules with this rule_id, id, or part of their name"}, \
    {                                                                                         \
        "tag", 0, "TAG", true, "only rules with this tag"                                     \
    }

#define OPTIONS_VALUE_LISTS                                                               \
    {                                                                                     \
        "value-lists", 0, "PATH", true,                                                   \
            "value lists that exceptions name, a folder with a file (ID or ID.txt) for\n" \
            "each, one value a line; may be given more than once"                         \
    }

#define OPTIONS_EXCEPTIONS                                                                    \
    {                                                                                         \
        "exceptions", 0, "PATH", true,                                                        \
            "exception lists, a file or folder (Kibana's export, TOML of detection-rules);\n" \
            "may be given more than once. Those among the rules are read anyway"              \
    }

#define OPTIONS_CACHE                                                                   \
    {"cache", 0, "DIR", false,                                                          \
     "where compiled rules are kept (default: the user's cache folder)"},               \
    {                                                                                   \
        "no-cache", 0, NULL, false, "read and compile the rules anew, and keep nothing" \
    }

/* The moment that --now names, else the clock's. */
bool rules_now(const Run *run, int64_t *now_ns, Err *err) MUST_CHECK;

/* Finds the files of --value-lists; NULL if it is not given. False when they cannot be told. */
bool rules_value_lists(const Run *run, ValueLists **out, Err *err) MUST_CHECK;

/* Reads exception lists of --exceptions; the rules' own are in the list already. */
bool rules_read_exceptions(const Run *run, RuleList *list, Err *err) MUST_CHECK;

/* Reads the rules and compiles those that the filter lets pass. The cache knows and keeps whole folders only:
 * with a filter what it has is compiled anew, and nothing is kept. */
bool rules_load(Run *run, const StrList *paths, const RuleFilter *filter, RuleList *list,
                RuleSet **set, int *code);

#define OPTION_STORE                                                      \
    {                                                                     \
        "store", 's', "FILE", false, "the store of rules (a SQLite file)" \
    }

/* All values of an option that may be given more than once. */
StrList rules_option(const Run *run, const char *name);

/* What is wrong with rules, on standard error; how many errors there are. Warnings are not for --quiet. */
uint32_t rules_tell_problems(const Run *run, const RuleList *list);

typedef struct RuleSource {
    Run *run;
    RuleList list;
    RuleSet *set;
} RuleSource;

/* False when no rule can run; *code then says how to exit. */
bool rule_source_load(RuleSource *source, Run *run, int *code);

/* That a rule which was chosen does not run after all. */
void rule_source_tell_drop(const RuleSource *source, const RuleSkip *why);
/* Of what the mapping lacks, where no events are asked. */
void rule_source_tell_unasked(RuleSource *source);
