#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "r50/layers.h"
#include "train/trainer.h"

namespace r50::train {

// Says no, in a sentence, to a precision that the device cannot train in.
void check_precision(Precision precision, c10::Device device);

c10::ScalarType number_type(Precision precision);

// Under it the forward pass runs in `precision` where that is safe; weights stay fp32. State of the
// calling thread, restored at the end. Backward passes run outside of it and follow the types that
// the forward pass chose.
class Autocast {
 public:
  Autocast(Precision precision, c10::Device device);
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
// which then share both. It must end before the weights change, else later passes would go on with
// the old ones.
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
