#include "train/errors.h"

#include <absl/strings/str_format.h>
#include <c10/util/Exception.h>
#include <sys/resource.h>

#include <cmath>
#include <new>
#include <string_view>

namespace r50::train {

namespace {

std::string divergence(std::int64_t step, double loss, double lr) {
  const std::string what =
      std::isfinite(loss)
          ? absl::StrFormat("Some weights are no longer finite numbers (the last loss was %.4g)",
                            loss)
          : absl::StrFormat("The loss is %.4g", loss);
  return absl::StrFormat(
      "%s at step %d, where the learning rate was %.4g. A lower rate, a longer warm-up or [run] "
      "clip usually helps.",
      what, step, lr);
}

std::string shortage(OutOfMemory::While what, std::int64_t images, const std::string& detail) {
  return absl::StrFormat("Memory ran out while %s with a micro-batch of %d images: %s",
                         what == OutOfMemory::While::training ? "training" : "evaluating", images,
                         detail.substr(0, detail.find('\n')));
}

// What oneDNN says when there is no room for its code or its scratch memory. It says the same of a
// case it does not know, so this counts only where addresses can run out (ulimit -v).
constexpr std::string_view no_primitive = "could not create a primitive";

bool addresses_are_limited() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

}  // namespace

Diverged::Diverged(std::int64_t step, double loss, double lr)
    : Stopped(divergence(step, loss, lr)), step_(step) {}
Diverged::~Diverged() = default;

OutOfMemory::OutOfMemory(While what, std::int64_t images, const std::string& detail)
    : Error(shortage(what, images, detail)), while_(what), images_(images) {}
OutOfMemory::~OutOfMemory() = default;

bool says_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return true;
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error)) return true;
  // c10's CPU allocator throws a plain error, and a plugin's border keeps only the text.
  const std::string_view text = error.what();
  for (const std::string_view sign : {"can't allocate memory", "not enough memory", "out of memory",
                                      "std::bad_alloc", "Cannot allocate memory"}) {
    if (text.find(sign) != std::string_view::npos) return true;
  }
  return addresses_are_limited() && text.find(no_primitive) != std::string_view::npos;
}

}  // namespace r50::train
