#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace at {
class Tensor;  // so that a scheduler's state costs no tensor header (1.8 s)
}

namespace r50 {

// State, as nested dicts that Python's torch.load reads: tensors, integers, reals, texts, archives.
// Keys keep their order. Reading a key that is missing or of another type throws an Error that
// names the key and the path to it.
class Archive {
 public:
  using Item =
      std::variant<at::Tensor, std::int64_t, double, std::string, std::unique_ptr<Archive>>;

  Archive();
  explicit Archive(std::string path);
  Archive(Archive&&) noexcept;
  Archive& operator=(Archive&&) noexcept;
  ~Archive();

  void put(std::string key, const at::Tensor& value);
  void put(std::string key, std::int64_t value);
  void put(std::string key, double value);
  void put(std::string key, std::string value);
  Archive& child(const std::string& key);  // made if missing

  bool has(std::string_view key) const;
  const at::Tensor& tensor(std::string_view key) const;
  std::int64_t integer(std::string_view key) const;
  double real(std::string_view key) const;
  const std::string& text(std::string_view key) const;
  const Archive& child(std::string_view key) const;

  bool empty() const;
  // Code that walks these includes ATen/core/Tensor.h.
  const std::vector<std::pair<std::string, Item>>& items() const { return items_; }

 private:
  const Item& at(std::string_view key, std::string_view type) const;
  std::string path_;  // "averaging.ema", for messages
  std::vector<std::pair<std::string, Item>> items_;
};

}  // namespace r50
