#include "checkpoint/compare.h"

#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include <ATen/core/Tensor.h>

#include <c10/core/ScalarType.h>

#include <bit>
#include <cstdio>
#include <cstring>
#include <set>

namespace r50::checkpoint {
namespace {

std::string exact(double value) { return absl::StrFormat("%.17g", value); }

std::string shape_of(const at::Tensor& tensor) {
  return absl::StrFormat("%s [%s]", c10::toString(tensor.scalar_type()),
                         absl::StrJoin(tensor.sizes(), ", "));
}

std::string compare(const at::Tensor& a, const at::Tensor& b) {
  if (a.scalar_type() != b.scalar_type() || a.sizes() != b.sizes()) {
    return shape_of(a) + " against " + shape_of(b);
  }
  const at::Tensor left = a.detach().cpu().contiguous();
  const at::Tensor right = b.detach().cpu().contiguous();
  const std::size_t item = left.element_size();
  const auto* p = static_cast<const char*>(left.const_data_ptr());
  const auto* q = static_cast<const char*>(right.const_data_ptr());
  if (std::memcmp(p, q, left.nbytes()) == 0) return "";
  std::int64_t count = 0;
  std::int64_t first = -1;
  for (std::int64_t i = 0; i < left.numel(); ++i) {
    if (std::memcmp(p + i * item, q + i * item, item) == 0) continue;
    if (first < 0) first = i;
    ++count;
  }
  const auto value = [first](const at::Tensor& tensor) {
    return exact(tensor.flatten()[first].item().toDouble());
  };
  return absl::StrFormat("%d of %d values differ, the first at %d: %s against %s", count,
                         left.numel(), first, value(left), value(right));
}

void compare(const Archive& a, const Archive& b, const std::string& path,
             std::vector<std::string>& out);

struct Comparer {
  const std::string& path;
  std::vector<std::string>& out;

  void operator()(const at::Tensor& x, const at::Tensor& y) const {
    if (auto text = compare(x, y); !text.empty()) out.push_back(path + ": " + text);
  }
  void operator()(std::int64_t x, std::int64_t y) const {
    if (x != y) out.push_back(absl::StrFormat("%s: %d against %d", path, x, y));
  }
  void operator()(double x, double y) const {
    if (std::bit_cast<std::uint64_t>(x) != std::bit_cast<std::uint64_t>(y)) {
      out.push_back(absl::StrFormat("%s: %s against %s", path, exact(x), exact(y)));
    }
  }
  void operator()(const std::string& x, const std::string& y) const {
    if (x != y) out.push_back(absl::StrFormat("%s: '%s' against '%s'", path, x, y));
  }
  void operator()(const std::unique_ptr<Archive>& x, const std::unique_ptr<Archive>& y) const {
    r50::checkpoint::compare(*x, *y, path, out);
  }
  template <class X, class Y>
  void operator()(const X&, const Y&) const {
    out.push_back(path + ": of another type");
  }
};

void compare(const Archive& a, const Archive& b, const std::string& path,
             std::vector<std::string>& out) {
  const std::string prefix = path.empty() ? "" : path + ".";
  std::set<std::string> seen;
  for (const auto& [key, item] : a.items()) {
    seen.insert(key);
    if (!b.has(key)) {
      out.push_back(prefix + key + ": only in the first");
      continue;
    }
    for (const auto& [other_key, other] : b.items()) {
      if (other_key == key) std::visit(Comparer{prefix + key, out}, item, other);
    }
  }
  for (const auto& [key, item] : b.items()) {
    if (!seen.count(key)) out.push_back(prefix + key + ": only in the second");
  }
}

}  // namespace

std::vector<std::string> differences(const Archive& a, const Archive& b) {
  std::vector<std::string> out;
  compare(a, b, "", out);
  return out;
}

}  // namespace r50::checkpoint
