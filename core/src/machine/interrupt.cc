#include "machine/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>

namespace r50::machine {
namespace {

constexpr std::array signals = {SIGINT, SIGTERM, SIGHUP};
std::atomic<int> first_signal{0};
std::array<struct sigaction, signals.size()> before;

// Only async-signal-safe calls: a lock-free atomic, write and _exit.
void handle(int number) {
  int none = 0;
  if (first_signal.compare_exchange_strong(none, number)) return;
  // A person who asks twice wants the prompt back now. Nothing saved can be lost by that: files are
  // replaced by renaming only.
  static const char text[] = "\nr50run: second signal, leaving at once; what was saved is kept\n";
  [[maybe_unused]] auto ignored = ::write(STDERR_FILENO, text, sizeof text - 1);
  ::_exit(128 + number);
}

}  // namespace

Interrupt::Interrupt() {
  first_signal = 0;
  struct sigaction action {};
  action.sa_handler = handle;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    ::sigaction(signals[i], nullptr, &before[i]);
    // nohup and --detach ignore SIGHUP on purpose.
    if (before[i].sa_handler != SIG_IGN) ::sigaction(signals[i], &action, nullptr);
  }
}

Interrupt::~Interrupt() {
  for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before[i], nullptr);
}

int Interrupt::signal() { return first_signal.load(std::memory_order_relaxed); }

const char* Interrupt::name() {
  switch (signal()) {
    case SIGINT:
      return "SIGINT";
    case SIGTERM:
      return "SIGTERM";
    case SIGHUP:
      return "SIGHUP";
    default:
      return "";
  }
}

}  // namespace r50::machine
