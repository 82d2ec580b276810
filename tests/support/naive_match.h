#pragma once
/* NaiveMatch: wildcards and regular expressions as their definitions read, for texts of a few characters. What the
 * engine's matchers are held against. */

#include "base/regex_class.h"
#include "base/utf8.h"

#define NAIVE_MAX 60 /* characters */

typedef struct NaiveText {
    uint32_t characters[NAIVE_MAX];
    size_t count;
} NaiveText;

/* False when the text has too many characters. */
static inline bool naive_text(Str text, NaiveText *out)
{
    out->count = 0;
    for (size_t at = 0; at < text.len;) {
        if (out->count == NAIVE_MAX) {
            return false;
        }
        out->characters[out->count++] = utf8_next(text, &at);
    }
    return true;
}

/* fits[t]: the pattern up to here fits the first t characters. */
static inline bool naive_wildcard(const NaiveText *pattern, const NaiveText *text)
{
    bool fits[NAIVE_MAX + 1] = {true};
    for (size_t p = 0; p < pattern->count; p++) {
        bool next[NAIVE_MAX + 1] = {false};
        for (size_t t = 0; t <= text->count; t++) {
            uint32_t c = pattern->characters[p];
            if (c == '*') {
                next[t] = fits[t] || (t > 0 && next[t - 1]);
            } else {
                next[t] = t > 0 && fits[t - 1] && (c == '?' || c == text->characters[t - 1]);
            }
        }
        memcpy(fits, next, sizeof fits);
    }
    return fits[text->count];
}

/* Bit n: the node fits the characters from `from` up to n. *work is counted down; at 0 the answer means nothing. */
static inline uint64_t naive_ends(const RegexNode *node, const NaiveText *text, size_t from,
                                  uint32_t *work)
{
    uint64_t ends = 0;
    if (*work == 0) {
        return 0;
    }
    --*work;
    switch (node->kind) {
    case REGEX_NOTHING: return 0;
    case REGEX_CLASS:
        for (uint32_t i = 0; from < text->count && i < node->range_count; i++) {
            uint32_t c = text->characters[from];
            if (node->ranges[i].first <= c && c <= node->ranges[i].last) {
                ends = (uint64_t)1 << (from + 1);
            }
        }
        return ends;
    case REGEX_SEQUENCE:
        ends = (uint64_t)1 << from;
        for (uint32_t i = 0; i < node->child_count; i++) {
            uint64_t next = 0;
            for (uint64_t rest = ends; rest != 0; rest &= rest - 1) {
                next |= naive_ends(node->children[i], text, (size_t)__builtin_ctzll(rest), work);
            }
            ends = next;
        }
        return ends;
    case REGEX_CHOICE:
        for (uint32_t i = 0; i < node->child_count; i++) {
            ends |= naive_ends(node->children[i], text, from, work);
        }
        return ends;
    case REGEX_REPEAT: {
        uint64_t now = (uint64_t)1 << from;
        for (uint32_t i = 0; now != 0 && *work > 0; i++) {
            ends |= i >= node->min ? now : 0;
            if (i == node->max) {
                break;
            }
            uint64_t next = 0;
            for (uint64_t rest = now; rest != 0; rest &= rest - 1) {
                next |= naive_ends(node->children[0], text, (size_t)__builtin_ctzll(rest), work);
            }
            if (i >= node->min && (next & ~ends) == 0) {
                break; /* only texts that are ends already */
            }
            now = next;
        }
        return ends;
    }
    case REGEX_NOT: {
        uint64_t possible = ((uint64_t)2 << text->count) - ((uint64_t)1 << from);
        return possible & ~naive_ends(node->children[0], text, from, work);
    }
    }
    return ends;
}

static inline bool naive_regex(const RegexNode *node, const NaiveText *text, uint32_t *work)
{
    return (naive_ends(node, text, 0, work) >> text->count & 1) != 0;
}
