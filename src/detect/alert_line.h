#pragma once
/* AlertLine: matches become alerts in several threads and come out in the order in which they went in.
 *
 * Threads      the caller's thread adds matches and gets the alerts; others make them.
 * Bounds       so many matches are on their way, each of so many events and bytes; a larger one is made by the caller's
 *              thread when all before it are out, so that no more of it is in memory than one alert. */

#include "detect/alert_maker.h"

typedef struct AlertLineOptions {
    AlertMakerOptions maker;
    unsigned jobs; /* threads; 1: the caller's own, at once */
    /* Called on the caller's thread, for each alert, and for each match behind its alerts. */
    bool (*take)(void *context, uint32_t query, Str json, const AlertSummary *summary, Err *err);
    void (*done)(void *context, uint32_t query, bool loops);
    void *context;
} AlertLineOptions;

typedef struct AlertLine AlertLine;
AlertLine *alert_line_new(const AlertLineOptions *options);
void alert_line_free(AlertLine *line); /* what is on its way is dropped */
/* False when an alert could not be made or taken. */
bool alert_line_add(AlertLine *line, const Match *match, Err *err) MUST_CHECK;
/* All that were added come out. */
bool alert_line_drain(AlertLine *line, Err *err) MUST_CHECK;
