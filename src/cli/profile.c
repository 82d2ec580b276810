#include "cli/profile.h"

#include "base/whole_file.h"

bool profile_begin(Profile *profile, Run *run, const PlanSet *plan, int *code)
{
    *profile = (Profile){0};
    if (!options_has(run->options, "profile")) {
        return true;
    }
    if (options_has(run->options, "why")) {
        *code = run_usage(run, "--profile and --why do not go together");
        return false;
    }
    if (run->scan.eval == SCAN_ROW) {
        *code = run_usage(run, "--profile needs --eval=vector or --eval=both");
        return false;
    }
    profile->path = str_copy(run->arena, options_text(run->options, "profile", STR("")));
    Err err = {0};
    if (profile->path.len > 0 && !whole_file_check(run->arena, profile->path, &err)) {
        err_wrap(&err, "--profile");
        *code = run_error(run, EXIT_INPUT, &err);
        return false;
    }
    profile->counts = scan_profile_new(run->arena, plan);
    run->scan.profile = profile->counts;
    return true;
}

bool profile_end(Profile *profile, Run *run, const Str *names, const Str *ids, Err *err)
{
    if (profile->counts == NULL) {
        return true;
    }
    ProfileReport report = {
        .costs = scan_costs_new(run->arena, profile->counts),
        .stats = &run->stats,
        .names = names,
        .ids = ids,
        .colour = run->err_colour,
    };
    Buffer text = {0};
    bool done = true;
    if (profile->path.len > 0) {
        profile_write_json(&text, &report);
        done = whole_file_write(run->arena, profile->path, buffer_str(&text), err) ||
               err_wrap(err, "--profile");
    } else {
        profile_print(&text, &report);
        fwrite(text.ptr, 1, text.len, stderr);
    }
    buffer_done(&text);
    return done;
}
