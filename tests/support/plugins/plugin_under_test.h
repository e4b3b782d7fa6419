#pragma once

// A plugin as users get it, for its unit test: its table written in TOML, checked by its schema,
// loaded from the build's plugin folder and built by the host.
//
//   auto scheduler = build<Scheduler>("use = 'cosine'\nlr = 0.1", some_run());
//   scheduler.call([&](auto& it) { return it.rates({.step = 3, .length = some_run().length}); });

#include <string>
#include <string_view>

#include "plugin/host.h"
#include "r50/plugin.h"
#include "r50/progress.h"
#include "r50/value.h"

namespace r50::test {

// The facts of a small run: 10 epochs of 10 steps of 8 images, 4 classes, 32 pixels a side.
RunFacts some_run();

// A host over the plugins of this build, shared by the whole program.
host::Host& plugins();

// The table that a TOML text says. Places are "test.toml:LINE:COLUMN".
Value toml(std::string_view text);

// All that is wrong with a plugin's table, as a user would read it; empty if nothing is.
std::string problems(Kind kind, std::string_view table, RunLength length = some_run().length);

// Throws WrongInput with the same report for a table with problems.
template <class Interface>
Held<Interface> build(std::string_view table, const typename Interface::Facts& facts) {
  return plugins().make<Interface>(toml(table), facts);
}

}  // namespace r50::test
