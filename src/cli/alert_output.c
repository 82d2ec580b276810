#include "cli/alert_output.h"

#include "base/heap.h"
#include "base/timestamp.h"
#include "cli/terminal.h"
#include "cli/verb.h"

#define FLUSH_BYTES ((size_t)256 << 10)

/* Widths of the table's columns. */
#define TIME_WIDTH     24
#define SEVERITY_WIDTH 8
#define RULE_WIDTH     38
#define HOST_WIDTH     16
#define USER_WIDTH     14

struct AlertOutput {
    AlertFormat format;
    bool colour;
    unsigned width;
    uint64_t count;
    Buffer out;
    Buffer members; /* the table's lines for a sequence's events, until the shell comes */
    uint32_t member_count;
};

bool alert_format_parse(Str name, AlertFormat *out)
{
    static const char *const NAMES[] = {"table", "ndjson", "json", "csv"};
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
        if (str_equal(name, str_from_c(NAMES[i]))) {
            *out = (AlertFormat)i;
            return true;
        }
    }
    return false;
}

AlertOutput *alert_output_new(AlertFormat format, bool colour, unsigned width)
{
    AlertOutput *output = HEAP_NEW(AlertOutput);
    output->format = format;
    output->colour = colour;
    output->width = width;
    if (format == ALERT_CSV) {
        buffer_append_c(&output->out,
                        "time,severity,risk_score,rule,rule_id,kind,host,user,reason,uuid\r\n");
    }
    return output;
}

void alert_output_free(AlertOutput *output)
{
    if (output != NULL) {
        buffer_done(&output->out);
        buffer_done(&output->members);
        free(output);
    }
}

const char *severity_code(RuleSeverity severity, bool colour)
{
    static const Colour COLOURS[] = {COLOUR_GREEN, COLOUR_YELLOW, COLOUR_RED, COLOUR_MAGENTA};
    return terminal_code(COLOURS[severity], colour);
}

static Str time_text(int64_t ns, char text[TIMESTAMP_TEXT])
{
    return ns == 0 ? STR("-") : timestamp_print(ns, 3, text);
}

/* A cell, cut or filled up to its width, and a blank. */
static void append_cell(Buffer *out, Str text, size_t width)
{
    terminal_append_safe(out, text, width);
    for (size_t columns = terminal_columns(text); columns < width; columns++) {
        buffer_append_byte(out, ' ');
    }
    buffer_append_byte(out, ' ');
}

static void append_rest(const AlertOutput *output, Buffer *out, Str text, size_t used)
{
    size_t room = output->width > used + 20 ? output->width - used : 0;
    terminal_append_safe(out, text, output->width > 0 && room == 0 ? 20 : room);
    buffer_append_byte(out, '\n');
}

/* "created high alert NAME." is said by the row above; what the event is stands before it. */
static Str event_part(Str reason)
{
    size_t at = 0;
    return str_find(reason, STR(" created "), 0, &at) ? str_slice(reason, 0, at) : reason;
}

static void append_row(AlertOutput *output, const AlertSummary *summary)
{
    Buffer *out = &output->out;
    char time[TIMESTAMP_TEXT];
    append_cell(out, time_text(summary->time_ns, time), TIME_WIDTH);
    buffer_append_c(out, severity_code(summary->severity, output->colour));
    append_cell(out, str_from_c(rule_severity_name(summary->severity)), SEVERITY_WIDTH);
    buffer_append_c(out, terminal_plain(output->colour));
    buffer_append_c(out, terminal_code(COLOUR_BOLD, output->colour));
    append_cell(out, summary->rule_name, RULE_WIDTH);
    buffer_append_c(out, terminal_plain(output->colour));
    append_cell(out, summary->host, HOST_WIDTH);
    append_cell(out, summary->user, USER_WIDTH);
    append_rest(output, out, event_part(summary->reason),
                TIME_WIDTH + SEVERITY_WIDTH + RULE_WIDTH + HOST_WIDTH + USER_WIDTH + 5);
}

static void append_member(AlertOutput *output, const AlertSummary *summary)
{
    Buffer *out = &output->members;
    char time[TIMESTAMP_TEXT];
    output->member_count++;
    buffer_append_c(out, terminal_code(COLOUR_DIM, output->colour));
    append_cell(out, time_text(summary->time_ns, time), TIME_WIDTH);
    buffer_append_format(out, "  %u. ", output->member_count);
    append_rest(output, out, event_part(summary->reason), TIME_WIDTH + 6);
    buffer_append_c(out, terminal_plain(output->colour));
}

static void add_to_table(AlertOutput *output, const AlertSummary *summary)
{
    if (summary->in_group) {
        append_member(output, summary);
        return;
    }
    append_row(output, summary);
    buffer_append(&output->out, buffer_str(&output->members));
    buffer_clear(&output->members);
    output->member_count = 0;
}

static void append_csv_text(Buffer *out, Str text)
{
    buffer_append_byte(out, '"');
    if (text.len > 0 && strchr("=+-@\t\r", text.ptr[0]) != NULL) {
        buffer_append_byte(out, '\'');
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"') {
            buffer_append_byte(out, '"');
        }
        buffer_append_byte(out, text.ptr[i]);
    }
    buffer_append_c(out, "\",");
}

static void add_to_csv(AlertOutput *output, const Rule *rule, const AlertSummary *summary)
{
    Buffer *out = &output->out;
    char time[TIMESTAMP_TEXT];
    const char *kind = summary->group_events > 0 ? "sequence"
                       : summary->in_group       ? "sequence event"
                       : summary->building_block ? "building block"
                                                 : "event";
    buffer_append_format(out, "%.*s,%s,%lld,", STR_ARG(time_text(summary->time_ns, time)),
                         rule_severity_name(summary->severity), (long long)summary->risk_score);
    append_csv_text(out, summary->rule_name);
    append_csv_text(out, rule->rule_id);
    buffer_append_format(out, "%s,", kind);
    append_csv_text(out, summary->host);
    append_csv_text(out, summary->user);
    append_csv_text(out, summary->reason);
    buffer_append_format(out, "%.*s\r\n", STR_ARG(summary->uuid));
}

void alert_output_add(AlertOutput *output, const Rule *rule, Str json, const AlertSummary *summary)
{
    switch (output->format) {
    case ALERT_TABLE: add_to_table(output, summary); break;
    case ALERT_CSV: add_to_csv(output, rule, summary); break;
    case ALERT_JSON:
        buffer_append_c(&output->out, output->count == 0 ? "[\n" : ",\n");
        buffer_append(&output->out, json);
        break;
    case ALERT_NDJSON:
        buffer_append(&output->out, json);
        buffer_append_byte(&output->out, '\n');
        break;
    }
    output->count++;
    if (output->out.len > FLUSH_BYTES) {
        write_out(&output->out);
        buffer_clear(&output->out);
    }
}

void alert_output_end(AlertOutput *output)
{
    if (output->format == ALERT_JSON) {
        buffer_append_c(&output->out, output->count == 0 ? "[]\n" : "\n]\n");
    }
    write_out(&output->out);
    buffer_clear(&output->out);
}
