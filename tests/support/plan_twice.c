#include "plan_twice.h"

#include "plan/explain.h"
#include "plan/explain_witness.h"
#include "plan/plan_image.h"

static Str told(Arena *arena, const PlanSet *plan, uint32_t query)
{
    Buffer out = {0};
    char hash[33];
    explain_query(&out, plan, query);
    explain_witnesses(&out, plan, query);
    plan_query_hash(plan, query, hash);
    buffer_append_c(&out, hash);
    Str text = str_copy(arena, buffer_str(&out));
    buffer_done(&out);
    return text;
}

const char *plan_twice(Arena *arena, const PlanSet *plan)
{
    ImageWriter writer;
    ImageReader reader;
    Str image;
    Str again;
    image_writer_init(&writer, arena);
    plan_image_put(&writer, plan);
    if (!image_writer_done(&writer, &image)) {
        return NULL; /* too deep for one */
    }
    image_reader_init(&reader, arena, image);
    const PlanSet *read = plan_image_get(&reader, field_table_schema(plan->fields));
    if (read == NULL || !image_reader_done(&reader)) {
        return "the image does not read back";
    }
    if (read->query_count != plan->query_count || read->node_count != plan->node_count ||
        read->predicate_count != plan->predicate_count) {
        return "the image holds another number of queries, nodes or predicates";
    }
    for (uint32_t query = 0; query < plan->query_count; query++) {
        Str before = told(arena, plan, query);
        Str after = told(arena, read, query);
        if (!str_equal(before, after)) {
            return str_format(arena, "before:\n%.*s\nafter:\n%.*s", STR_ARG(before), STR_ARG(after))
                .ptr;
        }
    }
    image_writer_init(&writer, arena);
    plan_image_put(&writer, read);
    return image_writer_done(&writer, &again) && str_equal(image, again)
               ? NULL
               : "the image of the image is another one";
}
