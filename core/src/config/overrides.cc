#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>
#include <algorithm>
#include <charconv>

#include "config/document.h"
#include "config/paths.h"
#include "config/toml_source.h"
#include "r50/suggest.h"

namespace r50::config {

namespace {

constexpr std::size_t most_parts = 32;

struct Override {
  std::string word;
  Spot spot;
  std::vector<std::string> path;
  Value value;
};

std::string joined(const std::vector<std::string>& path, std::size_t parts) {
  return absl::StrJoin(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(parts), ".");
}

bool is_index(const std::string& part) {
  return !part.empty() && part.size() < 7 &&
         part.find_first_not_of("0123456789") == std::string::npos;
}

std::optional<Override> parse(const OverrideWord& written, Problems& problems) {
  const auto& [word, spot] = written;
  const std::size_t equals = word.find('=');
  Override parsed{word, spot, {}, {}};
  const std::string key = word.substr(0, equals);
  for (std::size_t from = 0; from <= key.size();) {
    const std::size_t dot = std::min(key.find('.', from), key.size());
    parsed.path.push_back(key.substr(from, dot - from));
    from = dot + 1;
  }
  const bool named = std::none_of(parsed.path.begin(), parsed.path.end(),
                                  [](const std::string& part) { return part.empty(); });
  if (equals == std::string::npos || !named || parsed.path.size() > most_parts) {
    problems.add(spot, "'" + word + "' is no override",
                 "an override is KEY=VALUE, such as run.epochs=5 or averaging.0.decay=0.9998");
    return std::nullopt;
  }
  auto value = parse_toml_value(word.substr(equals + 1), spot, problems);
  if (!value) return std::nullopt;
  parsed.value = std::move(*value);
  return parsed;
}

class Setter {
 public:
  Setter(const Override& override, Problems& problems) : override_(override), problems_(problems) {}

  void set(Value& at, std::size_t depth) {
    if (depth == override_.path.size()) {
      at = override_.value;
    } else if (at.array()) {
      set_item(*at.array(), depth);
    } else if (at.table()) {
      set_key(at, depth);
    } else {
      report("'" + joined(override_.path, depth) + "' is " + std::string(at.type_name()) +
                 " and has no keys",
             "");
    }
  }

 private:
  void set_key(Value& at, std::size_t depth) {
    const std::string& key = override_.path[depth];
    Table& table = *at.table();
    if (depth + 1 == override_.path.size()) {
      if (key == "use" && table.find("use")) {
        Value use(Table{}, at.spot());
        use.table()->set("use", override_.value, override_.spot);
        merge(at, use);
      } else {
        table.set(key, override_.value, override_.spot);
      }
      return;
    }
    Value* inside = table.find(key);
    if (!inside) {
      const bool list = is_index(override_.path[depth + 1]);
      Value made = list ? Value(Array{}, override_.spot) : Value(Table{}, override_.spot);
      inside = &table.set(key, std::move(made), override_.spot);
    }
    set(*inside, depth + 1);
  }

  void set_item(Array& array, std::size_t depth) {
    const std::string& part = override_.path[depth];
    const std::string list = joined(override_.path, depth);
    std::size_t index = 0;
    if (!is_index(part)) {
      return report(absl::StrFormat("'%1$s' is a list: its items are %1$s.0, %1$s.1, ...", list),
                    "");
    }
    std::from_chars(part.data(), part.data() + part.size(), index);
    if (index > array.size()) {
      const char* items = array.size() == 1 ? "item" : "items";
      return report(absl::StrFormat("'%s' has %d %s", list, array.size(), items),
                    absl::StrFormat("items are counted from 0; the next new one would be %s.%d",
                                    list, array.size()));
    }
    if (index == array.size()) array.emplace_back(Table{}, override_.spot);
    set(array[index], depth + 1);
  }

  void report(const std::string& what, const std::string& hint) {
    problems_.add(override_.spot, "'" + override_.word + "': " + what, hint);
  }

  const Override& override_;
  Problems& problems_;
};

}  // namespace

void apply_overrides(Value& document, const std::vector<OverrideWord>& overrides,
                     const Environment& environment, Problems& problems, WrittenTexts* written) {
  std::vector<Override> parsed;
  for (const OverrideWord& word : overrides) {
    auto override = parse(word, problems);
    if (!override) continue;
    fill_in_environment(override->value, environment, problems, written);
    parsed.push_back(std::move(*override));
  }
  // A new plugin first, whatever the order of the words: its keys must not be lost with the former
  // plugin's.
  std::stable_partition(parsed.begin(), parsed.end(),
                        [](const Override& one) { return one.path.back() == "use"; });
  for (const Override& one : parsed) Setter(one, problems).set(document, 0);
}

}  // namespace r50::config
