#include "checkpoint/pickle.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <optional>

#include "r50/error.h"

namespace r50::checkpoint {
namespace {

using pickle::Call;
using pickle::Dict;
using pickle::Object;
using pickle::Tuple;

class Reader {
 public:
  Reader(const CheckpointZip& zip, const std::string& path) : zip_(zip), path_(path) {}

  void fill(Archive& archive, const Dict& dict, const std::string& where, int depth = 0) {
    if (depth > 32) refuse("its groups are nested too deeply");
    for (const auto& [key, value] : *dict.items) put(archive, name_of(key), value, where, depth);
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw Error("'" + path_ + "' cannot be used as a checkpoint: " + what + ".");
  }

 private:
  std::string name_of(const Object& key) const {
    if (const auto* text = key.get<std::string>()) return *text;
    if (const auto* number = key.get<std::int64_t>()) return std::to_string(*number);
    refuse("one of its keys is neither a text nor an integer");
  }

  void put(Archive& archive, const std::string& key, const Object& value, const std::string& where,
           int depth) {
    const std::string here = where.empty() ? key : where + "." + key;
    if (const auto* number = value.get<std::int64_t>()) {
      archive.put(key, *number);
    } else if (const auto* truth = value.get<bool>()) {
      archive.put(key, std::int64_t{*truth});
    } else if (const auto* real = value.get<double>()) {
      archive.put(key, *real);
    } else if (const auto* text = value.get<std::string>()) {
      archive.put(key, *text);
    } else if (const auto* dict = value.get<Dict>()) {
      fill(archive.child(key), *dict, here, depth + 1);
    } else if (const auto* call = value.get<std::shared_ptr<Call>>()) {
      archive.put(key, tensor(**call, here));
    } else {
      refuse("'" + here + "' is not a tensor, number, text or group of these");
    }
  }

  const Object& argument(const Call& call, std::size_t index, const std::string& here) const {
    if (index >= call.arguments.items.size())
      refuse("the tensor '" + here + "' is described wrongly");
    return call.arguments.items[index];
  }

  std::int64_t natural(const Object& object, const std::string& here) const {
    const auto* number = object.get<std::int64_t>();
    if (!number || *number < 0) refuse("the tensor '" + here + "' is described wrongly");
    return *number;
  }

  std::vector<std::int64_t> naturals(const Object& object, const std::string& here) const {
    const auto* tuple = object.get<Tuple>();
    if (!tuple) refuse("the tensor '" + here + "' is described wrongly");
    std::vector<std::int64_t> result;
    for (const Object& item : tuple->items) result.push_back(natural(item, here));
    return result;
  }

  at::Tensor tensor(const Call& call, const std::string& here) {
    if (call.function == "torch._utils._rebuild_parameter") {
      const auto* inner = argument(call, 0, here).get<std::shared_ptr<Call>>();
      if (!inner || (*inner)->function == call.function) {
        refuse("the parameter '" + here + "' is described wrongly");
      }
      return tensor(**inner, here);
    }
    if (call.function != "torch._utils._rebuild_tensor_v2") {
      refuse("'" + here + "' is a " + call.function + ", not a plain tensor");
    }
    const at::Tensor& values = storage(argument(call, 0, here), here);
    const std::int64_t offset = natural(argument(call, 1, here), here);
    const std::vector<std::int64_t> sizes = naturals(argument(call, 2, here), here);
    const std::vector<std::int64_t> strides = naturals(argument(call, 3, here), here);
    if (strides.size() != sizes.size()) refuse("the tensor '" + here + "' is described wrongly");
    // The last element must lie within; in reals, as products of wrong numbers may overflow.
    double last = static_cast<double>(offset);
    bool empty = false;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      empty |= sizes[i] == 0;
      last += static_cast<double>(sizes[i] - 1) * static_cast<double>(strides[i]);
    }
    if (!empty && last >= static_cast<double>(values.numel())) {
      refuse("the tensor '" + here + "' reaches beyond its data");
    }
    return values.as_strided(sizes, strides, offset);
  }

  // Values that several tensors may share, read once.
  const at::Tensor& storage(const Object& object, const std::string& here) {
    const auto* described = object.get<pickle::Storage>();
    const Tuple* parts = described ? described->description->get<Tuple>() : nullptr;
    if (!parts || parts->items.size() < 5) refuse("the tensor '" + here + "' has no data");
    const auto* type = parts->items[1].get<pickle::Global>();
    const auto* key = parts->items[2].get<std::string>();
    if (!type || !key) refuse("the data of the tensor '" + here + "' are described wrongly");
    if (const auto found = storages_.find(*key); found != storages_.end()) return found->second;

    const at::ScalarType dtype = dtype_of(type->name, here);
    const std::int64_t count = natural(parts->items[4], here);
    const std::string_view data = zip_.record("data/" + *key);
    if (data.size() % c10::elementSize(dtype) != 0 ||
        data.size() / c10::elementSize(dtype) != static_cast<std::uint64_t>(count)) {
      refuse("the data of the tensor '" + here + "' have another size than they say");
    }
    at::Tensor values = at::empty({count}, at::TensorOptions(dtype));
    if (!data.empty()) std::memcpy(values.data_ptr(), data.data(), data.size());
    return storages_.emplace(*key, std::move(values)).first->second;
  }

  at::ScalarType dtype_of(const std::string& name, const std::string& here) const {
    static const std::map<std::string, at::ScalarType> types = {
        {"torch.FloatStorage", at::kFloat}, {"torch.DoubleStorage", at::kDouble},
        {"torch.HalfStorage", at::kHalf},   {"torch.BFloat16Storage", at::kBFloat16},
        {"torch.LongStorage", at::kLong},   {"torch.IntStorage", at::kInt},
        {"torch.ShortStorage", at::kShort}, {"torch.CharStorage", at::kChar},
        {"torch.ByteStorage", at::kByte},   {"torch.BoolStorage", at::kBool}};
    const auto found = types.find(name);
    if (found == types.end()) refuse("the tensor '" + here + "' has the unknown type " + name);
    return found->second;
  }

  const CheckpointZip& zip_;
  const std::string& path_;
  std::map<std::string, at::Tensor> storages_;
};

}  // namespace

Archive unpickle(const CheckpointZip& zip, const std::string& path) {
  Reader reader(zip, path);
  if (zip.has("byteorder") && zip.record("byteorder") != "little") {
    reader.refuse("it was written on a machine of the other byte order");
  }
  std::optional<Object> result;
  try {
    result = pickle::run(zip.record("data.pkl"));
  } catch (const pickle::Malformed& error) {
    reader.refuse(error.what());
  }
  const auto* dict = result->get<Dict>();
  if (!dict) reader.refuse("it does not hold a dict at the top");
  Archive archive;
  reader.fill(archive, *dict, "");
  return archive;
}

}  // namespace r50::checkpoint
