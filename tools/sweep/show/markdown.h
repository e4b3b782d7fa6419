#pragma once

#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/show/finders.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

// The verdict, the best points, their differences and each parameter's effect, to be pasted where
// GitHub's Markdown is read. Names and messages cannot break it.
std::string report_markdown(const std::vector<Trial>& trials, const SweepFile& sweep);

// What every such report begins and ends with.
std::string markdown_title(const SweepFile& sweep);
std::string markdown_again(const SweepFile& sweep);

// With a backslash before whatever means something in Markdown.
std::string markdown_text(const std::string& text);

// What the finders suggest, a line a point, to be pasted where GitHub's Markdown is read.
std::string finder_markdown(const std::vector<Finder>& finders, const std::vector<Trial>& trials,
                            const SweepFile& sweep);

}  // namespace r50::sweep
