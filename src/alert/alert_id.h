#pragma once
/* AlertId: names of alerts that follow from what they are about, so that the same events and rule
 * give the same ids in any run, here and in Elastic's engine: sha256, 64 hex digits. */

#include "alert/ancestor.h"
#include "base/hash.h"

/* `more`: what else tells the alert from others on the same event; empty: nothing. */
Hex alert_id_of_event(const Ancestor *event, Str space, Str rule_id, Str more);
/* The ids of a sequence's building blocks; `blocks` are the ancestors of each. */
void alert_ids_of_blocks(const Ancestors *blocks, uint32_t block_count, Str rule_id, Hex *out);
Hex alert_id_of_shell(const Ancestors *ancestors, Str rule_id);
