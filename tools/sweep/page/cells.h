#pragma once

// What tables that can be sorted are made of.

#include <string>

#include "sweep/page/html.h"

namespace r50::sweep::page {

struct TableHead {
  Html cells;
  void add(const std::string& kind, const std::string& title);  // kind: "number", or nothing
};

Html word_cell(const std::string& shown);
// What is no number is sorted below all others.
Html number_cell(const std::string& shown, double sorts_by);

}  // namespace r50::sweep::page
