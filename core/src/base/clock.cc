#include "base/clock.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <thread>

namespace r50::base {
namespace {

template <class Source>
double now() {
  return std::chrono::duration<double>(Source::now().time_since_epoch()).count();
}

class RealClock final : public Clock {
 public:
  double seconds() const override { return now<std::chrono::steady_clock>(); }
  double wall_seconds() const override { return now<std::chrono::system_clock>(); }
  void sleep(double seconds) override {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  }
};

}  // namespace

Clock::~Clock() = default;

std::string Clock::wall_text() const { return base::wall_text(wall_seconds()); }

std::string wall_text(double wall_seconds) {
  using std::chrono::days;
  using std::chrono::floor;
  using std::chrono::seconds;
  const std::chrono::sys_seconds moment{
      seconds(static_cast<std::int64_t>(std::floor(wall_seconds)))};
  const std::chrono::year_month_day day(floor<days>(moment));
  const std::chrono::hh_mm_ss time(moment - floor<days>(moment));
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d UTC",
                static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                static_cast<unsigned>(day.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return text;
}

Clock& real_clock() {
  static RealClock clock;
  return clock;
}

}  // namespace r50::base
