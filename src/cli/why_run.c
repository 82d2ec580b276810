#include "cli/why_run.h"

#include "cli/why_output.h"

static void write_report(Run *run, const WhyPrint *print)
{
    Str form = options_text(run->options, "output", STR("table"));
    Buffer out = {0};
    if (str_equal(form, STR("table"))) {
        why_print(&out, print);
    } else {
        why_write_json(&out, print, str_equal(form, STR("json")));
        if (print->report->more > 0) {
            fprintf(stderr, "%llu more events have this _id\n",
                    (unsigned long long)print->report->more);
        }
    }
    write_out(&out);
    buffer_done(&out);
}

int why_tell(Run *run, const PlanSet *plan, Str name)
{
    if (str_equal(options_text(run->options, "output", STR("")), STR("csv"))) {
        return run_usage(run, "--why has no csv form");
    }
    Err err = {0};
    WhyReport report;
    WhyQuestion question = {
        .plan = plan, .id = options_text(run->options, "why", STR("")), .options = &run->scan};
    bool done = why_run(&question, run->input, run->arena, &report, &run->stats, &err);
    progress_clear(&run->progress);
    run_tell_stats(run);
    int code = EXIT_DONE;
    if (!done) {
        code = run_error(run, EXIT_INPUT, &err);
    } else if (report.events.count == 0) {
        Buffer id = {0};
        terminal_append_safe(&id, question.id, 80);
        err_set(&err, ERR_IO, "none of %llu events has the _id %.*s",
                (unsigned long long)run->stats.events, (int)id.len, id.ptr);
        buffer_done(&id);
        code = run_error(run, EXIT_INPUT, &err);
    } else {
        WhyPrint print = {
            .report = &report, .input = run->input, .name = name, .colour = run->colour};
        write_report(run, &print);
    }
    why_report_done(&report);
    return code;
}
