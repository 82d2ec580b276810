#include "event/intake.h"

#include "base/heap.h"

void intake_done(Intake *intake)
{
    free(intake->waiting);
    intake->waiting = NULL;
    intake->capacity = 0;
}

void intake_grow(Intake *intake, uint32_t stagger)
{
    assert(intake->capacity < UINT32_MAX / 4);
    intake->capacity = intake->capacity * 2 + 20 + stagger % 13 * 4;
    intake->waiting = heap_resize(intake->waiting, intake->capacity, sizeof *intake->waiting);
}

static uint32_t row_end(const Intake *intake, uint32_t from)
{
    uint32_t to = from + 1;
    while (to < intake->count && intake->waiting[to].row == intake->waiting[from].row) {
        to++;
    }
    return to;
}

static char *write_array(char *to, const RawValue *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        *to++ = i == 0 ? '[' : ',';
        to = mempcpy(to, values[i].ptr, values[i].len);
    }
    *to++ = ']';
    return to;
}

void intake_merge(Intake *intake, Buffer *merged)
{
    RawValue *values = intake->waiting;
    size_t most = 0;
    for (uint32_t i = 0; i < intake->count; i++) {
        most += values[i].len + (size_t)2;
    }
    buffer_clear(merged);
    char *room = buffer_reserve(merged, most);
    uint32_t rows = 0;
    for (uint32_t i = 0, next; i < intake->count; i = next) {
        next = row_end(intake, i);
        RawValue value = values[i];
        if (next - i > 1) {
            char *end = write_array(room, values + i, next - i);
            assert((size_t)(end - room) <= UINT32_MAX);
            value = (RawValue){room, (uint32_t)(end - room), value.row};
            room = end;
        }
        values[rows++] = value;
    }
    intake->count = rows;
    intake->several = false;
}
