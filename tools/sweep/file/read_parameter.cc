#include "sweep/file/parameters.h"

#include <absl/strings/str_format.h>
#include <algorithm>
#include <cmath>

#include "r50/suggest.h"
#include "report/format.h"

namespace r50::sweep {
namespace {

// W&B's words, and what they mean here.
struct DistributionWord {
  const char* name;
  Dimension::Kind kind;
  Dimension::Shape shape;
  bool quantized;
};

constexpr DistributionWord distribution_words[] = {
    {"uniform", Dimension::Kind::real, Dimension::Shape::flat, false},
    {"int_uniform", Dimension::Kind::integer, Dimension::Shape::flat, false},
    {"q_uniform", Dimension::Kind::real, Dimension::Shape::flat, true},
    {"log_uniform", Dimension::Kind::real, Dimension::Shape::logarithmic, false},
    {"log_uniform_values", Dimension::Kind::real, Dimension::Shape::logarithmic, false},
    {"q_log_uniform_values", Dimension::Kind::real, Dimension::Shape::logarithmic, true},
    {"int_log_uniform", Dimension::Kind::integer, Dimension::Shape::logarithmic, false},
    {"q_log_uniform", Dimension::Kind::real, Dimension::Shape::logarithmic, true},
    // The logarithm of 1/x lies evenly: then that of x does, too.
    {"inv_log_uniform", Dimension::Kind::real, Dimension::Shape::logarithmic, false},
    {"inv_log_uniform_values", Dimension::Kind::real, Dimension::Shape::logarithmic, false},
    {"normal", Dimension::Kind::real, Dimension::Shape::normal, false},
    {"q_normal", Dimension::Kind::real, Dimension::Shape::normal, true},
};

const std::vector<std::string> parameter_words = {
    "value", "values", "probabilities", "min", "max", "distribution", "q", "mu", "sigma"};

std::optional<double> number_of(const Value& value) {
  if (value.real()) return *value.real();
  if (value.integer()) return static_cast<double>(*value.integer());
  return std::nullopt;
}

class ParameterReader {
 public:
  ParameterReader(const std::string& key, const Value& entry, Problems& problems)
      : key_(key), entry_(entry), table_(*entry.table()), problems_(problems) {}

  std::optional<VariedKey> read() {
    for (const Table::Entry& one : table_.entries()) {
      if (std::find(parameter_words.begin(), parameter_words.end(), one.key) ==
          parameter_words.end()) {
        tell(one.key_spot, " has an unknown word '" + one.key + "'",
             near_guess(one.key, parameter_words, "words"));
      }
    }
    if (told_) return std::nullopt;
    axis_.spot = entry_.spot();
    axis_.dimension.name = key_;
    const bool constant = table_.find("value"), choices = table_.find("values");
    const bool range = table_.find("min") || table_.find("max") || table_.find("mu");
    if (constant + choices + range != 1) {
      tell(entry_.spot(), " does not say what it may be",
           "write one of: values = [...], min = ... and max = ..., value = ...");
    } else if (constant) {
      axis_.choices = {{{key_, *table_.find("value")}}};
      only({"value", "distribution"});
      says("constant");
    } else if (choices) {
      read_choices();
    } else {
      read_range();
    }
    if (told_) return std::nullopt;
    return std::move(axis_);
  }

 private:
  // `what` follows the parameter's name.
  void tell(const Spot& spot, const std::string& what, const std::string& hint = "") {
    problems_.add(spot, "parameter '" + key_ + "'" + what, hint);
    told_ = true;
  }

  void only(const std::vector<std::string>& words) {
    for (const Table::Entry& one : table_.entries()) {
      if (std::find(words.begin(), words.end(), one.key) == words.end()) {
        tell(one.key_spot, ": '" + one.key + "' does not go with '" + words.front() + "'",
             "take one of the two away");
      }
    }
  }

  // The distribution of what is no range, if it is written down at all.
  void says(const std::string& name) {
    const Value* const word = table_.find("distribution");
    if (!word ||
        (word->text() && (*word->text() == name || name == *word->text() + "_w_probabilities"))) {
      return;
    }
    tell(word->spot(),
         absl::StrFormat(": %s has the distribution \"%s\"",
                         name == "constant" ? "a value" : "a list of values", name),
         "leave the word away, or write min and max");
  }

  void read_choices() {
    only({"values", "probabilities", "distribution"});
    const Value& values = *table_.find("values");
    if (!values.array() || values.array()->empty()) {
      return tell(values.spot(),
                  absl::StrFormat(": values is %s", values.array() ? "empty" : values.type_name()),
                  "write a list of one value or more: values = [0.1, 0.2]");
    }
    for (const Value& value : *values.array()) {
      const bool twice = std::ranges::any_of(
          axis_.choices, [&](const Settings& other) { return other.front().value == value; });
      if (twice) {
        return tell(value.spot(), " has the value " + value.toml() + " twice",
                    "each value is tried once; for repetitions, set "
                    "seeds");
      }
      axis_.choices.push_back({{key_, value}});
    }
    axis_.dimension.choices = axis_.choices.size();
    says(table_.find("probabilities") ? "categorical_w_probabilities" : "categorical");
    if (const Value* weights = table_.find("probabilities")) read_weights(*weights);
  }

  void read_weights(const Value& weights) {
    const Array* list = weights.array();
    double sum = 0;
    for (const Value& one : list ? *list : Array{}) {
      const auto number = number_of(one);
      if (!number || *number < 0 || !std::isfinite(*number)) {
        return tell(one.spot(), ": a probability is a number from 0 on, not " + one.toml());
      }
      axis_.dimension.weights.push_back(*number);
      sum += *number;
    }
    if (!list || list->size() != axis_.choices.size() || sum <= 0) {
      tell(weights.spot(), absl::StrFormat(" needs one probability for each of its %d values",
                                           axis_.choices.size()));
    }
  }

  std::optional<double> number(const char* word) {
    const Value* value = table_.find(word);
    if (!value) return std::nullopt;
    const auto found = number_of(*value);
    if (!found || !std::isfinite(*found)) {
      tell(value->spot(), absl::StrFormat(": %s is a number, not %s", word, value->toml()));
      return std::nullopt;
    }
    return found;
  }

  void read_range() {
    only({"min", "max", "mu", "sigma", "q", "distribution"});
    const DistributionWord* const word = distribution();
    if (!word) return;
    Dimension& dimension = axis_.dimension;
    dimension.kind = word->kind;
    dimension.shape = word->shape;
    axis_.key = key_;
    for (const char* end : {"mu", "max", "min"}) {  // a table in a line has no place of its own
      if (const Value* const found = table_.find(end)) axis_.spot = found->spot();
    }
    const auto low = number("min"), high = number("max"), step = number("q");
    const auto mean = number("mu"), deviation = number("sigma");
    if (told_) return;
    if (word->shape == Dimension::Shape::normal) {
      if (!mean || !deviation || *deviation <= 0 || low || high) {
        return tell(
            entry_.spot(),
            absl::StrFormat(": %s has mu and a sigma above 0, and no min and max", word->name));
      }
      dimension.mean = *mean;
      dimension.deviation = *deviation;
    } else {
      if (!low || !high || mean || deviation) {
        return tell(entry_.spot(), absl::StrFormat(": %s has min and max", word->name));
      }
      dimension.low = *low;
      dimension.high = *high;
      check_ends(*word);
    }
    if (word->quantized != step.has_value() || (step && *step <= 0)) {
      return tell(entry_.spot(),
                  absl::StrFormat(": %s %s", word->name,
                                  word->quantized ? "needs q, the step, above 0" : "has no q"),
                  word->quantized ? "" : "q goes with q_uniform, q_log_uniform_values, q_normal");
    }
    dimension.step = step.value_or(0);
    if (step && word->shape != Dimension::Shape::normal) check_step();
  }

  const DistributionWord* distribution() {
    const Value* const word = table_.find("distribution");
    std::string name;
    if (!word) {  // as W&B has it: two whole numbers stay whole
      const Value *low = table_.find("min"), *high = table_.find("max");
      const bool whole = low && high && low->integer() && high->integer();
      name = table_.find("mu") ? "normal" : whole ? "int_uniform" : "uniform";
    } else if (word->text()) {
      name = *word->text();
    }
    std::vector<std::string> names;
    for (const DistributionWord& one : distribution_words) {
      if (name == one.name) return &one;
      names.emplace_back(one.name);
    }
    if (name == "log_normal" || name == "q_log_normal" || name == "beta" || name == "q_beta") {
      refuse_word(name, word->spot());
      return nullptr;
    }
    tell(word->spot(), " has an unknown distribution " + word->toml(),
         near_guess(name, names, "distributions"));
    return nullptr;
  }

  // Words of W&B's for which there is another one here.
  void refuse_word(const std::string& name, const Spot& spot) {
    const std::string what = ": there is no " + name + " here";
    const Value *mu = table_.find("mu"), *sigma = table_.find("sigma");
    const auto mean = mu ? number_of(*mu) : std::nullopt;
    const auto deviation = sigma ? number_of(*sigma) : std::nullopt;
    if (name.find("beta") != std::string::npos) {
      return tell(spot, what, "write uniform with min = 0.0 and max = 1.0, or normal");
    }
    const std::string quantized = name[0] == 'q' ? "q_" : "";
    if (!mean || !deviation) {
      return tell(spot, what, "write " + quantized + "log_uniform with min and max, the values");
    }
    tell(spot, what,
         "write " + quantized +
             "log_uniform with min = " + report::brief(std::exp(*mean - 2 * *deviation)) +
             " and max = " + report::brief(std::exp(*mean + 2 * *deviation)) +
             ": nineteen in twenty of its values lie in there");
  }

  void check_step() {
    const Dimension& dimension = axis_.dimension;
    constexpr double rounding = 1e-9;  // as in the search: 0.3 / 0.1 is a little less than 3
    if (std::ceil(dimension.low / dimension.step - rounding) <=
        std::floor(dimension.high / dimension.step + rounding)) {
      return;
    }
    tell(table_.find("q")->spot(),
         ": no multiple of q = " + table_.find("q")->toml() + " lies between min " +
             table_.find("min")->toml() + " and max " + table_.find("max")->toml(),
         "take a smaller q, or min and max farther apart");
  }

  void check_ends(const DistributionWord& word) {
    const Dimension& dimension = axis_.dimension;
    const bool logarithmic = dimension.shape == Dimension::Shape::logarithmic;
    if (dimension.low >= dimension.high) {
      tell(
          entry_.spot(),
          ": min " + table_.find("min")->toml() + " is not below max " + table_.find("max")->toml(),
          dimension.low == dimension.high ? "for a constant, write value = ..." : "swap them");
    } else if (logarithmic && dimension.low <= 0) {
      tell(table_.find("min")->spot(),
           absl::StrFormat(": %s runs over powers, so min must be above 0", word.name),
           "min and max are the values themselves here (in W&B's log_uniform they are exponents of "
           "e; W&B's log_uniform_values is as this one)");
    } else if (dimension.kind == Dimension::Kind::integer &&
               (dimension.low != std::floor(dimension.low) ||
                dimension.high != std::floor(dimension.high))) {
      tell(entry_.spot(), absl::StrFormat(": %s runs over whole numbers", word.name));
    }
  }

  const std::string& key_;
  const Value& entry_;
  const Table& table_;
  Problems& problems_;
  VariedKey axis_;
  bool told_ = false;
};

}  // namespace

std::optional<VariedKey> read_parameter(const std::string& key, const Value& table,
                                        Problems& problems) {
  return ParameterReader(key, table, problems).read();
}

bool is_parameter(const Table& table) {
  return table.empty() || std::ranges::any_of(table.entries(), [](const Table::Entry& one) {
           // Below a part of a key there are tables only.
           return !one.value.table() || std::find(parameter_words.begin(), parameter_words.end(),
                                                  one.key) != parameter_words.end();
         });
}

}  // namespace r50::sweep
