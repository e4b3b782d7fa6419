#include <cstdio>

#include "train/trainer.h"

namespace r50::train {

namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

std::string divergence(std::int64_t step, double loss, double lr) {
  const bool finite = loss - loss == 0;
  const std::string what =
      finite ? "Some weights are no longer finite numbers (the last loss was " + number(loss) + ")"
             : "The loss is " + number(loss);
  return what + " at step " + std::to_string(step) + ", where the learning rate was " + number(lr) +
         ". A lower rate, a longer warm-up or [run] clip usually helps.";
}

std::string shortage(OutOfMemory::While what, std::int64_t images, const std::string& detail) {
  const bool training = what == OutOfMemory::While::training;
  return std::string("Memory ran out while ") + (training ? "training" : "evaluating") +
         " with a micro-batch of " + std::to_string(images) +
         " images: " + detail.substr(0, detail.find('\n'));
}

}  // namespace

RunSide::~RunSide() = default;

Diverged::Diverged(std::int64_t step, double loss, double lr)
    : Stopped(divergence(step, loss, lr)), step_(step) {}
Diverged::~Diverged() = default;

OutOfMemory::OutOfMemory(While what, std::int64_t images, const std::string& detail)
    : Error(shortage(what, images, detail)), while_(what), images_(images) {}
OutOfMemory::~OutOfMemory() = default;

}  // namespace r50::train
