// libFuzzer turns bytes; a bug that waits for the number 42 it meets once in a million. So every
// other time one number of the text is replaced by another that people could write.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t limit);

namespace {

struct Number {
  std::size_t from, length;
};

std::vector<Number> numbers(const std::string& text) {
  std::vector<Number> found;
  for (std::size_t from = 0;
       (from = text.find_first_of("0123456789", from)) != std::string::npos;) {
    const std::size_t end = text.find_first_not_of("0123456789.", from);
    found.push_back({from, (end == std::string::npos ? text.size() : end) - from});
    from += found.back().length;
  }
  return found;
}

std::string another_number(std::minstd_rand& random) {
  const auto below = [&](unsigned count) { return static_cast<unsigned>(random() % count); };
  char text[32] = "";
  switch (below(5)) {
    case 0:
      std::snprintf(text, sizeof text, "%u", below(100));
      break;
    case 1:
      std::snprintf(text, sizeof text, "%.1f", below(1000) / 10.0);
      break;
    case 2:
      std::snprintf(text, sizeof text, "%u", below(10'000));
      break;
    case 3:
      std::snprintf(text, sizeof text, "%.3g", below(1000) / 1000.0);
      break;
    default: {
      static constexpr std::array edges{"-1", "1e-9", "1e300", "2147483648", "9223372036854775807"};
      return edges[below(edges.size())];
    }
  }
  return text;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t limit, unsigned seed) {
  std::minstd_rand random(seed);
  random.discard(3);  // its first draws follow the seed
  std::string text(reinterpret_cast<const char*>(data), size);
  const std::vector<Number> all = numbers(text);
  if (all.empty() || random() % 2 == 0) return LLVMFuzzerMutate(data, size, limit);
  const Number one = all[random() % all.size()];
  text.replace(one.from, one.length, another_number(random));
  if (text.size() > limit) return LLVMFuzzerMutate(data, size, limit);
  text.copy(reinterpret_cast<char*>(data), text.size());
  return text.size();
}
