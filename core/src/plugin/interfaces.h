#pragma once

// The interfaces of all kinds of plugins, and the way from a kind to its interface.

#include <stdexcept>
#include <type_traits>
#include <utility>

#include "r50/augmentation.h"
#include "r50/averaging.h"
#include "r50/dataset.h"
#include "r50/logger.h"
#include "r50/loss.h"
#include "r50/model.h"
#include "r50/optimizer.h"
#include "r50/scheduler.h"

namespace r50::host {

// visit(std::type_identity<Model>{}) for Kind::model.
template <class Visit>
auto visit_interface(Kind kind, Visit&& visit) {
  switch (kind) {
#define R50_KIND(kind, Interface, tables) \
  case Kind::kind:                        \
    return std::forward<Visit>(visit)(std::type_identity<Interface>{});
    R50_KINDS(R50_KIND)
#undef R50_KIND
  }
  throw std::logic_error("a kind of plugin that does not exist");
}

// Whether its plugins know the run that they serve. A data set does not: it is built before.
inline bool knows_run(Kind kind) {
  return visit_interface(kind, [](auto of) {
    return std::is_base_of_v<RunFacts, typename decltype(of)::type::Facts>;
  });
}

}  // namespace r50::host
