#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "r50/error.h"

namespace r50 {

class Value;

// A table keeps the order in which its keys were written; tables are small, so looking up walks.
class Table {
 public:
  struct Entry;

  // Defined below Entry, which holds a Value, which holds a Table: clang needs it whole by then.
  Table();
  Table(const Table&);
  Table(Table&&) noexcept;
  Table& operator=(const Table&);
  Table& operator=(Table&&) noexcept;
  ~Table();

  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  Spot key_spot(std::string_view key) const;  // where the key itself stands
  Value& set(std::string key, Value value);   // replaces in place or appends
  Value& set(std::string key, Value value, Spot key_spot);
  bool erase(std::string_view key);
  bool empty() const;
  std::size_t size() const;
  std::vector<std::string> keys() const;
  const std::vector<Entry>& entries() const { return entries_; }
  std::vector<Entry>& entries() { return entries_; }

 private:
  std::vector<Entry> entries_;
};

using Array = std::vector<Value>;

// What TOML (and a JSON line) can say, each value with the place it was written at.
class Value {
 public:
  enum class Type { boolean, integer, real, text, array, table };

  Value() : data_(Table{}) {}
  Value(bool value, Spot spot = {}) : data_(value), spot_(std::move(spot)) {}
  Value(std::int64_t value, Spot spot = {}) : data_(value), spot_(std::move(spot)) {}
  Value(int value, Spot spot = {}) : Value(std::int64_t{value}, std::move(spot)) {}
  Value(double value, Spot spot = {}) : data_(value), spot_(std::move(spot)) {}
  Value(std::string value, Spot spot = {}) : data_(std::move(value)), spot_(std::move(spot)) {}
  Value(const char* value, Spot spot = {}) : Value(std::string(value), std::move(spot)) {}
  Value(Array value, Spot spot = {});
  Value(Table value, Spot spot = {}) : data_(std::move(value)), spot_(std::move(spot)) {}

  Type type() const { return static_cast<Type>(data_.index()); }
  std::string_view type_name() const;  // "a text", "a number", "a table": for messages
  const Spot& spot() const { return spot_; }
  void set_spot(Spot spot) { spot_ = std::move(spot); }

  // Null if the value is of another type.
  const bool* boolean() const { return std::get_if<bool>(&data_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data_); }
  const double* real() const { return std::get_if<double>(&data_); }
  const std::string* text() const { return std::get_if<std::string>(&data_); }
  const Array* array() const { return std::get_if<Array>(&data_); }
  Array* array() { return std::get_if<Array>(&data_); }
  const Table* table() const { return std::get_if<Table>(&data_); }
  Table* table() { return std::get_if<Table>(&data_); }

  // As TOML writes it on one line; numbers come back to the same bits.
  std::string toml() const;

  friend bool operator==(const Value& a, const Value& b);  // places do not count

 private:
  std::variant<bool, std::int64_t, double, std::string, Array, Table> data_;
  Spot spot_;
};

struct Table::Entry {
  std::string key;
  Spot key_spot;
  Value value;
};

inline Table::Table() = default;
inline Table::Table(const Table&) = default;
inline Table::Table(Table&&) noexcept = default;
inline Table& Table::operator=(const Table&) = default;
inline Table& Table::operator=(Table&&) noexcept = default;
inline Table::~Table() = default;
inline bool Table::empty() const { return entries_.empty(); }
inline std::size_t Table::size() const { return entries_.size(); }

}  // namespace r50
