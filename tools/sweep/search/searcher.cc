#include "sweep/search/searcher.h"

namespace r50::sweep {

Searcher::~Searcher() = default;

}  // namespace r50::sweep
