#include <algorithm>
#include <cstdlib>

#include "config/document.h"
#include "config/toml_source.h"

namespace r50::config {

namespace {

bool is_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  if (name.empty() || !letter(name[0])) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// The '}' that ends the substitution which begins at `begin`; another one may stand inside.
std::size_t end_of_substitution(const std::string& text, std::size_t begin) {
  int open = 0;
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (text.compare(i, 2, "${") == 0) ++open;
    if (text[i] == '}' && --open == 0) return i;
  }
  return std::string::npos;
}

class Filler {
 public:
  // For what a text counts as, there are no variables and nothing is wrong.
  enum class Purpose { use, id };
  Filler(const Spot& spot, const Environment& environment, Problems& problems,
         Purpose purpose = Purpose::use)
      : spot_(spot), environment_(environment), problems_(problems), purpose_(purpose) {}

  std::string fill(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
      if (text.compare(i, 3, "$${") == 0) {
        out += "${";
        i += 3;
      } else if (text.compare(i, 2, "${") == 0) {
        const bool frozen = text.compare(i, 3, "${=") == 0;
        const std::size_t end = frozen ? end_of_substitution(text, i) : text.find('}', i);
        if (end == std::string::npos) {
          problems_.add(spot_, "'${' has no closing '}'",
                        "for the characters themselves, write $${");
          return text;
        }
        const std::string inside = text.substr(i + 2, end - i - 2);
        out += frozen ? path_of(inside) : variable(inside);
        i = end + 1;
      } else {
        out += text[i++];
      }
    }
    return out;
  }

 private:
  // "=PATH:-TEXT"
  std::string path_of(const std::string& inside) {
    const std::size_t split = inside.find(":-");
    if (split == std::string::npos) {
      problems_.add(spot_, "'${" + inside + "}' does not say what the path counts as",
                    "${=PATH:-TEXT} is PATH and counts in IDs as TEXT");
      return inside.substr(1);
    }
    return purpose_ == Purpose::id ? inside.substr(split + 2) : inside.substr(1, split - 1);
  }

  std::string variable(const std::string& inside) {
    const std::size_t split = inside.find(":-");
    const std::string name = inside.substr(0, split);
    if (!is_name(name)) {
      problems_.add(spot_, "'${" + inside + "}' names no environment variable",
                    "for the characters themselves, write $${");
      return "${" + inside + "}";
    }
    const auto found = environment_(name);
    if (found && !is_utf8(*found)) {
      problems_.add(spot_, "the environment variable " + name + " holds no UTF-8 text", "");
      return "";
    }
    const bool has_default = split != std::string::npos;
    if (found && !(has_default && found->empty())) return *found;
    if (has_default) return inside.substr(split + 2);
    problems_.add(spot_, "the environment variable " + name + " is not set",
                  "set it, or give a default: ${" + name + ":-...}");
    return "${" + inside + "}";
  }

  Spot spot_;
  const Environment& environment_;
  Problems& problems_;
  Purpose purpose_;
};

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (!value) return std::nullopt;
    return value;
  };
}

void fill_in_environment(Value& value, const Environment& environment, Problems& problems,
                         WrittenTexts* written) {
  if (Table* table = value.table()) {
    for (Table::Entry& entry : table->entries()) {
      fill_in_environment(entry.value, environment, problems, written);
    }
  } else if (Array* array = value.array()) {
    for (Value& item : *array) fill_in_environment(item, environment, problems, written);
  } else if (value.text() && value.text()->find("${") != std::string::npos) {
    const std::string text = *value.text();
    const Spot spot = value.spot();
    value = Value(Filler(spot, environment, problems).fill(text), spot);
    if (written) written->keep(value, text);
  }
}

void WrittenTexts::keep(const Value& filled, std::string written) {
  texts_[{filled.spot().text(), *filled.text()}] = std::move(written);
}

const std::string* WrittenTexts::of(const Value& filled) const {
  const auto found = texts_.find({filled.spot().text(), *filled.text()});
  return found == texts_.end() ? nullptr : &found->second;
}

std::string WrittenTexts::portable(const Value& filled) const {
  const std::string* written = of(filled);
  if (!written) return *filled.text();
  Problems of_no_account;
  const Environment empty = [](const std::string&) { return std::nullopt; };
  return Filler(filled.spot(), empty, of_no_account, Filler::Purpose::id).fill(*written);
}

void WrittenTexts::count_as(const Value& place, const std::string& counted) {
  const std::string& path = *place.text();
  const std::string frozen = "${=" + path + ":-" + counted + "}";
  // A path or a text with such characters would not read back: it counts as it stands.
  const bool reads_back = path.find_first_of("$}") == std::string::npos &&
                          path.find(":-") == std::string::npos &&
                          end_of_substitution(frozen, 0) == frozen.size() - 1;
  if (path != counted && reads_back) frozen_[{place.spot().text(), path}] = frozen;
}

std::string WrittenTexts::frozen(const Value& place) const {
  const auto found = frozen_.find({place.spot().text(), *place.text()});
  return found == frozen_.end() ? without_environment(*place.text()) : found->second;
}

std::string without_environment(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "${") == 0) out += '$';
    out += text[i];
  }
  return out;
}

}  // namespace r50::config
