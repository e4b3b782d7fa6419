#include "sweep/page/cells.h"

#include <cmath>
#include <limits>

#include "report/format.h"

namespace r50::sweep::page {

void TableHead::add(const std::string& kind, const std::string& title) {
  cells += element("th", {{"scope", "col"}, {"class", kind}}, text(title));
}

Html word_cell(const std::string& shown) { return element("td", text(shown)); }

Html number_cell(const std::string& shown, double sorts_by) {
  const double by = std::isfinite(sorts_by) ? sorts_by : std::numeric_limits<double>::max();
  return element("td", {{"class", "number"}, {"data-v", report::exact(by)}}, text(shown));
}

}  // namespace r50::sweep::page
