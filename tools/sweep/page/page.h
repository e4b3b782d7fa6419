#pragma once

// A sweep's report as one file that needs no other: for a browser without a network, for a phone,
// for paper.

#include <string>

#include "sweep/page/source.h"

namespace r50::sweep::page {

// The same source gives the same bytes.
std::string report_page(const Source& source);

// Writes SWEEP/report.html, and says where it is, or why there is none: no sweep fails for that.
std::string try_report(base::Files& files, const std::string& folder, const SweepFile& sweep,
                       const std::vector<Trial>& trials);

}  // namespace r50::sweep::page
