#include "nn/norm_options.h"
#include "r50/layers.h"

namespace r50 {
namespace {

thread_local bool held = false;

}  // namespace

bool nn::statistics_held() { return held; }

StatisticsHeld::StatisticsHeld() : before_(held) { held = true; }
StatisticsHeld::~StatisticsHeld() { held = before_; }

}  // namespace r50
