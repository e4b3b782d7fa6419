#include "sweep/export/export.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>

#include "config/toml_source.h"
#include "sweep/file/sweep_file.h"
#include "sweep/search/points.h"

// What becomes of each part of a sweep file:
//
//   grid, random             the same
//   sobol, tpe, list,        refused: W&B's own searches are grid, random and a Gaussian process
//   lr_find
//   [parameters]             the same, under W&B's names: log_uniform is log_uniform_values there
//     q                      W&B rounds to multiples of q after it has drawn, beyond min and max
//     too:
//                            these are widened by half a step, which gives each value its full
//                            share
//     probabilities          made to add up to 1; a grid there takes none, and needs none
//     int_log_uniform        refused: W&B has no such distribution
//   [[zip]], [[when]]        refused: W&B's parameters know nothing of each other
//   seeds                    in a grid a parameter run.seed: the same trials; otherwise refused
//   run_cap                  runs there, points here: times seeds; refused where it cuts replicates
//   [early_terminate]        refused: W&B's hyperband ends runs by other rules, and none of them
//                            pauses and resumes
//   [confirm], budget        refused
//   branch                   refused
//   seed                     remarked upon: W&B draws points of its own
//   [launcher] [retry] [keep]  remarked upon: W&B's agents start trials, and start none again

namespace r50::sweep {
namespace {

class WandbWriter {
 public:
  WandbWriter(const SweepFile& sweep, std::int64_t seed) : sweep_(sweep), seed_(seed) {}

  WandbSweep write() {
    refuse_rules();
    Table parameters;
    for (const Setting& setting : sweep_.parameters.constants) {
      add(parameters, setting.key, one("value", word_of(setting.value)), setting.value.spot());
    }
    for (const VariedKey& axis : sweep_.parameters.axes) add_axis(parameters, axis);
    if (sweep_.seeds > 1) add_seeds(parameters);
    if (!problems_.empty()) throw WrongInput(problems_);

    Table all;
    all.set("name", sweep_.name);
    all.set("program", program().front());
    all.set("command", command());
    all.set("method", sweep_.method == Method::random ? "random" : "grid");
    Table metric = one("name", sweep_.metric.name);
    metric.set("goal", sweep_.maximize() ? "maximize" : "minimize");
    all.set("metric", std::move(metric));
    if (sweep_.run_cap > 0) all.set("run_cap", sweep_.run_cap * sweep_.seeds);
    all.set("parameters", std::move(parameters));
    const std::vector<std::string> remarks = make_remarks();
    std::string text;
    for (const std::string& remark : remarks) text += "# " + remark + "\n";
    return {text + to_yaml(all), remarks};
  }

 private:
  static Table one(const char* key, Value value) {
    Table table;
    table.set(key, std::move(value));
    return table;
  }

  void refuse(const Spot& spot, const std::string& what, const std::string& hint) {
    problems_.add(spot.known() ? spot : Spot{sweep_.path, 0, 0}, what, hint);
  }

  void refuse_rules() {
    const auto method = [&](Method one, const std::string& name) {
      if (sweep_.method != one) return;
      refuse({}, "W&B has no method \"" + name + "\"",
             "its own are grid, random and bayes; export a copy of the file with grid or random");
    };
    method(Method::sobol, "sobol");
    method(Method::tpe, "tpe");
    method(Method::list, "list");
    method(Method::lr_find, "lr_find");
    if (sweep_.stop.type != StopRule::none) {
      refuse({}, "W&B cannot do [early_terminate] as it is here",
             "its hyperband judges by other rules and continues no trial; take the table away in a "
             "copy of the file, and add W&B's early_terminate to what is exported");
    }
    if (sweep_.confirm.top > 0) {
      refuse({}, "W&B has no second stage",
             "take [confirm] away in a copy of the file, and sweep over the best points by hand");
    }
    if (!sweep_.budget.empty()) {
      refuse({}, "W&B has no budget", "take budget away in a copy of the file, and set run_cap");
    }
    if (!sweep_.branch.empty()) {
      refuse({}, "W&B cannot begin runs at a checkpoint", "run the sweep by r50sweep");
    }
    if (sweep_.seeds == 1) return;
    if (sweep_.method == Method::random) {
      refuse({}, "W&B cannot repeat a random point under several seeds", "set seeds = 1 in a copy");
    } else if (sweep_.run_cap > 0 &&
               static_cast<double>(sweep_.run_cap) < grid_size(sweep_.parameters)) {
      refuse({}, "W&B's run_cap counts runs, and would leave points without some of their seeds",
             "take run_cap or seeds away in a copy of the file");
    }
  }

  // An agent puts a value behind "key=" as Python prints it. That is TOML for numbers; for all else
  // the word itself is exported, as it would be typed.
  static Value word_of(const Value& value) {
    if (value.integer() || value.real()) return value;
    if (value.text()) {
      Problems none;
      const auto read = config::parse_toml_value(*value.text(), {}, none);
      if (none.empty() && read && *read == value) return value;
    }
    return value.toml();
  }

  void add(Table& parameters, const std::string& key, Table what, const Spot& spot) {
    const auto allowed = [](char letter) {
      const auto one = static_cast<unsigned char>(letter);
      return one < 128 &&
             (std::isalnum(one) != 0 || letter == '_' || letter == '.' || letter == '-');
    };
    const bool begins =
        !key.empty() && (std::isalpha(static_cast<unsigned char>(key[0])) != 0 || key[0] == '_');
    if (!begins || !std::all_of(key.begin(), key.end(), allowed)) {
      refuse(spot, "W&B takes no parameter of the name '" + key + "'",
             "letters, digits, '_', '.' and '-' are allowed there");
    }
    parameters.set(key, std::move(what));
  }

  void add_axis(Table& parameters, const VariedKey& axis) {
    if (sweep_.method == Method::list) return;  // refused
    const Dimension& dimension = axis.dimension;
    if (dimension.condition) {
      refuse(axis.spot, "W&B has no conditional parameters ([[when]] '" + dimension.name + "')",
             "export a copy of the file for each case");
    } else if (dimension.kind != Dimension::Kind::choice) {
      add(parameters, axis.key, range_of(axis), axis.spot);
    } else if (axis.choices.front().size() > 1) {
      refuse(axis.spot, "W&B has no keys that go together ([[zip]] '" + dimension.name + "')",
             "export a copy of the file with one of the keys");
    } else {
      add(parameters, axis.choices.front().front().key, choices_of(axis), axis.spot);
    }
  }

  Table choices_of(const VariedKey& axis) const {
    const std::vector<double>& weights = axis.dimension.weights;
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    constexpr double rounding = 1e-9;  // of a sum that is meant to be 1
    const double scale = std::abs(sum - 1) < rounding ? 1 : sum;
    Array values, shares;
    for (std::size_t i = 0; i < axis.choices.size(); ++i) {
      if (!weights.empty() && weights[i] <= 0) continue;
      values.push_back(word_of(axis.choices[i].front().value));
      if (!weights.empty()) shares.emplace_back(weights[i] / scale);
    }
    Table table = one("values", std::move(values));
    if (!shares.empty() && sweep_.method == Method::random) {
      table.set("probabilities", std::move(shares));
    }
    return table;
  }

  Table range_of(const VariedKey& axis) {
    const Dimension& dimension = axis.dimension;
    const bool whole = dimension.kind == Dimension::Kind::integer;
    const bool stepped = dimension.step > 0;
    Table table;
    if (dimension.shape == Dimension::Shape::normal) {
      table.set("distribution", stepped ? "q_normal" : "normal");
      table.set("mu", dimension.mean);
      table.set("sigma", dimension.deviation);
    } else {
      std::string name = "uniform";
      if (dimension.shape == Dimension::Shape::logarithmic) name = "log_uniform_values";
      if (whole && name != "uniform") {
        refuse(axis.spot, "W&B has no int_log_uniform ('" + axis.key + "')",
               "q_log_uniform_values with q = 1 comes close there");
      }
      table.set("distribution", (whole ? "int_" : stepped ? "q_" : "") + name);
      const auto end = [&](double value) {
        return whole ? Value(static_cast<std::int64_t>(value)) : Value(value);
      };
      const Lattice lattice = lattice_of(dimension);
      table.set("min", stepped ? Value((lattice.first - 0.5) * lattice.step) : end(dimension.low));
      table.set("max", stepped ? Value((lattice.last + 0.5) * lattice.step) : end(dimension.high));
    }
    // Of a whole q its values are whole there, as they are here: run.batch takes no 64.0.
    if (stepped) table.set("q", whole_if_possible(dimension.step));
    return table;
  }

  static Value whole_if_possible(double number) {
    constexpr double most = 1e15;
    if (std::floor(number) != number || number > most) return number;
    return static_cast<std::int64_t>(number);
  }

  void add_seeds(Table& parameters) {
    Array seeds;
    for (std::int64_t i = 0; i < sweep_.seeds; ++i) seeds.emplace_back(seed_ + i);
    parameters.set("run.seed", one("values", std::move(seeds)));
  }

  std::vector<std::string> program() const {
    if (sweep_.launcher.program.empty()) return {"r50run"};
    return sweep_.launcher.program;
  }

  Array command() const {
    Array words;
    for (const std::string& word : program()) words.emplace_back(word);
    for (const std::string& file : sweep_.base) words.emplace_back(file);
    words.emplace_back("${args_no_hyphens}");
    return words;
  }

  std::vector<std::string> make_remarks() const {
    std::vector<std::string> remarks = {
        "From " + sweep_.path + ", for: wandb sweep FILE, then wandb agent in this folder.",
        "W&B sees '" + sweep_.metric.name + "' only where a logger sends it under that name."};
    if (sweep_.method == Method::random) {
      remarks.emplace_back(
          "W&B draws points of its own from these distributions; seed has no say.");
    }
    remarks.emplace_back(
        "Agents start trials, one each at a time, and start none again: [launcher], [retry] and");
    remarks.emplace_back("[keep] have no say.");
    return remarks;
  }

  const SweepFile& sweep_;
  std::int64_t seed_;
  Problems problems_;
};

}  // namespace

WandbSweep wandb_sweep(const SweepFile& sweep, std::int64_t seed) {
  return WandbWriter(sweep, seed).write();
}

}  // namespace r50::sweep
