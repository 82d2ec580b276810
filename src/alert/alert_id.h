#pragma once
/* AlertId: names of alerts that follow from what they are about, so that the same events and rule
 * give the same ids in any run, here and in Elastic's engine: sha256, 64 hex digits. */

#include "alert/ancestor.h"
#include "base/hash.h"

Hex alert_id_of_event(const Ancestor *event, Str space, Str rule_id);
/* The id of building block `index`; `blocks` are the ancestors of each block. */
Hex alert_id_of_block(const Ancestors *blocks, uint32_t block_count, Str rule_id, uint32_t index);
Hex alert_id_of_shell(const Ancestors *ancestors, Str rule_id);
