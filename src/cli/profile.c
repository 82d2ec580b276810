#include "cli/profile.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool profile_begin(Profile *profile, Run *run, const PlanSet *plan, int *code)
{
    *profile = (Profile){.file = -1};
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
    profile->path = options_text(run->options, "profile", STR(""));
    if (profile->path.len > 0) {
        const char *path = str_to_c(run->arena, profile->path);
        profile->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (profile->file < 0) {
            Err err = {0};
            err_set(&err, ERR_IO, "--profile: %s: %s", path, strerror(errno));
            *code = run_error(run, EXIT_INPUT, &err);
            return false;
        }
    }
    profile->counts = scan_profile_new(run->arena, plan);
    run->scan.profile = profile->counts;
    return true;
}

static bool write_file(Profile *profile, const Buffer *text, Err *err)
{
    bool done = file_write_all(profile->file, buffer_str(text), err);
    if (close(profile->file) != 0 && done) {
        done = err_set(err, ERR_IO, "%s", strerror(errno));
    }
    profile->file = -1;
    return done || err_wrap(err, "--profile: %.*s", STR_ARG(profile->path));
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
        done = write_file(profile, &text, err);
    } else {
        profile_print(&text, &report);
        fwrite(text.ptr, 1, text.len, stderr);
    }
    buffer_done(&text);
    return done;
}
