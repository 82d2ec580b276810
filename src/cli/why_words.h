#pragma once
/* WhyWords: the sentences of a why report. */

#include "cli/why_output.h"

void why_append_place(Buffer *out, const InputSet *input,
                      const EventPlace *place); /* "FILE:LINE" */
void why_append_step(Buffer *out, const InputSet *input, const TraceStep *step);
void why_append_verdict(Buffer *out, const WhyPrint *print, const WhyEvent *event);
