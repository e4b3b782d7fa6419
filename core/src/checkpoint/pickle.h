#pragma once

// The pickle in a checkpoint: what r50 writes, and state dicts as Python's torch.save writes them.
// (libtorch's own reader does not know OrderedDict, which every state dict of Python is.) First
// pickle_machine.cc reads the part of the pickle language (protocol 2) that torch.save writes for
// dicts of tensors and plain values, then pickle.cc makes an Archive of the objects. Functions
// named in a pickle are recorded, never called.

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "checkpoint/zip.h"
#include "r50/archive.h"

namespace r50::checkpoint::pickle {

class Malformed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Object;
struct Call;

struct None {};
struct Mark {};
struct Global {
  std::string name;  // "torch._utils._rebuild_tensor_v2"
};
struct Tuple {
  std::vector<Object> items;
};
// Lists and dicts are filled after they were remembered, hence shared.
struct List {
  std::shared_ptr<std::vector<Object>> items;
};
struct Dict {
  std::shared_ptr<std::vector<std::pair<Object, Object>>> items;
};
struct Storage {
  std::shared_ptr<Object> description;
};

class Object {
 public:
  using Value = std::variant<None, Mark, bool, std::int64_t, double, std::string, Global, Tuple,
                             List, Dict, Storage, std::shared_ptr<Call>>;
  Object() = default;
  template <class T>
  explicit Object(T value) : value_(std::move(value)) {}
  template <class T>
  const T* get() const {
    return std::get_if<T>(&value_);
  }

 private:
  Value value_;
};

struct Call {
  std::string function;
  Tuple arguments;
};

Object run(std::string_view program);  // throws Malformed

}  // namespace r50::checkpoint::pickle

namespace r50::checkpoint {

// Throws Error, which begins with "'PATH' ", for what an Archive cannot hold.
Archive unpickle(const CheckpointZip& zip, const std::string& path);

}  // namespace r50::checkpoint
