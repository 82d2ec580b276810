#pragma once
/* AgeList: things in order of age, from the stalest to the freshest, each with a link in it. Zeroed it is empty. */

#include "base/str.h"

typedef struct AgeLink {
    struct AgeLink *staler, *fresher;
} AgeLink;

typedef struct AgeList {
    AgeLink *stalest, *freshest;
} AgeList;

/* What the link stands in; NULL of NULL. */
#define AGE_LIST_OWNER(Type, member, link) ((Type *)age_list_owner((link), offsetof(Type, member)))

static inline void *age_list_owner(AgeLink *link, size_t offset)
{
    return link == NULL ? NULL : (char *)link - offset;
}

/* The neighbours learn where the link is now: what it stands in may have moved in memory. */
static inline void age_list_moved(AgeList *list, AgeLink *link)
{
    *(link->staler == NULL ? &list->stalest : &link->staler->fresher) = link;
    *(link->fresher == NULL ? &list->freshest : &link->fresher->staler) = link;
}

/* In front of `at`; NULL: it is the freshest. */
static inline void age_list_insert(AgeList *list, AgeLink *link, AgeLink *at)
{
    *link = (AgeLink){at == NULL ? list->freshest : at->staler, at};
    age_list_moved(list, link);
}

static inline void age_list_remove(AgeList *list, const AgeLink *link)
{
    *(link->staler == NULL ? &list->stalest : &link->staler->fresher) = link->fresher;
    *(link->fresher == NULL ? &list->freshest : &link->fresher->staler) = link->staler;
}
