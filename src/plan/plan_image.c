#include "plan/plan_image.h"

/* What ids are below. */
enum { FIELDS = PLAN_IMAGE_FIELDS, PREDICATES, NODES, SLOTS, KEYS, PIPE_VALUES, PIPE_NODES, LISTS };

IMAGE_GUARD
IMAGE_ENUM(is_expr_kind, ExprKind, case EXPR_LITERAL
           : case EXPR_FIELD
           : case EXPR_IS_NULL
           : case EXPR_COMPARE
           : case EXPR_IN
           : case EXPR_LIKE
           : case EXPR_REGEX
           : case EXPR_PHRASE
           : case EXPR_WORD_LIKE
           : case EXPR_CALL
           : case EXPR_ARITHMETIC
           : case EXPR_NEGATE
           : case EXPR_AND
           : case EXPR_OR
           : case EXPR_NOT
           : case EXPR_IN_LIST
           : case EXPR_INDEX
           : case EXPR_VARIABLE
           : case EXPR_SEARCH
           : case EXPR_COUNT:)
IMAGE_ENUM(is_expr_op, ExprOp, case OP_NONE
           : case OP_EQUAL
           : case OP_LESS
           : case OP_LESS_EQUAL
           : case OP_GREATER
           : case OP_GREATER_EQUAL
           : case OP_ADD
           : case OP_SUBTRACT
           : case OP_MULTIPLY
           : case OP_DIVIDE
           : case OP_MODULO:)
IMAGE_ENUM(is_compare_as, CompareAs, case COMPARE_AS_VALUE
           : case COMPARE_AS_IP
           : case COMPARE_AS_ADDRESS
           : case COMPARE_AS_VERSION:)
IMAGE_ENUM(is_node_kind, PlanNodeKind, case NODE_FALSE
           : case NODE_TRUE
           : case NODE_PREDICATE
           : case NODE_AND
           : case NODE_OR
           : case NODE_NOT
           : case NODE_LINEAGE:)
IMAGE_ENUM(is_query_kind, QueryPlanKind, case QUERY_EVENT
           : case QUERY_SEQUENCE
           : case QUERY_SAMPLE:)
IMAGE_ENUM(is_sequence_matches, SequenceMatches, case SEQUENCE_LATEST
           : case SEQUENCE_STARTS
           : case SEQUENCE_ALL:)
IMAGE_ENUM(is_relation, LineageRelation, case LINEAGE_EVENT
           : case LINEAGE_CHILD
           : case LINEAGE_DESCENDANT:)

IMAGE_ENUM(is_pipe_kind, PipeKind, case PIPE_HEAD
           : case PIPE_TAIL
           : case PIPE_FILTER
           : case PIPE_SORT
           : case PIPE_UNIQUE
           : case PIPE_COUNT
           : case PIPE_UNIQUE_COUNT:)
IMAGE_ENUM(is_pipe_field_kind, PipeFieldKind, case PIPE_FIELD_OF_FIRST
           : case PIPE_FIELD_OF_EVENT
           : case PIPE_FIELD_COUNT
           : case PIPE_FIELD_PERCENT:)

IMAGE_ENUM(is_finding_kind, FindingKind, case FINDING_EVENTS
           : case FINDING_THRESHOLD
           : case FINDING_NEW_TERMS
           : case FINDING_THREATS:)

static bool is_function(uint32_t value)
{
    return value < FUNCTION_COUNT;
}

/* ---- tables ---- */

static void put_value(ImageWriter *writer, const void *object)
{
    const Value *value = object;
    image_put_number(writer, value->kind);
    switch (value->kind) {
    case VALUE_NULL: return;
    case VALUE_BOOL: image_put_number(writer, value->boolean); return;
    case VALUE_INT:
    case VALUE_DATE: image_put_wide(writer, (uint64_t)value->integer); return;
    case VALUE_DOUBLE: {
        uint64_t bits;
        memcpy(&bits, &value->number, sizeof bits);
        image_put_wide(writer, bits);
        return;
    }
    case VALUE_STRING: image_put_text(writer, value->text); return;
    }
}

static void get_value(ImageReader *reader, void *object)
{
    Value *value = object;
    uint32_t kind = image_get_number(reader);
    value->kind = (ValueKind)kind;
    switch ((ValueKind)kind) {
    case VALUE_NULL: return;
    case VALUE_BOOL: value->boolean = image_get_number(reader) != 0; return;
    case VALUE_INT:
    case VALUE_DATE: value->integer = (int64_t)image_get_wide(reader); return;
    case VALUE_DOUBLE: {
        uint64_t bits = image_get_wide(reader);
        memcpy(&value->number, &bits, sizeof bits);
        return;
    }
    case VALUE_STRING: value->text = image_get_text(reader); return;
    }
    value->kind = VALUE_NULL;
    image_reader_fail(reader);
}

static const ImageType VALUE = IMAGE_TYPE_BY(Value, put_value, get_value);

static const ImageMember FIELD_ID_MEMBERS[] = {{.kind = IMAGE_ID, .bound = FIELDS}};
static const ImageType FIELD_ID = IMAGE_TYPE(FieldId, FIELD_ID_MEMBERS);

static const ImageMember NODE_ID_MEMBERS[] = {{.kind = IMAGE_ID, .bound = NODES}};
static const ImageType NODE_ID = IMAGE_TYPE(NodeId, NODE_ID_MEMBERS);

static bool expr_fits(const ImageReader *reader, const void *object);
static const ImageType EXPR;
static const ImageMember EXPR_MEMBERS[] = {
    IMAGE_A_CHOICE(Expr, kind, is_expr_kind),
    IMAGE_A_CHOICE(Expr, op, is_expr_op),
    IMAGE_A_CHOICE(Expr, as, is_compare_as),
    IMAGE_A_BOOL(Expr, fold),
    IMAGE_A_CHOICE(Expr, function, is_function),
    IMAGE_A_NUMBER(Expr, field),
    IMAGE_A_NUMBER(Expr, slot),
    IMAGE_A_NUMBER(Expr, list),
    IMAGE_A_NUMBER(Expr, level),
    IMAGE_AN_INNER(Expr, literal, &VALUE),
    IMAGE_POINTERS_TO(Expr, args, arg_count, &EXPR),
    IMAGE_A_LIST(Expr, items, item_count, &VALUE),
};
static const ImageType EXPR = {.size = sizeof(Expr),
                               .align = _Alignof(Expr),
                               .members = EXPR_MEMBERS,
                               .count = ARRAY_LEN(EXPR_MEMBERS),
                               .check = expr_fits};

/* What a list holds is not in the image. */
static const ImageMember LIST_MEMBERS[] = {
    IMAGE_A_TEXT(ValueList, id),
    IMAGE_A_TEXT(ValueList, type),
    IMAGE_A_TEXT(ValueList, hash),
};
static const ImageType LIST = IMAGE_TYPE(ValueList, LIST_MEMBERS);

static bool formula_fits(const ImageReader *reader, const void *object);
static const ImageMember FORMULA_MEMBERS[] = {
    IMAGE_A_LIST(Formula, fields, field_count, &FIELD_ID),
    IMAGE_LIMITS(Formula, field_count, SLOTS),
    IMAGE_A_NUMBER(Formula, whole_count),
    IMAGE_A_ONE(Formula, expr, &EXPR),
};
static const ImageType FORMULA = {.size = sizeof(Formula),
                                  .align = _Alignof(Formula),
                                  .members = FORMULA_MEMBERS,
                                  .count = ARRAY_LEN(FORMULA_MEMBERS),
                                  .check = formula_fits};

static void put_leaf(ImageWriter *writer, const void *object)
{
    const LineageLeaf *leaf = object;
    image_put_number(writer, leaf->relation);
    image_put_number(writer, leaf->source);
}

static void get_leaf(ImageReader *reader, void *object)
{
    LineageLeaf *leaf = object;
    uint32_t relation = image_get_number(reader);
    uint32_t source = image_get_number(reader);
    if (!is_relation(relation) || source >= LINEAGE_MAX_SOURCES) {
        image_reader_fail(reader);
        return;
    }
    *leaf = (LineageLeaf){(uint16_t)relation, (uint16_t)source};
}

static const ImageType LEAF = IMAGE_TYPE_BY(LineageLeaf, put_leaf, get_leaf);

static bool node_fits(const ImageReader *reader, const void *object);
static const ImageMember NODE_MEMBERS[] = {
    IMAGE_A_CHOICE(PlanNode, kind, is_node_kind),
    IMAGE_A_NUMBER(PlanNode, predicate),
    IMAGE_AN_INNER(PlanNode, leaf, &LEAF),
    IMAGE_A_LIST(PlanNode, children, child_count, &NODE_ID),
};
static const ImageType NODE = {.size = sizeof(PlanNode),
                               .align = _Alignof(PlanNode),
                               .members = NODE_MEMBERS,
                               .count = ARRAY_LEN(NODE_MEMBERS),
                               .check = node_fits};

/* A computed key is one of the plan's formulas, told by its place: who prepares them goes by the address. */
static void put_key(ImageWriter *writer, const void *object)
{
    const JoinKey *key = object;
    const PlanSet *plan = writer->context;
    uint32_t place = 0;
    while (key->computed != NULL && plan->key_formulas[place] != key->computed) {
        place++;
    }
    image_put_number(writer, key->computed == NULL ? key->field : FIELD_NONE);
    image_put_number(writer, key->computed == NULL ? 0 : place);
    image_put_number(writer, key->optional);
}

static void get_key(ImageReader *reader, void *object)
{
    JoinKey *key = object;
    const PlanSet *plan = reader->context;
    uint32_t field = image_get_number(reader);
    uint32_t place = image_get_number(reader);
    uint32_t optional = image_get_number(reader);
    bool is_computed = field == FIELD_NONE;
    if (is_computed ? place >= plan->key_formula_count : field >= reader->limits[FIELDS]) {
        image_reader_fail(reader);
        return;
    }
    *key = (JoinKey){.field = field,
                     .optional = optional != 0,
                     .computed = is_computed ? plan->key_formulas[place] : NULL};
}

static const ImageType KEY = IMAGE_TYPE_BY(JoinKey, put_key, get_key);

static const ImageMember STAGE_MEMBERS[] = {
    IMAGE_AN_ID(Stage, node, NODES),
    IMAGE_AN_ID(Stage, condition, NODES),
    IMAGE_A_LIST(Stage, leaves, leaf_count, &LEAF),
    IMAGE_AS_MANY_AS(Stage, keys, KEYS, &KEY),
    IMAGE_A_BOOL(Stage, missing),
};
static const ImageType STAGE_PARTS = IMAGE_TYPE(Stage, STAGE_MEMBERS);

static uint32_t case_count(const Stage *stage)
{
    return stage->leaf_count == 0 ? 0 : 1U << stage->leaf_count;
}

static void put_stage(ImageWriter *writer, const void *object)
{
    const Stage *stage = object;
    image_put(writer, &STAGE_PARTS, stage);
    image_put_many(writer, &NODE_ID, stage->cases, case_count(stage));
}

static void get_stage(ImageReader *reader, void *object)
{
    Stage *stage = object;
    uint32_t cases = 0;
    image_get(reader, &STAGE_PARTS, stage);
    stage->cases = image_get_many(reader, &NODE_ID, &cases);
    if (stage->leaf_count > LINEAGE_MAX_LEAVES || cases != case_count(stage)) {
        image_reader_fail(reader);
    }
}

static const ImageType STAGE = IMAGE_TYPE_BY(Stage, put_stage, get_stage);

static const ImageMember LINEAGE_MEMBERS[] = {
    IMAGE_NO_MORE_OF(KEYS),
    IMAGE_A_LIST(LineagePlan, sources, source_count, &STAGE),
    IMAGE_A_NUMBER(LineagePlan, inherited),
    IMAGE_A_ONE(LineagePlan, link, &STAGE),
    IMAGE_AN_ID_OR_NONE(LineagePlan, process, FIELDS),
    IMAGE_AN_ID_OR_NONE(LineagePlan, parent, FIELDS),
};
static const ImageType LINEAGE = IMAGE_TYPE(LineagePlan, LINEAGE_MEMBERS);

static const ImageMember PIPE_TERM_MEMBERS[] = {
    IMAGE_AN_ID(PipeTerm, value, PIPE_VALUES),
    IMAGE_A_CHOICE(PipeTerm, as, is_compare_as),
};
static const ImageType PIPE_TERM = IMAGE_TYPE(PipeTerm, PIPE_TERM_MEMBERS);

static bool pipe_fits(const ImageReader *reader, const void *object);
static const ImageMember PIPE_MEMBERS[] = {
    IMAGE_A_CHOICE(Pipe, kind, is_pipe_kind),
    IMAGE_A_WIDE(Pipe, count),
    IMAGE_A_NUMBER(Pipe, node),
    IMAGE_A_LIST(Pipe, terms, term_count, &PIPE_TERM),
};
static const ImageType PIPE = {.size = sizeof(Pipe),
                               .align = _Alignof(Pipe),
                               .members = PIPE_MEMBERS,
                               .count = ARRAY_LEN(PIPE_MEMBERS),
                               .check = pipe_fits};

static bool pipe_field_fits(const ImageReader *reader, const void *object);
static const ImageMember PIPE_FIELD_MEMBERS[] = {
    IMAGE_A_CHOICE(PipeField, kind, is_pipe_field_kind),
    IMAGE_AN_ID_OR_NONE(PipeField, field, FIELDS),
    IMAGE_A_NUMBER(PipeField, event),
};
static const ImageType PIPE_FIELD = {.size = sizeof(PipeField),
                                     .align = _Alignof(PipeField),
                                     .members = PIPE_FIELD_MEMBERS,
                                     .count = ARRAY_LEN(PIPE_FIELD_MEMBERS),
                                     .check = pipe_field_fits};

static const ImageMember THREAT_ENTRY_MEMBERS[] = {
    IMAGE_AN_ID(ThreatEntry, event, FIELDS),
    IMAGE_AN_ID(ThreatEntry, indicator, FIELDS),
    IMAGE_A_BOOL(ThreatEntry, is_ip),
    IMAGE_A_BOOL(ThreatEntry, negated),
};
static const ImageType THREAT_ENTRY = IMAGE_TYPE(ThreatEntry, THREAT_ENTRY_MEMBERS);

static const ImageMember THREAT_ITEM_MEMBERS[] = {
    IMAGE_A_LIST(ThreatItem, entries, entry_count, &THREAT_ENTRY),
};
static const ImageType THREAT_ITEM = IMAGE_TYPE(ThreatItem, THREAT_ITEM_MEMBERS);

static bool finding_fits(const ImageReader *reader, const void *object);
static const ImageMember FINDING_MEMBERS[] = {
    IMAGE_A_CHOICE(FindingPlan, kind, is_finding_kind),
    IMAGE_A_LIST(FindingPlan, fields, field_count, &FIELD_ID),
    IMAGE_AN_ID_OR_NONE(FindingPlan, distinct, FIELDS),
    IMAGE_A_WIDE(FindingPlan, least),
    IMAGE_A_WIDE(FindingPlan, least_distinct),
    IMAGE_A_WIDE(FindingPlan, interval_ns),
    IMAGE_A_WIDE(FindingPlan, from_ns),
    IMAGE_A_WIDE(FindingPlan, to_ns),
    IMAGE_A_WIDE(FindingPlan, history_ns),
    IMAGE_A_LIST(FindingPlan, items, item_count, &THREAT_ITEM),
};
static const ImageType FINDING = {.size = sizeof(FindingPlan),
                                  .align = _Alignof(FindingPlan),
                                  .members = FINDING_MEMBERS,
                                  .count = ARRAY_LEN(FINDING_MEMBERS),
                                  .check = finding_fits};

static const ImageMember QUERY_MEMBERS[] = {
    IMAGE_A_CHOICE(QueryPlan, kind, is_query_kind),
    IMAGE_A_NUMBER(QueryPlan, key_count),
    IMAGE_LIMITS(QueryPlan, key_count, KEYS),
    IMAGE_A_LIST(QueryPlan, stages, stage_count, &STAGE),
    IMAGE_A_ONE(QueryPlan, until, &STAGE),
    IMAGE_A_WIDE(QueryPlan, maxspan_ns),
    IMAGE_A_CHOICE(QueryPlan, matches, is_sequence_matches),
    IMAGE_AN_ID(QueryPlan, timestamp, FIELDS),
    IMAGE_AN_ID_OR_NONE(QueryPlan, tiebreaker, FIELDS),
    IMAGE_A_LIST(QueryPlan, pipes, pipe_count, &PIPE),
    IMAGE_A_LIST(QueryPlan, asked, asked_count, &FIELD_ID),
    IMAGE_AN_INNER(QueryPlan, lineage, &LINEAGE),
    IMAGE_AN_INNER(QueryPlan, finding, &FINDING),
};
static const ImageType QUERY = IMAGE_TYPE(QueryPlan, QUERY_MEMBERS);

IMAGE_KNOWN(Expr, 0, 0, 0, 0, 0, 0, 0, 0, 0, {0}, NULL, 0, NULL, 0);
IMAGE_KNOWN(Formula, NULL, NULL, 0, 0);
IMAGE_KNOWN(LineageLeaf, 0, 0);
IMAGE_KNOWN(PlanNode, 0, 0, {0, 0}, NULL, 0);
IMAGE_KNOWN(JoinKey, 0, 0, NULL);
IMAGE_KNOWN(Stage, 0, 0, NULL, NULL, 0, NULL, 0);
IMAGE_KNOWN(LineagePlan, NULL, 0, 0, NULL, 0, 0);
IMAGE_KNOWN(PipeTerm, 0, 0);
IMAGE_KNOWN(Pipe, 0, 0, 0, NULL, 0);
IMAGE_KNOWN(PipeField, 0, 0, 0);
IMAGE_KNOWN(ThreatEntry, 0, 0, 0, 0);
IMAGE_KNOWN(ThreatItem, NULL, 0);
IMAGE_KNOWN(FindingPlan, 0, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0);
IMAGE_KNOWN(QueryPlan, 0, NULL, 0, 0, NULL, 0, 0, 0, 0, NULL, 0, {NULL, 0, 0, NULL, 0, 0}, NULL, 0,
            {0, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0});
IMAGE_KNOWN(ValueList, {NULL, 0}, {NULL, 0}, {NULL, 0}, NULL);
IMAGE_KNOWN(PlanSet, NULL, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, NULL, 0);

/* ---- what goes together ---- */

static bool args_fit(const Expr *expr)
{
    uint32_t args = expr->arg_count;
    switch (expr->kind) {
    case EXPR_LITERAL:
    case EXPR_VARIABLE:
    case EXPR_FIELD: return args == 0;
    case EXPR_IS_NULL:
    case EXPR_IN:
    case EXPR_LIKE:
    case EXPR_REGEX:
    case EXPR_PHRASE:
    case EXPR_WORD_LIKE:
    case EXPR_INDEX:
    case EXPR_IN_LIST:
    case EXPR_NEGATE:
    case EXPR_SEARCH:
    case EXPR_COUNT:
    case EXPR_NOT: return args == 1;
    case EXPR_COMPARE:
    case EXPR_ARITHMETIC: return args == 2;
    case EXPR_AND:
    case EXPR_OR: return args >= 2;
    case EXPR_CALL: {
        const Function *function = function_get(expr->function);
        return args >= function->fewest && args <= function->most;
    }
    }
    return false;
}

static bool has_field(const Expr *expr)
{
    return expr->kind == EXPR_FIELD || expr->kind == EXPR_SEARCH || expr->kind == EXPR_COUNT;
}

static bool expr_fits(const ImageReader *reader, const void *object)
{
    const Expr *expr = object;
    return args_fit(expr) && (expr->kind != EXPR_IN_LIST || expr->list < reader->limits[LISTS]) &&
           (!has_field(expr) ||
            (expr->field < reader->limits[FIELDS] && expr->slot < reader->limits[SLOTS]));
}

/* `depth`: array functions around it. */
static bool variables_fit(const Expr *expr, uint32_t depth)
{
    depth += expr->kind == EXPR_SEARCH || expr->kind == EXPR_COUNT;
    bool fit = expr->kind != EXPR_VARIABLE || expr->level < depth;
    for (uint32_t i = 0; i < expr->arg_count && fit; i++) {
        fit = variables_fit(expr->args[i], depth);
    }
    return fit;
}

static bool formula_fits(const ImageReader *reader, const void *object)
{
    (void)reader;
    const Formula *formula = object;
    return formula->expr != NULL && formula->whole_count <= formula->field_count &&
           variables_fit(formula->expr, 0);
}

static bool pipe_fits(const ImageReader *reader, const void *object)
{
    const Pipe *pipe = object;
    return pipe->kind != PIPE_FILTER || pipe->node < reader->limits[PIPE_NODES];
}

static bool pipe_field_fits(const ImageReader *reader, const void *object)
{
    (void)reader;
    const PipeField *field = object;
    bool of_event = field->kind == PIPE_FIELD_OF_FIRST || field->kind == PIPE_FIELD_OF_EVENT;
    return of_event == (field->field != FIELD_NONE);
}

static bool finding_fits(const ImageReader *reader, const void *object)
{
    (void)reader;
    return finding_is_sound(object);
}

static bool ascend(const NodeId *ids, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        if (ids[i] <= ids[i - 1]) {
            return false;
        }
    }
    return true;
}

static bool node_fits(const ImageReader *reader, const void *object)
{
    const PlanNode *node = object;
    switch (node->kind) {
    case NODE_FALSE:
    case NODE_TRUE:
    case NODE_LINEAGE: return node->child_count == 0;
    case NODE_PREDICATE:
        return node->child_count == 0 && node->predicate < reader->limits[PREDICATES];
    case NODE_AND:
    case NODE_OR: return node->child_count >= 2 && ascend(node->children, node->child_count);
    case NODE_NOT: return node->child_count == 1;
    }
    return false;
}

/* By node: 1 + the last of the sources that a lineage leaf in it names; 0: none. */
static const uint32_t *last_sources(Arena *arena, const PlanSet *plan)
{
    uint32_t *last = ARENA_MANY(arena, uint32_t, plan->node_count);
    for (NodeId id = 0; id < plan->node_count; id++) {
        const PlanNode *node = &plan->nodes[id];
        last[id] = node->kind == NODE_LINEAGE ? node->leaf.source + 1U : 0;
        for (uint32_t i = 0; i < node->child_count; i++) {
            uint32_t below = last[node->children[i]];
            last[id] = below > last[id] ? below : last[id];
        }
    }
    return last;
}

/* Leaves stand in conditions alone, and name the first `sources` only: no source waits for itself. */
static bool stage_fits(const Stage *stage, const uint32_t *last, uint32_t sources)
{
    bool fits = last[stage->node] == 0 && last[stage->condition] <= sources;
    for (uint32_t i = 0; i < stage->leaf_count; i++) {
        fits = fits && stage->leaves[i].source < sources;
    }
    for (uint32_t i = 0; i < case_count(stage); i++) {
        fits = fits && last[stage->cases[i]] == 0;
    }
    return fits;
}

static bool query_fits(const QueryPlan *query, const uint32_t *last)
{
    uint32_t sources = query->lineage.source_count;
    bool fits =
        query->stage_count > 0 && sources <= LINEAGE_MAX_SOURCES && query_carries_finding(query);
    for (uint32_t slot = 0; slot < query_slots(query) && fits; slot++) {
        const Stage *stage = query_slot(query, slot);
        uint32_t in_front = slot <= query->stage_count ? sources : slot - query->stage_count - 1;
        fits = stage == NULL || stage_fits(stage, last, in_front);
    }
    return fits;
}

/* ---- the whole ---- */

static void put_pipes(ImageWriter *writer, const PlanSet *plan)
{
    image_put_number(writer, plan != NULL);
    if (plan != NULL) {
        image_put_many(writer, &PIPE_FIELD, plan->pipe_fields, plan->pipe_field_count);
        image_put_many(writer, &FORMULA, plan->predicates, plan->predicate_count);
        image_put_many(writer, &NODE, plan->nodes, plan->node_count);
    }
}

void plan_image_put(ImageWriter *writer, const PlanSet *plan)
{
    uint32_t fields = field_table_count(plan->fields);
    image_put_number(writer, fields);
    for (FieldId id = 0; id < fields; id++) {
        const Field *field = field_table_get(plan->fields, id);
        image_put_text(writer, field->path);
        image_put_number(writer, field->uses);
        image_put_number(writer, field->is_pattern);
        if (field->is_pattern) {
            image_put_number(writer, field->type);
            image_put_number(writer, field->has_null_value);
            image_put_text(writer, field->null_value);
            image_put_text(writer, field->date_format);
        }
    }
    image_put_many(writer, &LIST, plan->lists, plan->list_count);
    image_put_many(writer, &FORMULA, plan->predicates, plan->predicate_count);
    image_put_many(writer, &NODE, plan->nodes, plan->node_count);
    image_put_number(writer, plan->key_formula_count);
    for (uint32_t i = 0; i < plan->key_formula_count; i++) {
        image_put(writer, &FORMULA, plan->key_formulas[i]);
    }
    put_pipes(writer, plan->pipes);
    writer->context = plan;
    image_put_many(writer, &QUERY, plan->queries, plan->query_count);
}

static FieldId get_pattern(ImageReader *reader, FieldTable *table, Str pattern)
{
    SchemaField kind = {.type = (FieldType)image_get_number(reader)};
    kind.has_null_value = image_get_number(reader) != 0;
    kind.null_value = image_get_text(reader);
    kind.date_format = image_get_text(reader);
    if (kind.type > FIELD_OTHER) {
        image_reader_fail(reader);
    }
    return reader->failed ? FIELD_NONE : field_table_add_pattern(table, pattern, &kind);
}

/* Fields' types are the schema's word, which the image therefore does not repeat, but for those of patterns. */
static const FieldTable *get_fields(ImageReader *reader, const Schema *schema)
{
    FieldTable *table = field_table_new(reader->arena, schema);
    uint32_t count = image_get_number(reader);
    for (uint32_t i = 0; i < count && !reader->failed; i++) {
        Str path = image_get_text(reader);
        uint32_t uses = image_get_number(reader);
        bool is_pattern = image_get_number(reader) != 0;
        FieldId id = is_pattern ? get_pattern(reader, table, path)
                                : field_table_add(table, path, (FieldUse)uses);
        if (id != i || !str_equal(field_table_get(table, id)->path, path)) {
            image_reader_fail(reader);
        }
    }
    if (field_table_count(table) != count) {
        image_reader_fail(reader);
    }
    return table;
}

/* A node's children are in front of it. */
static const PlanNode *get_nodes(ImageReader *reader, uint32_t *count)
{
    *count = image_get_number(reader);
    if ((size_t)(reader->end - reader->at) / sizeof(uint32_t) / ARRAY_LEN(NODE_MEMBERS) < *count) {
        image_reader_fail(reader);
        return NULL;
    }
    PlanNode *nodes = ARENA_MANY(reader->arena, PlanNode, *count);
    for (NodeId id = 0; id < *count && !reader->failed; id++) {
        reader->limits[NODES] = id;
        image_get(reader, &NODE, &nodes[id]);
    }
    reader->limits[NODES] = *count;
    return nodes;
}

static const Formula *const *get_key_formulas(ImageReader *reader, uint32_t *count)
{
    Formula *formulas = image_get_many(reader, &FORMULA, count);
    const Formula **pointers = ARENA_MANY(reader->arena, const Formula *, *count);
    for (uint32_t i = 0; i < *count; i++) {
        pointers[i] = &formulas[i];
    }
    return pointers;
}

/* The plan of pipes, whose fields are its own; NULL when there is none. */
static const PlanSet *get_pipes(ImageReader *reader, const PlanSet *events)
{
    uint32_t fields = reader->limits[FIELDS];
    uint32_t predicates = reader->limits[PREDICATES];
    uint32_t nodes = reader->limits[NODES];
    if (image_get_number(reader) == 0) {
        return NULL;
    }
    PlanSet *plan = ARENA_NEW(reader->arena, PlanSet);
    plan->fields = events->fields;
    plan->pipe_fields = image_get_many(reader, &PIPE_FIELD, &plan->pipe_field_count);
    reader->limits[FIELDS] = plan->pipe_field_count;
    plan->predicates = image_get_many(reader, &FORMULA, &plan->predicate_count);
    reader->limits[PREDICATES] = plan->predicate_count;
    plan->nodes = get_nodes(reader, &plan->node_count);
    for (uint32_t i = 0; i < plan->node_count && !reader->failed; i++) {
        if (plan->nodes[i].kind == NODE_LINEAGE) {
            image_reader_fail(reader);
        }
    }
    reader->limits[PIPE_VALUES] = plan->predicate_count;
    reader->limits[PIPE_NODES] = plan->node_count;
    reader->limits[FIELDS] = fields;
    reader->limits[PREDICATES] = predicates;
    reader->limits[NODES] = nodes;
    return plan;
}

const PlanSet *plan_image_get(ImageReader *reader, const Schema *schema)
{
    PlanSet *plan = ARENA_NEW(reader->arena, PlanSet);
    plan->fields = get_fields(reader, schema);
    reader->limits[FIELDS] = field_table_count(plan->fields);
    plan->lists = image_get_many(reader, &LIST, &plan->list_count);
    reader->limits[LISTS] = plan->list_count;
    plan->predicates = image_get_many(reader, &FORMULA, &plan->predicate_count);
    reader->limits[PREDICATES] = plan->predicate_count;
    plan->nodes = get_nodes(reader, &plan->node_count);
    plan->key_formulas = get_key_formulas(reader, &plan->key_formula_count);
    reader->limits[LISTS] = 0; /* pipes know none */
    plan->pipes = get_pipes(reader, plan);
    reader->context = plan;
    plan->queries = image_get_many(reader, &QUERY, &plan->query_count);
    if (reader->failed) {
        return NULL;
    }
    const uint32_t *last = last_sources(reader->arena, plan);
    for (uint32_t i = 0; i < plan->query_count; i++) {
        if (!query_fits(&plan->queries[i], last)) {
            image_reader_fail(reader);
            return NULL;
        }
    }
    return plan;
}
