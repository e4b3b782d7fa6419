#include "contract/state.h"

#include <ATen/core/Tensor.h>

#include <bit>
#include <cstdint>
#include <memory>
#include <variant>

namespace r50::contract {

namespace {

using Child = std::unique_ptr<Archive>;

bool equal(const at::Tensor& a, const at::Tensor& b) {
  if (!a.defined() || !b.defined()) return a.defined() == b.defined();
  return a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes() && a.equal(b);
}

}  // namespace

Archive copy(const Archive& archive) {
  Archive result;
  for (const auto& [key, item] : archive.items()) {
    if (const auto* tensor = std::get_if<at::Tensor>(&item)) {
      result.put(key, tensor->detach().clone());
    } else if (const auto* integer = std::get_if<std::int64_t>(&item)) {
      result.put(key, *integer);
    } else if (const auto* real = std::get_if<double>(&item)) {
      result.put(key, *real);
    } else if (const auto* text = std::get_if<std::string>(&item)) {
      result.put(key, *text);
    } else if (const auto* child = std::get_if<Child>(&item)) {
      result.child(key) = copy(**child);
    }
  }
  return result;
}

std::optional<std::string> difference(const Archive& a, const Archive& b) {
  if (a.items().size() != b.items().size()) return "the number of its parts";
  for (std::size_t i = 0; i < a.items().size(); ++i) {
    const auto& [key, item] = a.items()[i];
    const auto& [other_key, other] = b.items()[i];
    if (key != other_key || item.index() != other.index()) return key;
    if (const auto* child = std::get_if<Child>(&item)) {
      const auto inner = difference(**child, **std::get_if<Child>(&other));
      if (inner) return key + "." + *inner;
    } else if (const auto* tensor = std::get_if<at::Tensor>(&item)) {
      if (!equal(*tensor, std::get<at::Tensor>(other))) return key;
    } else if (const auto* integer = std::get_if<std::int64_t>(&item)) {
      if (*integer != std::get<std::int64_t>(other)) return key;
    } else if (const auto* real = std::get_if<double>(&item)) {
      if (std::bit_cast<std::uint64_t>(*real) !=
          std::bit_cast<std::uint64_t>(std::get<double>(other))) {
        return key;
      }
    } else if (std::get<std::string>(item) != std::get<std::string>(other)) {
      return key;
    }
  }
  return std::nullopt;
}

}  // namespace r50::contract
