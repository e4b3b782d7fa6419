#include "support/config/sample_plugins.h"

#include "r50/scheduler.h"

namespace r50::test {

namespace {

struct Shapes {
  std::int64_t images = 2000;
  Path folder;
};

struct Flip {
  double probability = 0.5;
};

struct Nothing {};

struct Resnet {
  std::int64_t depth = 50;
  enum class Stem { imagenet, small } stem = Stem::imagenet;
};

struct Sgd {
  double momentum = 0.9;
  double weight_decay = 1e-4;
  bool nesterov = false;
};

struct Smooth {
  double smoothing = 0.1;
};

struct Cosine {
  Rate lr;
  When warmup = epochs(0);
  double eta_min = 0;
  std::optional<double> final_fraction;
};

struct Sequence {
  std::vector<Held<Scheduler>> parts;
  std::vector<When> milestones;
};

struct Swa {
  When start = percent(75);
};

struct Csv {
  Path file{"history.csv"};
  std::vector<std::string> columns = {"epoch", "loss"};
};

struct Inner {
  double gain = 1;
  std::optional<std::string> note;
};

struct Everything {
  bool flag = true;
  std::int64_t count = 3;
  double amount = 0.25;
  std::string label = "none";
  Path path{"here"};
  When when = epochs(2);
  Every every = r50::every(steps(100));
  Rate rate = {0.1, 256};
  enum class Colour { red, green, blue } colour = Colour::green;
  std::vector<double> numbers = {0.9, 0.999};
  std::vector<std::int64_t> counts;
  std::vector<std::string> labels;
  std::vector<bool> flags;
  std::vector<Path> paths;
  std::vector<When> whens;
  std::vector<Rate> rates;
  std::optional<double> maybe_amount;
  std::optional<std::int64_t> maybe_count;
  std::optional<When> maybe_when;
  std::optional<Path> maybe_path;
  Inner inner;
  std::vector<Inner> inners;
  Held<Scheduler> one;
  std::vector<Held<Scheduler>> many;
};

Schema<Inner> inner_schema() {
  return std::move(Schema<Inner>("A table within.")
                       .field("gain", &Inner::gain, "a factor", above(0))
                       .field("note", &Inner::note, "any words", not_empty()));
}

Schema<Everything> everything_schema() {
  using T = Everything;
  using C = T::Colour;
  return std::move(Schema<T>("Every type of field.")
                       .field("flag", &T::flag, "yes or no")
                       .field("count", &T::count, "a number of things", in(-5, 1000))
                       .field("amount", &T::amount, "a share", from_below(0, 1))
                       .field("label", &T::label, "a word", not_empty())
                       .field("path", &T::path, "a folder")
                       .field("point", &T::when, "a point of the run")
                       .field("every", &T::every, "an interval")
                       .field("rate", &T::rate, "a learning rate", at_least(0))
                       .choice("colour", &T::colour, "of the bike shed",
                               {{"red", C::red}, {"green", C::green}, {"blue", C::blue}})
                       .field("numbers", &T::numbers, "two shares", in(0, 1).of(2))
                       .field("counts", &T::counts, "any integers")
                       .field("labels", &T::labels, "any words")
                       .field("flags", &T::flags, "any answers")
                       .field("paths", &T::paths, "any folders")
                       .field("whens", &T::whens, "points of the run")
                       .field("rates", &T::rates, "learning rates")
                       .field("maybe_amount", &T::maybe_amount, "a number, or none")
                       .field("maybe_count", &T::maybe_count, "an integer, or none", at_least(0))
                       .field("maybe_when", &T::maybe_when, "a point, or none")
                       .field("maybe_path", &T::maybe_path, "a folder, or none")
                       .table("inner", &T::inner, "one table", inner_schema())
                       .tables("inners", &T::inners, "several tables", inner_schema())
                       .plugin("one", &T::one, "a scheduler, or none")
                       .plugins("many", &T::many, "several schedulers"));
}

Schema<Sequence> sequence_schema() {
  return std::move(
      Schema<Sequence>("Schedulers one after another.")
          .plugins("parts", &Sequence::parts, "the schedulers, in order", required())
          .field("milestones", &Sequence::milestones, "where each part but the first begins")
          .check([](const Sequence& config, Checks& checks) {
            if (config.milestones.size() + 1 == config.parts.size()) return;
            checks.wrong("milestones", "there must be one between each two parts");
          }));
}

Schema<Nothing> nothing(const std::string& doc) { return Schema<Nothing>(doc); }

}  // namespace

void add_sample_plugins(CompiledPlugins& plugins) {
  plugins.add_schema(Kind::dataset, "shapes",
                     std::move(Schema<Shapes>("Drawn shapes.")
                                   .field("images", &Shapes::images, "to train on", at_least(1))
                                   .field("folder", &Shapes::folder, "where they are kept")));
  plugins.add_schema(
      Kind::augmentation, "flip",
      std::move(Schema<Flip>("Turns images round.")
                    .field("probability", &Flip::probability, "of a turn", in(0, 1))));
  plugins.add_schema(Kind::augmentation, "normalize", nothing("Mean 0, deviation 1."));
  plugins.add_schema(Kind::model, "resnet",
                     std::move(Schema<Resnet>("Residual networks.")
                                   .field("depth", &Resnet::depth, "layers", in(18, 152))
                                   .choice("stem", &Resnet::stem, "first layers",
                                           {{"imagenet", Resnet::Stem::imagenet},
                                            {"small", Resnet::Stem::small}})));
  plugins.add_schema(
      Kind::optimizer, "sgd",
      std::move(Schema<Sgd>("Stochastic gradient descent.")
                    .field("momentum", &Sgd::momentum, "of the velocity", from_below(0, 1))
                    .field("weight_decay", &Sgd::weight_decay, "pull to zero", at_least(0))
                    .field("nesterov", &Sgd::nesterov, "look ahead")
                    .check([](const Sgd& config, Checks& checks) {
                      if (config.nesterov && config.momentum == 0) {
                        checks.wrong("nesterov", "it needs a momentum above 0");
                      }
                    })));
  plugins.add_schema(Kind::loss, "cross_entropy",
                     std::move(Schema<Smooth>("Cross entropy.")
                                   .field("smoothing", &Smooth::smoothing,
                                          "share spread over all classes", from_below(0, 1))));
  plugins.add_schema(
      Kind::scheduler, "cosine",
      std::move(
          Schema<Cosine>("Half a cosine.")
              .field("lr", &Cosine::lr, "peak learning rate", in(0, 100).required())
              .field("warmup", &Cosine::warmup, "linear rise")
              .field("eta_min", &Cosine::eta_min, "rate at the end", at_least(0))
              .field("final_fraction", &Cosine::final_fraction, "in place of eta_min", in(0, 1))
              .check([](const Cosine& config, Checks& checks) {
                if (config.final_fraction && checks.written("eta_min")) {
                  checks.wrong("final_fraction", "eta_min says something else");
                }
                checks.before_end("warmup", config.warmup);
              })));
  plugins.add_schema(Kind::scheduler, "sequence", sequence_schema());
  plugins.add_schema(Kind::scheduler, "everything", everything_schema());
  plugins.add_schema(Kind::averaging, "ema",
                     std::move(Schema<Flip>("Exponential average.")
                                   .field("decay", &Flip::probability, "a step keeps this much",
                                          from_below(0, 1))));
  plugins.add_schema(Kind::averaging, "swa",
                     std::move(Schema<Swa>("Mean of the last weights.")
                                   .field("start", &Swa::start, "from here on")
                                   .check([](const Swa& config, Checks& checks) {
                                     checks.before_end("start", config.start);
                                   })));
  plugins.add_schema(Kind::logger, "csv",
                     std::move(Schema<Csv>("A table of the epochs.")
                                   .field("file", &Csv::file, "its name")
                                   .field("columns", &Csv::columns, "in order", not_empty())));
}

}  // namespace r50::test
