#pragma once

// What a forward pass runs under: its precision, the casts it shares with others, and the numbers
// that torch draws in it.

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "r50/layers.h"
#include "r50/random.h"
#include "train/trainer.h"

namespace r50::train {

// Says no, in a sentence, to a precision that the device cannot train in.
void check_precision(FloatType precision, c10::Device device);

c10::ScalarType number_type(FloatType precision);

// Seeds torch's default generators, the CPU's and the device's own. Done before each forward pass,
// so that dropout and the like are a function of the key and no generator state is ever saved.
// About 2 microseconds on a CPU.
void seed_generators(const RandomKey& key, c10::Device device);

// Under it the forward pass runs in `precision` where that is safe; weights stay fp32. State of the
// calling thread, restored at the end. Backward passes run outside of it and follow the types that
// the forward pass chose.
class Autocast {
 public:
  Autocast(FloatType precision, c10::Device device);
  ~Autocast();
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  c10::DeviceType device_;
  bool was_enabled_;
  c10::ScalarType old_type_;
};

// Autocast keeps the low-precision copies of the weights until the outermost scope ends, and r50's
// units what they derive from them. This one spans several forward passes over the same weights,
// which then share both. It must end before the weights change, else later passes would use the old
// ones.
class CastScope {
 public:
  CastScope();
  ~CastScope() { end(); }
  CastScope(const CastScope&) = delete;
  CastScope& operator=(const CastScope&) = delete;
  void end();  // before its time

 private:
  WeightsHeld units_;
  bool open_ = true;
};

}  // namespace r50::train
