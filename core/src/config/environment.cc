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

class Filler {
 public:
  Filler(const Spot& spot, const Environment& environment, Problems& problems)
      : spot_(spot), environment_(environment), problems_(problems) {}

  std::string fill(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
      if (text.compare(i, 3, "$${") == 0) {
        out += "${";
        i += 3;
      } else if (text.compare(i, 2, "${") == 0) {
        const std::size_t end = text.find('}', i);
        if (end == std::string::npos) {
          problems_.add(spot_, "'${' has no closing '}'",
                        "for the characters themselves, write $${");
          return text;
        }
        out += variable(text.substr(i + 2, end - i - 2));
        i = end + 1;
      } else {
        out += text[i++];
      }
    }
    return out;
  }

 private:
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
  return Filler(filled.spot(), empty, of_no_account).fill(*written);
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
