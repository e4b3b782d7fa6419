#pragma once

#include <string>
#include <vector>

#include "line/line.h"
#include "sweep/roster/opened_sweep.h"

namespace r50::sweep {

const line::Program& sweep_program();
int run_sweep_verb(const line::Typed& typed);

// One file each. They return exit codes and throw r50::Error; the sweep file is the first word.
int run_sweep(const line::Typed& typed);
// Takes up a sweep that no controller works on, to end what runs of it.
int end_running(const line::Typed& typed);
int plan_sweep(const line::Typed& typed);
int show_status(const line::Typed& typed);
int report_sweep(const line::Typed& typed);
int export_sweep(const line::Typed& typed);
int print_best(const line::Typed& typed);
int stop_sweep(const line::Typed& typed);
int retry_failed(const line::Typed& typed);
int show_logs(const line::Typed& typed);

// status --watch: until the sweep ends, or Ctrl-C.
int watch_sweep(const OpenedSweep& opened);

// Throws WrongInput for a sweep that has no folder yet.
void refuse_unbegun(const OpenedSweep& opened);

}  // namespace r50::sweep
