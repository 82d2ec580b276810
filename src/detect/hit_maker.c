#include "detect/hit_maker.h"

#include "base/heap.h"
#include "base/timestamp.h"
#include "detect/carried.h"
#include "detect/held_rows.h"
#include "detect/hit_time.h"

struct HitMaker {
    const PlanSet *plan;
    Arena *memory;    /* as long as the maker */
    Arena *scratch;   /* of one hit */
    Arena *computing; /* of one value of a computed key */
    RowTimes times;
    Values *values; /* of one hit's join keys */
    uint32_t *turns;
    Buffer tiebreaker, keys, process, parent;
    HeldHits *held; /* NULL: no hit is held */
    HeldRows *held_rows;
    Word holding[BITMAP_WORDS(BATCH_ROWS)]; /* rows of the batch with hits that are held */
    HitMakerStats stats;
};

/* What all hits of one call share. The event stands in a row of the batch or in the row evaluator.
 */
typedef struct Making {
    HitMaker *maker;
    const Batch *batch; /* NULL for a document */
    uint32_t row;
    Evaluator *evaluator;
    RowEvaluator *row_evaluator;
    const ScalarPatterns *patterns;
    bool looks_once; /* at each value, and need not have it decoded for good */
    const EventPlace *place;
    HitTake *take;
    void *context;
    Err *err;
} Making;

HitMaker *hit_maker_new(const PlanSet *plan)
{
    HitMaker *maker = HEAP_NEW(HitMaker);
    uint32_t most_keys = 0;
    for (uint32_t i = 0; i < plan->query_count; i++) {
        uint32_t keys = plan->queries[i].key_count;
        most_keys = keys > most_keys ? keys : most_keys;
    }
    maker->plan = plan;
    maker->memory = arena_new();
    maker->scratch = arena_new();
    maker->computing = arena_new();
    maker->values = ARENA_MANY(maker->memory, Values, most_keys);
    maker->turns = ARENA_MANY(maker->memory, uint32_t, most_keys);
    return maker;
}

void hit_maker_free(HitMaker *maker)
{
    if (maker != NULL) {
        arena_free(maker->memory);
        arena_free(maker->scratch);
        arena_free(maker->computing);
        buffer_done(&maker->tiebreaker);
        buffer_done(&maker->keys);
        buffer_done(&maker->process);
        buffer_done(&maker->parent);
        held_rows_free(maker->held_rows);
        free(maker);
    }
}

void hit_maker_hold(HitMaker *maker, HeldHits *held)
{
    maker->held = held;
    maker->held_rows = held_rows_new(maker->plan);
}

const Word *hit_maker_holding(const HitMaker *maker)
{
    return maker->holding;
}

HitMakerStats hit_maker_stats(const HitMaker *maker)
{
    return maker->stats;
}

/* --- time --- */

static bool document_time(const Making *making, const Field *field, int64_t *ns)
{
    return hit_document_time(field, row_evaluator_document(making->row_evaluator),
                             making->maker->scratch, ns);
}

/* Whatever the document says, a date orders by the millisecond unless its type says otherwise. */
static int64_t cut_to_millisecond(int64_t ns)
{
    int64_t past = ns % NS_PER_MS;
    return ns - (past < 0 ? past + NS_PER_MS : past);
}

static bool find_time(const Making *making, FieldId id, Hit *hit)
{
    const Field *field = field_table_get(making->maker->plan->fields, id);
    HitMaker *maker = making->maker;
    bool found = making->batch != NULL ? row_times_get(&maker->times, making->row, id,
                                                       maker->scratch, &hit->time_fine)
                                       : document_time(making, field, &hit->time_fine);
    hit->time =
        field->type == FIELD_DATE_NANOS ? hit->time_fine : cut_to_millisecond(hit->time_fine);
    hit->time -= hit->time == HIT_TIME_SAMPLE; /* the last nanosecond of all is the one before, */
    hit->time += hit->time == HIT_TIME_INDICATOR; /* and the first the one behind */
    return found;
}

/* --- keys --- */

static Values values_of(const Making *making, FieldId field)
{
    const Batch *batch = making->batch;
    if (batch == NULL) {
        return row_evaluator_values(making->row_evaluator, field);
    }
    const uint32_t *codes =
        batch_dictionary(batch, field) == NULL ? NULL : batch_codes(batch, field);
    if (making->looks_once && codes != NULL) {
        return dictionary_peek(batch_dictionary(batch, field), codes[making->row],
                               making->maker->scratch);
    }
    return batch_values(batch, making->maker->scratch, making->row, field);
}

static Str find_tiebreaker(const Making *making, FieldId field)
{
    Buffer *out = &making->maker->tiebreaker;
    buffer_clear(out);
    if (field != FIELD_NONE) {
        Values values = values_of(making, field);
        if (values.count > 0) {
            value_append_key(out, &values.items[0]);
        }
    }
    return buffer_str(out);
}

static Values computed_values(const Making *making, const Formula *formula, uint64_t *cut)
{
    HitMaker *maker = making->maker;
    Values *fields = ARENA_MANY(maker->scratch, Values, formula->field_count);
    for (uint32_t slot = 0; slot < formula->field_count; slot++) {
        fields[slot] = values_of(making, formula->fields[slot]);
    }
    return scalar_values(making->patterns, formula, fields, maker->scratch, maker->computing, cut);
}

/* The values of each join key; false when one that must be there is not. */
static bool key_values(const Making *making, const Stage *stage, uint32_t key_count, Values *out,
                       uint64_t *cut)
{
    for (uint32_t i = 0; i < key_count; i++) {
        const JoinKey *key = &stage->keys[i];
        out[i] = key->computed == NULL ? values_of(making, key->field)
                                       : computed_values(making, key->computed, cut);
        if (out[i].count == 0 && !key->optional) {
            return false;
        }
        if (out[i].count == 0) {
            Value *null = ARENA_NEW(making->maker->scratch, Value);
            *null = value_null();
            out[i] = (Values){null, 1};
        }
    }
    return true;
}

Values hit_maker_key_values(HitMaker *maker, RowEvaluator *evaluator, const JoinKey *key)
{
    Making making = {
        .maker = maker, .row_evaluator = evaluator, .patterns = row_evaluator_patterns(evaluator)};
    uint64_t cut = 0;
    arena_reset(maker->scratch);
    return key->computed == NULL ? values_of(&making, key->field)
                                 : computed_values(&making, key->computed, &cut);
}

/* The next combination, the last key turning fastest. */
static bool turn(const Values *values, uint32_t key_count, uint32_t *at)
{
    for (uint32_t i = key_count; i-- > 0;) {
        if (++at[i] < values[i].count) {
            return true;
        }
        at[i] = 0;
    }
    return false;
}

/* Every combination of the keys' values, up to the bounds. False when there is none. */
static bool make_keys(const Making *making, const Stage *stage, uint32_t key_count, Hit *hit)
{
    HitMaker *maker = making->maker;
    Values *values = maker->values;
    uint32_t *at = maker->turns;
    for (uint32_t i = 0; i < key_count; i++) {
        at[i] = 0;
    }
    uint64_t cut = 0;
    bool more = false;
    if (!key_values(making, stage, key_count, values, &cut)) {
        maker->stats.keys_cut += cut > 0;
        return false;
    }
    buffer_clear(&maker->keys);
    do {
        for (uint32_t i = 0; i < key_count; i++) {
            value_append_key(&maker->keys, &values[i].items[at[i]]);
        }
        hit->key_tuples++;
        more = turn(values, key_count, at);
    } while (more && hit->key_tuples < HIT_MAX_TUPLES && maker->keys.len < HIT_MAX_KEY_BYTES);
    maker->stats.keys_cut += more || cut > 0;
    hit->keys = buffer_str(&maker->keys);
    return true;
}

/* --- lineage --- */

/* What programs write where they do not know the process. */
static bool is_no_id(const Value *value)
{
    static const Str NONE[] = {STR_INIT(""), STR_INIT("{00000000-0000-0000-0000-000000000000}"),
                               STR_INIT("00000000-0000-0000-0000-000000000000")};
    bool none = value->kind == VALUE_NULL;
    for (size_t i = 0; i < ARRAY_LEN(NONE) && value->kind == VALUE_STRING; i++) {
        none = none || str_equal(value->text, NONE[i]);
    }
    return none;
}

static Str ids_of(const Making *making, FieldId field, Buffer *out)
{
    Values values = values_of(making, field);
    bool fits = true;
    buffer_clear(out);
    for (uint32_t i = 0; i < values.count; i++) {
        fits = (is_no_id(&values.items[i]) || hit_append_id(out, &values.items[i])) && fits;
    }
    making->maker->stats.keys_cut += !fits;
    return buffer_str(out);
}

static bool asks_for(const Stage *stage, LineageRelation relation)
{
    for (uint32_t i = 0; i < stage->leaf_count; i++) {
        if (stage->leaves[i].relation == relation) {
            return true;
        }
    }
    return false;
}

/* False for a hit that has nothing to tell. */
static bool add_ids(const Making *making, const Stage *stage, Hit *hit)
{
    const LineagePlan *lineage = &making->maker->plan->queries[hit->query].lineage;
    bool marks = hit_is_of_lineage(hit);
    bool inherits = hit->stage == HIT_LINK || asks_for(stage, LINEAGE_DESCENDANT);
    if (marks || inherits || asks_for(stage, LINEAGE_EVENT)) {
        hit->process = ids_of(making, lineage->process, &making->maker->process);
    }
    if (inherits || asks_for(stage, LINEAGE_CHILD)) {
        hit->parent = ids_of(making, lineage->parent, &making->maker->parent);
    }
    if (marks) {
        return hit->process.len > 0 && (hit->stage != HIT_LINK || hit->parent.len > 0);
    }
    /* Without ids no leaf holds. */
    return stage->leaf_count == 0 || hit->process.len > 0 || hit->parent.len > 0 ||
           (hit->cases & 1) != 0;
}

/* What the query's pipes ask of the event. The twin reads it again. */
static void carry(const Making *making, const QueryPlan *plan, Hit *hit)
{
    Buffer *out = &making->maker->keys;
    buffer_clear(out);
    for (uint32_t i = 0; i < plan->asked_count; i++) {
        carried_append(out, batch_raw_value(making->batch, making->row, plan->asked[i]));
    }
    hit->keys = buffer_str(out);
}

/* --- hits --- */

/* One for each key that the event has. */
static bool make_sample_hits(const Making *making, Hit *hit, uint32_t key_count)
{
    HitMaker *maker = making->maker;
    Str *keys = ARENA_MANY(maker->scratch, Str, hit->key_tuples);
    uint32_t count = hit_split_keys(hit, key_count, maker->scratch, keys);
    bool ok = true;
    for (uint32_t i = 0; i < count && ok; i++) {
        hit_make_sample(hit, keys[i], &maker->tiebreaker);
        ok = making->take(making->context, hit, making->row, making->err);
    }
    return ok;
}

/* What a hit is to be made of. */
typedef struct Wanted {
    uint32_t query;
    uint16_t number; /* `stage` of the hit */
    const QueryPlan *plan;
    const Stage *stage;
} Wanted;

static bool make_hit(const Making *making, const Wanted *wanted, uint16_t cases)
{
    HitMaker *maker = making->maker;
    const QueryPlan *plan = wanted->plan;
    Hit hit = {
        .place = *making->place, .query = wanted->query, .stage = wanted->number, .cases = cases};
    arena_reset(maker->scratch);
    bool is_stage = !hit_is_of_lineage(&hit);
    if (plan->kind != QUERY_EVENT && is_stage &&
        !make_keys(making, wanted->stage, plan->key_count, &hit)) {
        return true;
    }
    if (plan->kind == QUERY_EVENT && making->batch != NULL) {
        carry(making, plan, &hit);
    }
    if (plan->kind == QUERY_SAMPLE) {
        return make_sample_hits(making, &hit, plan->key_count);
    }
    if (plan->finding.kind == FINDING_THREATS && hit.stage == FINDING_STAGE_INDICATORS) {
        hit.time = HIT_TIME_INDICATOR;
        hit.time_fine = HIT_TIME_INDICATOR;
        return making->take(making->context, &hit, making->row, making->err);
    }
    if (plan->lineage.source_count > 0 && !add_ids(making, wanted->stage, &hit)) {
        return true;
    }
    if (!find_time(making, plan->timestamp, &hit)) {
        maker->stats.without_time += hit.stage != HIT_LINK;
        return true;
    }
    hit.tiebreaker = find_tiebreaker(making, plan->tiebreaker);
    return making->take(making->context, &hit, making->row, making->err);
}

/* --- hits that are held --- */

static uint32_t key_number(const Making *making, const Wanted *wanted)
{
    HitMaker *maker = making->maker;
    uint32_t slot = wanted->number == HIT_UNTIL ? wanted->plan->stage_count : wanted->number;
    uint32_t *number = held_rows_key(maker->held_rows, wanted->query, slot, making->row);
    if (*number != HELD_UNKNOWN) {
        return *number;
    }
    Hit hit = {0};
    uint64_t cut = maker->stats.keys_cut;
    arena_reset(maker->scratch);
    uint32_t found = HELD_NONE;
    if (make_keys(making, wanted->stage, wanted->plan->key_count, &hit)) {
        found = HELD_FIRST + held_hits_key(maker->held, &hit);
    }
    if (maker->stats.keys_cut == cut) { /* what is cut is counted for each hit */
        *number = found;
    }
    return found;
}

static uint32_t moment_number(const Making *making, const Wanted *wanted)
{
    HitMaker *maker = making->maker;
    const QueryPlan *plan = wanted->plan;
    uint32_t *number = held_rows_moment(maker->held_rows, wanted->query, making->row);
    if (*number != HELD_UNKNOWN) {
        return *number;
    }
    Hit hit = {.place = *batch_place(making->batch, making->row)};
    arena_reset(maker->scratch);
    *number = HELD_NONE;
    if (plan->kind == QUERY_SAMPLE || find_time(making, plan->timestamp, &hit)) {
        hit.tiebreaker =
            plan->kind == QUERY_SAMPLE ? (Str){0} : find_tiebreaker(making, plan->tiebreaker);
        *number = HELD_FIRST + held_hits_moment(maker->held, &hit);
    }
    return *number;
}

static bool hold_row(const Making *making, const Wanted *wanted)
{
    HitMaker *maker = making->maker;
    if (held_hits_is_full(maker->held)) {
        if (!held_hits_spill(maker->held, making->err)) {
            return false;
        }
        held_rows_forget(maker->held_rows);
    }
    uint32_t key = key_number(making, wanted);
    if (key == HELD_NONE) {
        return true;
    }
    uint32_t moment = moment_number(making, wanted);
    if (moment == HELD_NONE) {
        maker->stats.without_time++;
        return true;
    }
    bitmap_set(maker->holding, making->row);
    held_hits_add(maker->held, wanted->query, wanted->number,
                  (HeldHit){moment - HELD_FIRST, key - HELD_FIRST});
    return true;
}

static bool hold_rows(Making *making, const Wanted *wanted, const Word *rows)
{
    making->looks_once = true;
    BITMAP_EACH(rows, batch_rows(making->batch), row)
    {
        making->row = (uint32_t)row;
        if (!hold_row(making, wanted)) {
            return false;
        }
    }
    making->looks_once = false;
    return true;
}

/* --- all hits of a query --- */

typedef bool MakeHits(Making *making, const Wanted *wanted);

static bool each_stage(Making *making, uint32_t query, MakeHits *make)
{
    const QueryPlan *plan = &making->maker->plan->queries[query];
    Wanted wanted = {.query = query, .plan = plan};
    for (uint32_t i = 0; i < plan->lineage.source_count; i++) {
        wanted.number = (uint16_t)(HIT_SOURCE + i);
        wanted.stage = &plan->lineage.sources[i];
        if (!make(making, &wanted)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < plan->stage_count; i++) {
        wanted.number = (uint16_t)i;
        wanted.stage = &plan->stages[i];
        if (!make(making, &wanted)) {
            return false;
        }
    }
    const struct {
        uint16_t number;
        const Stage *stage;
    } others[] = {{HIT_UNTIL, plan->until}, {HIT_LINK, plan->lineage.link}};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        wanted.number = others[i].number;
        wanted.stage = others[i].stage;
        if (wanted.stage != NULL && !make(making, &wanted)) {
            return false;
        }
    }
    return true;
}

static bool each_query(Making *making, MakeHits *make)
{
    for (uint32_t query = 0; query < making->maker->plan->query_count; query++) {
        if (!each_stage(making, query, make)) {
            return false;
        }
    }
    return true;
}

static bool stage_rows(Making *making, const Wanted *wanted)
{
    const Stage *stage = wanted->stage;
    const Word *rows = evaluator_rows(making->evaluator, stage->node);
    if (rows == NULL) {
        return true;
    }
    if (making->maker->held != NULL && held_hits_fit(wanted->plan)) {
        return hold_rows(making, wanted, rows);
    }
    const Word *cases[1 << LINEAGE_MAX_LEAVES];
    uint32_t case_count = stage->leaf_count == 0 ? 0 : 1u << stage->leaf_count;
    for (uint32_t i = 0; i < case_count; i++) {
        cases[i] = evaluator_rows(making->evaluator, stage->cases[i]);
    }
    BITMAP_EACH(rows, batch_rows(making->batch), row)
    {
        uint16_t fits = 0;
        for (uint32_t i = 0; i < case_count; i++) {
            fits |= (uint16_t)((cases[i] != NULL && bitmap_get(cases[i], row)) << i);
        }
        making->row = (uint32_t)row;
        making->place = batch_place(making->batch, (uint32_t)row);
        if (!make_hit(making, wanted, fits)) {
            return false;
        }
    }
    return true;
}

bool hit_maker_batch(HitMaker *maker, const Batch *batch, Evaluator *evaluator, HitTake *take,
                     void *context, Err *err)
{
    Making making = {.maker = maker,
                     .batch = batch,
                     .evaluator = evaluator,
                     .patterns = evaluator_patterns(evaluator),
                     .take = take,
                     .context = context,
                     .err = err};
    row_times_begin(&maker->times, batch);
    if (maker->held != NULL) {
        held_rows_begin(maker->held_rows, batch);
        bitmap_clear_all(maker->holding, batch_rows(batch));
    }
    return each_query(&making, stage_rows);
}

/* The cases of the twin are the condition itself, with the leaves told. */
static bool stage_document(Making *making, const Wanted *wanted)
{
    const Stage *stage = wanted->stage;
    RowEvaluator *evaluator = making->row_evaluator;
    if (stage->leaf_count == 0) {
        return !row_evaluator_holds(evaluator, stage->condition) || make_hit(making, wanted, 0);
    }
    uint16_t fits = 0;
    for (uint32_t number = 0; number < 1u << stage->leaf_count; number++) {
        LineageFacts facts = {0};
        for (uint32_t i = 0; i < stage->leaf_count; i++) {
            facts.of[stage->leaves[i].relation] |= (number >> i & 1) << stage->leaves[i].source;
        }
        row_evaluator_set_lineage(evaluator, &facts);
        fits |= (uint16_t)(row_evaluator_holds(evaluator, stage->condition) << number);
    }
    return fits == 0 || make_hit(making, wanted, fits);
}

bool hit_maker_document(HitMaker *maker, const EventPlace *place, RowEvaluator *evaluator,
                        HitTake *take, void *context, Err *err)
{
    Making making = {.maker = maker,
                     .row_evaluator = evaluator,
                     .patterns = row_evaluator_patterns(evaluator),
                     .place = place,
                     .take = take,
                     .context = context,
                     .err = err};
    return each_query(&making, stage_document);
}

bool hit_maker_position(HitMaker *maker, const EventPlace *place, RowEvaluator *evaluator,
                        uint32_t query, Hit *out)
{
    Making making = {.maker = maker, .row_evaluator = evaluator, .place = place};
    const QueryPlan *plan = &maker->plan->queries[query];
    *out = (Hit){.place = *place, .query = query, .stage = HIT_LINK};
    arena_reset(maker->scratch);
    bool has_sources = plan->lineage.source_count > 0;
    if (has_sources) {
        out->process = ids_of(&making, plan->lineage.process, &maker->process);
    }
    if (has_sources && plan->lineage.parent != FIELD_NONE) {
        out->parent = ids_of(&making, plan->lineage.parent, &maker->parent);
    }
    bool has_time = find_time(&making, plan->timestamp, out);
    out->tiebreaker = find_tiebreaker(&making, plan->tiebreaker);
    return has_time;
}
