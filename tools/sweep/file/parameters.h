#pragma once

// What a sweep varies: the keys of the experiment behind the numbers that search methods see.

#include <optional>
#include <string>
#include <vector>

#include "r50/error.h"
#include "r50/value.h"
#include "sweep/search/space.h"

namespace r50::sweep {

// One key of the experiment, as an override would write it: "scheduler.lr", "averaging.0.decay".
struct Setting {
  std::string key;
  Value value;  // its spot is where the sweep file says so

  std::string word() const { return key + "=" + value.toml(); }
};
using Settings = std::vector<Setting>;
std::vector<std::string> words_of(const Settings& settings);

// [table] key of an experiment; null if it is not there.
const Value* key_in(const Value& experiment, const char* table, const char* key);

// Each key once: what `over` sets stands in place of what was set before.
Settings set_over(Settings settings, const Settings& over);

// What one dimension of the space stands for.
struct VariedKey {
  Dimension dimension;
  std::vector<Settings> choices;  // choice: what each sets; several keys where they go together
  std::string key;                // real, integer: of the number
  Spot spot;
};

struct Parameters {
  Settings constants;
  std::vector<VariedKey> axes;

  Space space() const;
  // The constants first; then, in the order of the axes, what the coordinates choose.
  Settings settings(const Coordinates& at) const;
  // The other way: the point that has these words among its own, as a trial keeps them. None if
  // there is none: the file was another then.
  std::optional<Coordinates> coordinates(const std::vector<std::string>& words) const;
  // All keys that are ever set, in order.
  std::vector<std::string> keys() const;
};

// One entry of [parameters]: {values = [...]}, {min = , max = , distribution = } or {value = }. The
// axis of a constant has one choice. Nothing once it has reported what is wrong.
std::optional<VariedKey> read_parameter(const std::string& key, const Value& table,
                                        Problems& problems);

// Whether a table below [parameters] is such an entry, or a part of a dotted key that was written
// without quotes ([parameters.scheduler] lr = {...}).
bool is_parameter(const Table& table);

// Reads `parameters`, `zip`, `when` and `trial` of a sweep file. Reports all that is wrong.
Parameters read_parameters(const Table& file, Problems& problems);

}  // namespace r50::sweep
