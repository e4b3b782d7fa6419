#pragma once

// Experiment files as one tree of values: what they extend, the environment and the overrides of
// the command line already in it, each value with the place it was written at.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/files.h"
#include "r50/error.h"
#include "r50/value.h"

namespace r50::config {

// Nothing for a variable that is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// What texts were before environment variables were filled in.
class WrittenTexts {
 public:
  void keep(const Value& filled, std::string written);
  // "${DATA:-data}/a"; null for a text that had no variable.
  const std::string* of(const Value& filled) const;
  // The text as it is on every machine: with no variable's value in it, but the default of
  // ${NAME:-default} and the letters of ${NAME}.
  std::string portable(const Value& filled) const;

  // Notes that the absolute path `place` counts in IDs as `counted`, its text in a file.
  void count_as(const Value& place, const std::string& counted);
  // The text that reads back as the path `place` and counts as it does: "${=PLACE:-COUNTED}", or
  // the path itself where the two do not differ.
  std::string frozen(const Value& place) const;

 private:
  // By place and text: words of the command line all have one place.
  using Key = std::pair<std::string, std::string>;
  std::map<Key, std::string> texts_, frozen_;
};

// Replaces ${NAME} and ${NAME:-default} in all texts below `value`; $${ stands for ${ itself. As in
// a shell, the default also serves a variable that is empty. ${=PATH:-TEXT} is PATH, and counts in
// IDs as TEXT: so resolved.toml and a sweep's frozen experiment keep the ID of the files that they
// were made of, although their paths are absolute.
void fill_in_environment(Value& value, const Environment& environment, Problems& problems,
                         WrittenTexts* written = nullptr);

// The text that fill_in_environment turns into `text`.
std::string without_environment(const std::string& text);

// "run.epochs=5", "averaging.0.decay=0.9998", and where it was written: paths are relative to that.
struct OverrideWord {
  std::string text;
  Spot spot;
};
std::vector<OverrideWord> words_of_command_line(const std::vector<std::string>& words);

struct Document {
  Value tree;
  std::vector<std::string> files;  // as the command line names them
  WrittenTexts written;
  // Files that name a data set and set nothing of [run], but the first on the command line: a file
  // of experiments/dataset/. What such a file says of [model] is a wish, since it cannot know the
  // model.
  std::set<std::string> of_datasets;
};

// The first of `paths` is the experiment. Each further one is read with all that it extends, and
// put over what stands before it: its tables merge with the earlier ones, but one that names its
// plugin with `use` takes the place of the earlier one. Overrides come last.
//
// Nothing if a file, or one it extends, cannot be read as TOML. Smaller problems are reported as
// well, but leave a tree, so that one report has them together with what the schemas find.
std::optional<Document> load_document(base::Files& files, const std::vector<std::string>& paths,
                                      const std::vector<OverrideWord>& overrides,
                                      const Environment& environment, Problems& problems);

// What `use` does in a table that is put over another one.
enum class UseRule {
  // It drops the keys of another plugin than it names, which would mean nothing to that one, or
  // something else; the host's keys (name, when, from, until) stay.
  drops_other_plugin,
  // The table takes the place of the earlier one, even for the same plugin.
  replaces_table,
};

// Puts `later` over `base`: tables merge, everything else replaces.
void merge(Value& base, const Value& later, UseRule rule = UseRule::drops_other_plugin);

// Words over a document: "scheduler.lr=0.4", "averaging.0.decay=0.9998",
// "logger.0={use = \"csv\"}". A value replaces what stood there; a new `use` in a table drops the
// former plugin's keys. Whether a key means anything is for the schemas to say.
void apply_overrides(Value& document, const std::vector<OverrideWord>& overrides,
                     const Environment& environment, Problems& problems,
                     WrittenTexts* written = nullptr);

}  // namespace r50::config
