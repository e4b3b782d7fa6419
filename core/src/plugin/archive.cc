#include "r50/archive.h"

#include <ATen/core/Tensor.h>
#include <absl/strings/str_format.h>

#include <algorithm>

#include "r50/error.h"

namespace r50 {
namespace {

constexpr const char* type_names[] = {"a tensor", "an integer", "a real number", "a text",
                                      "a group"};

std::string joined(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

template <class Items>
auto find(Items& items, std::string_view key) {
  return std::find_if(items.begin(), items.end(),
                      [&](const auto& item) { return item.first == key; });
}

std::string keys_text(const std::vector<std::pair<std::string, Archive::Item>>& items) {
  constexpr std::size_t most = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, items.size()); ++i) {
    text += (text.empty() ? "'" : ", '") + items[i].first + "'";
  }
  if (items.empty()) return "nothing";
  if (items.size() > most) text += absl::StrFormat(" and %d more", items.size() - most);
  return text;
}

// Keeps a key's place when its value changes.
template <class Value>
void set(std::vector<std::pair<std::string, Archive::Item>>& items, std::string key, Value value) {
  const auto found = find(items, key);
  if (found == items.end()) {
    items.emplace_back(std::move(key), std::move(value));
  } else {
    found->second = std::move(value);
  }
}

}  // namespace

Archive::Archive() = default;
Archive::Archive(std::string path) : path_(std::move(path)) {}
Archive::Archive(Archive&&) noexcept = default;
Archive& Archive::operator=(Archive&&) noexcept = default;
Archive::~Archive() = default;

bool Archive::empty() const { return items_.empty(); }

void Archive::put(std::string key, const at::Tensor& value) {
  if (!value.defined()) {
    throw Error("'" + joined(path_, key) + "' cannot be saved: the tensor has no content.");
  }
  set(items_, std::move(key), value);
}

void Archive::put(std::string key, std::int64_t value) { set(items_, std::move(key), value); }
void Archive::put(std::string key, double value) { set(items_, std::move(key), value); }

void Archive::put(std::string key, std::string value) {
  set(items_, std::move(key), std::move(value));
}

Archive& Archive::child(const std::string& key) {
  auto found = find(items_, key);
  if (found == items_.end()) {
    items_.emplace_back(key, std::make_unique<Archive>(joined(path_, key)));
    found = items_.end() - 1;
  }
  if (auto* group = std::get_if<std::unique_ptr<Archive>>(&found->second)) return **group;
  throw Error("'" + joined(path_, key) + "' cannot be saved as a group: it is " +
              type_names[found->second.index()] + " already.");
}

bool Archive::has(std::string_view key) const { return find(items_, key) != items_.end(); }

const Archive::Item& Archive::at(std::string_view key, std::string_view type) const {
  const auto found = find(items_, key);
  if (found == items_.end()) {
    throw Error("The saved state has no '" + joined(path_, key) + "' (" + std::string(type) +
                " was expected); " + (path_.empty() ? "it" : "'" + path_ + "'") + " holds " +
                keys_text(items_) + ".");
  }
  return found->second;
}

namespace {

[[noreturn]] void wrong_type(const std::string& path, std::string_view key,
                             const Archive::Item& item, const std::string& expected) {
  throw Error("'" + joined(path, key) + "' of the saved state is " + type_names[item.index()] +
              " where " + expected + " was expected.");
}

}  // namespace

const at::Tensor& Archive::tensor(std::string_view key) const {
  const Item& item = at(key, type_names[0]);
  if (const auto* value = std::get_if<at::Tensor>(&item)) return *value;
  wrong_type(path_, key, item, type_names[0]);
}

std::int64_t Archive::integer(std::string_view key) const {
  const Item& item = at(key, type_names[1]);
  if (const auto* value = std::get_if<std::int64_t>(&item)) return *value;
  wrong_type(path_, key, item, type_names[1]);
}

double Archive::real(std::string_view key) const {
  const Item& item = at(key, type_names[2]);
  if (const auto* value = std::get_if<double>(&item)) return *value;
  // Python writes a whole number as an integer.
  if (const auto* value = std::get_if<std::int64_t>(&item)) return static_cast<double>(*value);
  wrong_type(path_, key, item, type_names[2]);
}

const std::string& Archive::text(std::string_view key) const {
  const Item& item = at(key, type_names[3]);
  if (const auto* value = std::get_if<std::string>(&item)) return *value;
  wrong_type(path_, key, item, type_names[3]);
}

const Archive& Archive::child(std::string_view key) const {
  const Item& item = at(key, type_names[4]);
  if (const auto* value = std::get_if<std::unique_ptr<Archive>>(&item)) return **value;
  wrong_type(path_, key, item, type_names[4]);
}

}  // namespace r50
