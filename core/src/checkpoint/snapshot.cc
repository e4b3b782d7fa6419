#include "checkpoint/snapshot.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_strided.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

#include "nn/compute_threads.h"

namespace r50::checkpoint {
namespace {

bool fits(const at::Tensor& live, const at::Tensor& kept) {
  return live.scalar_type() == kept.scalar_type() && live.sizes() == kept.sizes() &&
         (!live.is_non_overlapping_and_dense() || live.strides() == kept.strides());
}

at::Tensor room_for(const at::Tensor& live) {
  // Page-locked memory takes copies from a GPU several times as fast.
  const auto options = at::TensorOptions(live.scalar_type()).pinned_memory(live.is_cuda());
  return live.is_non_overlapping_and_dense()
             ? at::empty_strided(live.sizes(), live.strides(), options)
             : at::empty(live.sizes(), options);
}

// The item of the same key; archives of one run have the same keys in the same order, so it is
// nearly always the one at the same position.
template <class T>
const T* same_item(const Archive& kept, std::size_t position, const std::string& key) {
  const auto& items = kept.items();
  if (position < items.size() && items[position].first == key) {
    return std::get_if<T>(&items[position].second);
  }
  for (const auto& [name, item] : items) {
    if (name == key) return std::get_if<T>(&item);
  }
  return nullptr;
}

// Plain memory is copied at the end, all of it in one parallel loop: with one a tensor, the threads
// would wait for each other some hundred times, which is long while loader threads use the cores.
class Copies {
 public:
  void add(const at::Tensor& to, const at::Tensor& from) {
    if (!from.is_cpu() || from.strides() != to.strides()) {
      to.copy_(from.detach());
      return;
    }
    auto* target = static_cast<std::byte*>(to.data_ptr());
    const auto* source = static_cast<const std::byte*>(from.const_data_ptr());
    for (std::size_t at = 0; at < from.nbytes(); at += piece) {
      pieces_.push_back({target + at, source + at, std::min(piece, from.nbytes() - at)});
    }
  }

  void run() const {
    nn::in_parallel(static_cast<std::int64_t>(pieces_.size()), 1,
                    [this](std::int64_t begin, std::int64_t end) {
                      for (auto i = begin; i < end; ++i) {
                        const Piece& one = pieces_[static_cast<std::size_t>(i)];
                        std::memcpy(one.target, one.source, one.size);
                      }
                    });
  }

 private:
  static constexpr std::size_t piece = std::size_t{1} << 20;
  struct Piece {
    std::byte* target;
    const std::byte* source;
    std::size_t size;
  };
  std::vector<Piece> pieces_;
};

void copy(const Archive& live, const Archive& kept, Archive& result, Copies& copies) {
  for (std::size_t i = 0; i < live.items().size(); ++i) {
    const auto& [key, item] = live.items()[i];
    if (const auto* tensor = std::get_if<at::Tensor>(&item)) {
      const at::Tensor* old = same_item<at::Tensor>(kept, i, key);
      at::Tensor own = old && fits(*tensor, *old) ? *old : room_for(*tensor);
      copies.add(own, *tensor);
      result.put(key, own);
    } else if (const auto* group = std::get_if<std::unique_ptr<Archive>>(&item)) {
      const auto* old = same_item<std::unique_ptr<Archive>>(kept, i, key);
      const Archive none;
      copy(**group, old ? **old : none, result.child(key), copies);
    } else if (const auto* number = std::get_if<std::int64_t>(&item)) {
      result.put(key, *number);
    } else if (const auto* real = std::get_if<double>(&item)) {
      result.put(key, *real);
    } else {
      result.put(key, std::get<std::string>(item));
    }
  }
}

void make_room_in(const Archive& live, Archive& result) {
  for (const auto& [key, item] : live.items()) {
    if (const auto* tensor = std::get_if<at::Tensor>(&item)) {
      at::Tensor room = room_for(*tensor);
      std::memset(room.data_ptr(), 0, room.nbytes());
      result.put(key, room);
    } else if (const auto* group = std::get_if<std::unique_ptr<Archive>>(&item)) {
      make_room_in(**group, result.child(key));
    }
  }
}

}  // namespace

void make_room(const Archive& live, Archive& kept) {
  Archive result;
  make_room_in(live, result);
  kept = std::move(result);
}

void take_snapshot(const Archive& live, Archive& kept) {
  Archive result;
  Copies copies;
  copy(live, kept, result, copies);
  copies.run();
  kept = std::move(result);
}

}  // namespace r50::checkpoint
