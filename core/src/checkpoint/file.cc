#include "checkpoint/file.h"

#include <ATen/core/Dict.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/from_blob.h>
#include <caffe2/serialize/inline_container.h>
#include <torch/csrc/jit/serialization/export.h>
#include <torch/csrc/jit/serialization/pickler.h>

#include <exception>
#include <vector>

#include "checkpoint/pickle.h"
#include "checkpoint/zip.h"
#include "r50/error.h"

// The only file that uses libtorch's serialization, whose headers are internal to it.

namespace r50::checkpoint {
namespace {

// Gathers small pieces: a zip writer makes five of each tensor.
class Sink {
 public:
  explicit Sink(base::OutputFile& file) : file_(file) {}

  // Called from C code within libtorch, so nothing may be thrown through it.
  std::size_t take(const void* data, std::size_t size) noexcept {
    try {
      if (failure_) return 0;
      if (waiting_.size() + size > capacity) flush();
      if (size > capacity) {
        file_.write(data, size);
      } else {
        waiting_.append(static_cast<const char*>(data), size);
      }
      return size;
    } catch (...) {
      failure_ = std::current_exception();
      return 0;
    }
  }

  void flush() {
    file_.write(waiting_);
    waiting_.clear();
  }

  void stop() { failure_ = std::make_exception_ptr(Error("stopped")); }
  const std::exception_ptr& failure() const { return failure_; }

 private:
  static constexpr std::size_t capacity = 1 << 16;
  base::OutputFile& file_;
  std::string waiting_;
  std::exception_ptr failure_;
};

// The bytes written must follow from the values alone. So every tensor gets a storage of its own,
// of exactly its size: what it shares with others, or is a part of, does not show.
at::Tensor alone(const at::Tensor& tensor, const std::string& key) {
  if (tensor.layout() != at::kStrided || tensor.is_quantized() || tensor.is_complex()) {
    throw Error("'" + key + "' cannot be saved: checkpoints hold plain real tensors only.");
  }
  at::Tensor plain = tensor.detach().cpu();
  if (!plain.is_non_overlapping_and_dense()) plain = plain.contiguous();
  return at::from_blob(
      plain.data_ptr(), plain.sizes(), plain.strides(), [plain](void*) {}, plain.options());
}

c10::impl::GenericDict to_dict(const Archive& archive, const std::string& path) {
  c10::impl::GenericDict dict(c10::StringType::get(), c10::AnyType::get());
  for (const auto& [key, item] : archive.items()) {
    const std::string here = path.empty() ? key : path + "." + key;
    dict.insert(key, std::visit(
                         [&]<class T>(const T& value) -> c10::IValue {
                           if constexpr (std::is_same_v<T, at::Tensor>) {
                             return alone(value, here);
                           } else if constexpr (std::is_same_v<T, std::unique_ptr<Archive>>) {
                             return to_dict(*value, here);
                           } else {
                             return value;
                           }
                         },
                         item));
  }
  return dict;
}

void write_zip(const Archive& archive, Sink& sink) {
  const c10::IValue content = to_dict(archive, "");
  std::string pickle;
  // tag_aggregates = false: Python's weights_only refuses the type tags.
  torch::jit::Pickler pickler(
      [&](const char* data, std::size_t size) { pickle.append(data, size); }, nullptr, nullptr,
      nullptr, nullptr, false);
  pickler.protocol();
  pickler.pushIValue(content);
  pickler.stop();

  caffe2::serialize::PyTorchStreamWriter writer(
      [&](const void* data, std::size_t size) { return sink.take(data, size); });
  try {
    torch::jit::writeArchiveAndTensors("data", pickle.data(), pickle.size(), pickler.tensorData(),
                                       writer);
    writer.writeEndOfFile();
  } catch (...) {
    const std::exception_ptr reason = sink.failure() ? sink.failure() : std::current_exception();
    // Its destructor would finish the archive, and throw.
    sink.stop();
    try {
      if (!writer.finalized()) writer.writeEndOfFile();
    } catch (const std::exception&) {
    }
    std::rethrow_exception(reason);
  }
  if (sink.failure()) std::rethrow_exception(sink.failure());
}

}  // namespace

void write_archive(base::Files& files, const std::string& path, const Archive& archive) {
  // What lies here may be a hard link to a good checkpoint, which truncating would destroy.
  files.remove(path);
  const auto file = files.create(path);
  Sink sink(*file);
  write_zip(archive, sink);
  sink.flush();
  file->sync();
  file->close();
}

void write_checkpoint(base::Files& files, const std::string& path, const Archive& archive) {
  const std::string temporary = path + ".tmp";
  try {
    write_archive(files, temporary, archive);
    files.rename(temporary, path);
  } catch (...) {
    const std::exception_ptr reason = std::current_exception();
    try {
      files.remove(temporary);
    } catch (const base::FileError&) {  // the first failure is the one to tell
    }
    std::rethrow_exception(reason);
  }
  files.sync_folder(base::folder_of(path));
}

Archive read_checkpoint(base::Files& files, const std::string& path) {
  const std::string content = files.read(path);
  const CheckpointZip zip(content, path);
  return unpickle(zip, path);
}

}  // namespace r50::checkpoint
