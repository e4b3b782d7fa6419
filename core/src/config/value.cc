#include "r50/value.h"

#include <algorithm>

#include "config/schema_parts.h"

namespace r50 {

namespace {

bool bare_key(std::string_view key) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !key.empty() && std::all_of(key.begin(), key.end(), plain);
}

std::string quoted_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      constexpr char digits[] = "0123456789ABCDEF";
      out += {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string real_text(double number) {
  std::string text = config::number_text(number);
  // TOML distinguishes reals from integers by the point or the exponent.
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

std::string table_text(const Table& table) {
  std::string out = "{";
  for (const Table::Entry& entry : table.entries()) {
    out += out.size() > 1 ? ", " : " ";
    out += (bare_key(entry.key) ? entry.key : quoted_text(entry.key)) + " = " + entry.value.toml();
  }
  return out + (table.empty() ? "}" : " }");
}

std::string array_text(const Array& array) {
  std::string out = "[";
  for (const Value& item : array) {
    if (out.size() > 1) out += ", ";
    out += item.toml();
  }
  return out + "]";
}

// TOML's tables have no order.
bool same_entries(const Table& a, const Table& b) {
  if (a.size() != b.size()) return false;
  return std::all_of(a.entries().begin(), a.entries().end(), [&](const Table::Entry& entry) {
    const Value* other = b.find(entry.key);
    return other && entry.value == *other;
  });
}

}  // namespace

const Value* Table::find(std::string_view key) const {
  for (const Entry& entry : entries_) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Value* Table::find(std::string_view key) {
  return const_cast<Value*>(static_cast<const Table*>(this)->find(key));
}

Spot Table::key_spot(std::string_view key) const {
  for (const Entry& entry : entries_) {
    if (entry.key == key) return entry.key_spot;
  }
  return {};
}

Value& Table::set(std::string key, Value value) {
  Spot spot = value.spot();
  return set(std::move(key), std::move(value), std::move(spot));
}

Value& Table::set(std::string key, Value value, Spot key_spot) {
  for (Entry& entry : entries_) {
    if (entry.key == key) {
      entry.key_spot = std::move(key_spot);
      return entry.value = std::move(value);
    }
  }
  entries_.push_back({std::move(key), std::move(key_spot), std::move(value)});
  return entries_.back().value;
}

bool Table::erase(std::string_view key) {
  return std::erase_if(entries_, [&](const Entry& entry) { return entry.key == key; }) > 0;
}

std::vector<std::string> Table::keys() const {
  std::vector<std::string> keys;
  keys.reserve(entries_.size());
  for (const Entry& entry : entries_) keys.push_back(entry.key);
  return keys;
}

Value::Value(Array value, Spot spot) : data_(std::move(value)), spot_(std::move(spot)) {}

std::string_view Value::type_name() const {
  switch (type()) {
    case Type::boolean:
      return "true or false";
    case Type::integer:
      return "a whole number";
    case Type::real:
      return "a number";
    case Type::text:
      return "a text";
    case Type::array:
      return "a list";
    case Type::table:
      return "a table";
  }
  return "a value";
}

std::string Value::toml() const {
  switch (type()) {
    case Type::boolean:
      return *boolean() ? "true" : "false";
    case Type::integer:
      return std::to_string(*integer());
    case Type::real:
      return real_text(*real());
    case Type::text:
      return quoted_text(*text());
    case Type::array:
      return array_text(*array());
    case Type::table:
      return table_text(*table());
  }
  return "";
}

bool operator==(const Value& a, const Value& b) {
  if (a.type() != b.type()) return false;
  if (a.table()) return same_entries(*a.table(), *b.table());
  if (a.array()) return *a.array() == *b.array();
  if (a.text()) return *a.text() == *b.text();
  if (a.integer()) return *a.integer() == *b.integer();
  if (a.real()) return *a.real() == *b.real();
  return *a.boolean() == *b.boolean();
}

}  // namespace r50
