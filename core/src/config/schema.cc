#include "r50/schema.h"

#include <absl/strings/str_format.h>
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "config/schema_parts.h"
#include "r50/plugin.h"
#include "r50/suggest.h"

namespace r50 {

using config::number_text;

std::string Limits::text() const {
  const bool low = min > -std::numeric_limits<double>::infinity();
  const bool high = max < std::numeric_limits<double>::infinity();
  std::string text;
  if (low && high) {
    text = (above_min ? "(" : "[") + number_text(min) + ", " + number_text(max) +
           (below_max ? ")" : "]");
  } else if (low) {
    text = (above_min ? "> " : ">= ") + number_text(min);
  } else if (high) {
    text = (below_max ? "< " : "<= ") + number_text(max);
  }
  if (length >= 0) text += absl::StrFormat("%s%d items", text.empty() ? "" : ", ", length);
  if (not_empty && length < 0) text += std::string(text.empty() ? "" : ", ") + "not empty";
  return text;
}

FieldInfo::FieldInfo() = default;
FieldInfo::FieldInfo(std::string the_key, Type the_type, std::string the_doc)
    : key(std::move(the_key)), type(the_type), doc(std::move(the_doc)) {}
FieldInfo::FieldInfo(const FieldInfo&) = default;
FieldInfo::FieldInfo(FieldInfo&&) noexcept = default;
FieldInfo& FieldInfo::operator=(const FieldInfo&) = default;
FieldInfo& FieldInfo::operator=(FieldInfo&&) noexcept = default;
FieldInfo::~FieldInfo() = default;

SchemaInfo::SchemaInfo() = default;
SchemaInfo::SchemaInfo(const SchemaInfo&) = default;
SchemaInfo::SchemaInfo(SchemaInfo&&) noexcept = default;
SchemaInfo& SchemaInfo::operator=(const SchemaInfo&) = default;
SchemaInfo& SchemaInfo::operator=(SchemaInfo&&) noexcept = default;
SchemaInfo::~SchemaInfo() = default;

std::string FieldInfo::type_text() const {
  std::string text;
  switch (type) {
    case Type::boolean:
      text = "boolean";
      break;
    case Type::integer:
      text = "integer";
      break;
    case Type::real:
      text = "real";
      break;
    case Type::text:
      text = "text";
      break;
    case Type::path:
      text = "path";
      break;
    case Type::when:
      text = "length of training";
      break;
    case Type::every:
      text = "interval";
      break;
    case Type::rate:
      text = "rate";
      break;
    case Type::choice:
      text = "choice";
      break;
    case Type::table:
      text = "table";
      break;
    case Type::plugin:
      text = std::string(kind_name(kind)) + " plugin";
      break;
  }
  return list ? "list of " + text : text;
}

const FieldInfo* SchemaInfo::find(std::string_view key) const {
  for (const FieldInfo& field : fields) {
    if (field.key == key) return &field;
  }
  return nullptr;
}

InTable::InTable(SchemaReader& reader, std::string_view key)
    : reader_(reader), length_(reader.path_.size()) {
  if (!reader.path_.empty()) reader.path_ += '.';
  reader.path_ += key;
}
InTable::InTable(SchemaReader& reader, std::string_view key, std::size_t item)
    : InTable(reader, key) {
  reader.path_ += '.' + std::to_string(item);
}
InTable::~InTable() { reader_.path_.resize(length_); }

bool Checks::written(std::string_view key) const {
  const Value* value = table_.table()->find(key);
  const FieldInfo* field = info_.find(key);
  if (!value || !field || !field->default_value) return value != nullptr;
  return !(config::normal_form(*value, *field) ==
           config::normal_form(*field->default_value, *field));
}

void Checks::wrong(std::string_view key, std::string what, std::string hint) {
  const Value* value = table_.table()->find(key);
  reader_.problems().add(
      value ? value->spot() : table_.spot(),
      "'" + std::string(key) + "'" + config::in_table(reader_.path()) + ": " + std::move(what),
      std::move(hint));
}

void Checks::before_end(std::string_view key, const When& when) {
  const auto share = config::run_share(when, length());
  if (!share || *share < 1) return;
  std::string run = absl::StrFormat("%d epoch%s", length().epochs, length().epochs == 1 ? "" : "s");
  if (length().epochs <= 0) run = "100%";
  if (when.unit == When::Unit::steps) run = absl::StrFormat("%d steps", length().steps());
  wrong(key, absl::StrFormat("%s is not before the end of the run (%s)", when.text(), run),
        "choose an earlier point, or lengthen the run with [run] epochs");
}

bool is_host_key(std::string_view key) {
  return key == "use" || key == "name" || key == "when" || key == "from" || key == "until";
}

void refuse_host_keys(const SchemaInfo& info) {
  for (const FieldInfo& field : info.fields) {
    if (!is_host_key(field.key)) continue;
    throw std::logic_error("the schema declares '" + field.key +
                           "', which r50 itself reads from a plugin's table: choose another key");
  }
}

namespace schema_detail {

namespace {

bool is_bare_key(const std::string& key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::vector<std::string> keys_of(const SchemaInfo& info) {
  std::vector<std::string> keys;
  keys.reserve(info.fields.size());
  for (const FieldInfo& field : info.fields) keys.push_back(field.key);
  return keys;
}

// Otherwise what explain writes would not read back.
bool default_allowed(const FieldInfo& field) {
  if (!field.default_value || field.list) return true;
  const Value& value = *field.default_value;
  if (value.text() && field.type != FieldInfo::Type::path) {
    return !field.limits.not_empty || !value.text()->empty();
  }
  if (!value.integer() && !value.real()) return true;
  const double number = value.real() ? *value.real() : static_cast<double>(*value.integer());
  const Limits& limits = field.limits;
  return (limits.above_min ? number > limits.min : number >= limits.min) &&
         (limits.below_max ? number < limits.max : number <= limits.max);
}

}  // namespace

void check_keys(const Value& table, const SchemaInfo& info, SchemaReader& reader) {
  const std::vector<std::string> known = keys_of(info);
  const std::string& path = reader.path();
  std::vector<std::string> meant;
  for (const Table::Entry& entry : table.table()->entries()) {
    if (info.find(entry.key)) continue;
    if (reader.building() && is_host_key(entry.key)) continue;
    if (auto guess = nearest(entry.key, known)) meant.push_back(*guess);
    std::string hint = near_guess(entry.key, known, "keys");
    if (known.empty()) hint = "the table takes no keys";
    reader.problems().add(entry.key_spot,
                          "unknown key '" + entry.key + "'" + config::in_table(path), hint);
  }
  for (const FieldInfo& field : info.fields) {
    if (!field.required() || table.table()->find(field.key)) continue;
    // Was written, only misspelt: that has been reported.
    if (std::find(meant.begin(), meant.end(), field.key) != meant.end()) continue;
    const std::string range = field.limits.text();
    reader.problems().add(table.spot(),
                          (path.empty() ? "the file" : "[" + path + "]") + " lacks the key '" +
                              field.key + "': " + field.doc,
                          "add '" + field.key + " = ...' to the table (" + field.type_text() +
                              (range.empty() ? ")" : ", " + range + ")"));
  }
}

void declare(SchemaInfo& info, FieldInfo field) {
  const auto refuse = [&](const std::string& why) {
    throw std::logic_error("bad schema: the key '" + field.key + "' " + why);
  };
  if (!is_bare_key(field.key)) refuse("may hold only letters, digits and _");
  if (info.find(field.key)) refuse("is declared twice");
  if (field.doc.empty() || field.doc == field.key) refuse("has no doc");
  if (field.limits.min > field.limits.max) refuse("has limits that nothing can meet");
  if (!default_allowed(field)) refuse("has a default that its limits do not allow");
  for (const std::string& word : field.choices) {
    if (std::count(field.choices.begin(), field.choices.end(), word) > 1) {
      refuse("has the choice '" + word + "' twice");
    }
  }
  info.fields.push_back(std::move(field));
}

}  // namespace schema_detail

}  // namespace r50
