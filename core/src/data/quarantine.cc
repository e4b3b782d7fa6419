#include "data/quarantine.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace r50::data {
namespace {

constexpr std::string_view control = "\t\n\r\\", letter = "tnr\\";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (const std::size_t at = control.find(c); at != std::string_view::npos) {
      out += {'\\', letter[at]};
    } else if (byte < 0x20 || byte == 0x7f) {
      out += absl::StrFormat("\\x%02x", byte);
    } else {
      out += c;
    }
  }
  return out;
}

int hex_digit(char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  return static_cast<int>(digits.find(c));  // -1: none
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    if (rest.size() >= 4 && rest.starts_with("\\x") && hex_digit(rest[2]) >= 0 &&
        hex_digit(rest[3]) >= 0) {
      out += static_cast<char>(16 * hex_digit(rest[2]) + hex_digit(rest[3]));
      i += 3;
    } else if (rest.size() >= 2 && rest[0] == '\\' &&
               letter.find(rest[1]) != std::string_view::npos) {
      out += control[letter.find(rest[1])];
      ++i;
    } else {
      out += rest[0];
    }
  }
  return out;
}

const char* word_of(Split split) { return split == Split::train ? "train" : "evaluate"; }

std::optional<QuarantinedSample> sample_in(std::string_view line) {
  const std::size_t first = line.find('\t');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = line.find('\t', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  for (const Split split : {Split::train, Split::evaluate}) {
    if (line.substr(0, first) != word_of(split)) continue;
    return QuarantinedSample{split, unescaped(line.substr(first + 1, second - first - 1)),
                             unescaped(line.substr(second + 1))};
  }
  return std::nullopt;
}

}  // namespace

std::string QuarantinedSample::line() const {
  return absl::StrFormat("%s\t%s\t%s\n", word_of(split), escaped(name), escaped(reason));
}

std::string QuarantinedSample::text() const {
  return absl::StrFormat("%s (%s)", escaped(name), escaped(reason));
}

std::vector<QuarantinedSample> quarantined_in(std::string_view lines) {
  std::vector<QuarantinedSample> samples;
  // A last line without its end was torn, and what is left of it may be another sample's name.
  for (std::size_t end; (end = lines.find('\n')) != std::string_view::npos;) {
    if (auto sample = sample_in(lines.substr(0, end))) samples.push_back(std::move(*sample));
    lines.remove_prefix(end + 1);
  }
  return samples;
}

Quarantine::Quarantine(Held<Dataset> dataset, double max_bad, Tell tell,
                       const std::vector<QuarantinedSample>& known)
    : dataset_(std::move(dataset)), max_bad_(max_bad), tell_(std::move(tell)) {
  const DatasetInfo& info =
      dataset_.call([](const Dataset& it) -> const DatasetInfo& { return it.info(); });
  for (const Split split : {Split::train, Split::evaluate}) {
    Part& of = part(split);
    of.images = split == Split::train ? info.train_images : info.evaluate_images;
    of.allowed =
        static_cast<std::int64_t>(std::floor(max_bad * static_cast<double>(of.images) + 1e-9));
  }
  for (const QuarantinedSample& sample : known) part(sample.split).names.insert(sample.name);
}

void Quarantine::add(Split split, std::int64_t index, const std::string& reason) {
  const QuarantinedSample sample{
      split, dataset_.call([&](const Dataset& it) { return it.name_of(split, index); }), reason};
  const std::lock_guard lock(mutex_);
  Part& of = part(split);
  if (of.names.insert(sample.name).second && tell_) tell_(sample);
  const auto bad = static_cast<std::int64_t>(of.names.size());
  if (bad <= of.allowed) return;
  throw Error(absl::StrFormat(
      "%d of %d %s images could not be read, which is more than [data] max_bad = %g allows (%d). "
      "The last one: %s. All are named in quarantine.txt in the run's folder. Repair or remove "
      "them, or set [data] max_bad higher, and run the same command again. Images that can be read "
      "again no longer count once quarantine.txt is deleted.",
      bad, of.images, split == Split::train ? "training" : "evaluation", max_bad_, of.allowed,
      sample.text()));
}

std::int64_t Quarantine::count(Split split) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::int64_t>(part(split).names.size());
}

}  // namespace r50::data
