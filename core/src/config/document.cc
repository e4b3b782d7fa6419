#include "config/document.h"

#include <algorithm>
#include <filesystem>

#include "config/paths.h"
#include "config/toml_source.h"

namespace r50::config {

namespace {

constexpr std::uint64_t largest_file = 1'000'000;
constexpr std::size_t deepest_chain = 16;
constexpr int most_files = 200;

class Reader {
 public:
  Reader(base::Files& files, const Environment& environment, Problems& problems, Document& document)
      : files_(files), environment_(environment), problems_(problems), document_(document) {}

  // All files of the command line. Nothing if one of them cannot be read.
  std::optional<Value> read_all(const std::vector<std::string>& paths) {
    std::optional<Value> all;
    bool complete = true;
    for (const std::string& named : paths) {
      const std::string path = std::filesystem::path(named).lexically_normal().string();
      if (first_.empty()) first_ = path;
      auto file = read(path, {});
      complete = complete && file;
      if (!file) continue;
      if (all) {
        put_over(*all, *file);
      } else {
        all = *std::move(file);
      }
    }
    return complete ? all : std::nullopt;
  }

 private:
  // What a data set's file wishes of the model stays with its data set, and goes with it.
  void put_over(Value& all, const Value& further) {
    Value* model = all.table()->find("model");
    Table wishes;
    if (model && model->table()) {
      for (const Table::Entry& entry : model->table()->entries()) {
        if (document_.of_datasets.count(entry.key_spot.file)) wishes.entries().push_back(entry);
      }
      for (const Table::Entry& wish : wishes.entries()) model->table()->erase(wish.key);
    }
    merge(all, further, UseRule::replaces_table);
    const Value* dataset = further.table()->find("dataset");
    if (dataset && dataset->table() && dataset->table()->find("use")) return;
    model = all.table()->find("model");
    if (!model || !model->table()) return;
    for (Table::Entry& wish : wishes.entries()) {
      if (model->table()->find(wish.key)) continue;
      model->table()->set(wish.key, std::move(wish.value), wish.key_spot);
    }
  }

  static bool is_of_dataset(const Value& file) {
    const Value* dataset = file.table()->find("dataset");
    return dataset && dataset->table() && dataset->table()->find("use") &&
           !file.table()->find("run");
  }

  // The file over all that it extends. `named` is where it was named.
  std::optional<Value> read(const std::string& path, const Spot& named) {
    if (std::find(chain_.begin(), chain_.end(), path) != chain_.end()) return loop(path, named);
    if (chain_.size() >= deepest_chain || ++files_read_ > most_files) {
      problems_.add(named, "too many files extend each other" + chain(path));
      return std::nullopt;
    }
    auto own = parse(path, named);
    if (!own) return std::nullopt;
    fill_in_environment(*own, environment_, problems_, &document_.written);
    if (path != first_ && is_of_dataset(*own)) document_.of_datasets.insert(path);

    chain_.push_back(path);
    Value merged(Table{}, own->spot());
    bool complete = true;
    for (const auto& [base_path, spot] : extended(*own)) {
      if (const auto base = read(base_path, spot)) {
        merge(merged, *base);
      } else {
        complete = false;
      }
    }
    chain_.pop_back();
    if (!complete) return std::nullopt;
    own->table()->erase("extends");
    merge(merged, *own);
    return merged;
  }

  std::optional<Value> parse(const std::string& path, const Spot& named) {
    const auto refuse = [&](const std::string& what, const std::string& hint) {
      problems_.add(named.known() ? named : Spot{path, 0, 0},
                    (named.known() ? "'" + path + "' " : "") + what + chain(path), hint);
      return std::nullopt;
    };
    try {
      if (!files_.exists(path)) {
        return refuse("does not exist",
                      named.known() ? "what a file extends is named relative to that file"
                                    : "name an experiment file, such as those in experiments/");
      }
      if (files_.is_folder(path)) return refuse("is a folder", "name a .toml file in it");
      if (files_.size(path) > largest_file) {
        return refuse("is larger than 1 MB, so it is hardly an experiment", "");
      }
      auto value = parse_toml(files_.read(path), path, problems_);
      if (value && value->table()->empty() && path == first_) {
        return refuse("is empty",
                      "an experiment has at least the tables [run], [dataset], [model], "
                      "[optimizer], [loss] and [scheduler]; begin with a copy of one "
                      "that works");
      }
      return value;
    } catch (const Error& error) {
      return refuse(std::string("cannot be read: ") + error.what(), "");
    }
  }

  // What `extends` names, seen from here, each with its place.
  std::vector<std::pair<std::string, Spot>> extended(const Value& file) {
    std::vector<std::pair<std::string, Spot>> found;
    const Value* extends = file.table()->find("extends");
    if (!extends) return found;
    const Array one = {*extends};
    for (const Value& item : extends->array() ? *extends->array() : one) {
      if (item.text() && !item.text()->empty()) {
        found.emplace_back(path_from_here(*item.text(), item.spot()), item.spot());
      } else {
        problems_.add(item.spot(),
                      "'extends' names files, but this is " + std::string(item.type_name()) + ": " +
                          item.toml(),
                      "write extends = [\"dataset/shapes.toml\", ...]");
      }
    }
    return found;
  }

  std::optional<Value> loop(const std::string& path, const Spot& named) {
    problems_.add(named, "files extend each other in a circle" + chain(path),
                  "take one of these 'extends' away");
    return std::nullopt;
  }

  // " (a.toml extends b.toml extends a.toml)"
  std::string chain(const std::string& last) const {
    if (chain_.empty()) return "";
    std::string text = " (";
    for (const std::string& file : chain_) text += file + " extends ";
    return text + last + ")";
  }

  base::Files& files_;
  const Environment& environment_;
  Problems& problems_;
  Document& document_;
  std::string first_;  // of the command line
  std::vector<std::string> chain_;
  int files_read_ = 0;
};

}  // namespace

std::vector<OverrideWord> words_of_command_line(const std::vector<std::string>& words) {
  std::vector<OverrideWord> all;
  for (const std::string& word : words) all.push_back({word, {command_line, 0, 0}});
  return all;
}

std::optional<Document> load_document(base::Files& files, const std::vector<std::string>& paths,
                                      const std::vector<OverrideWord>& overrides,
                                      const Environment& environment, Problems& problems) {
  Document document;
  document.files = paths;
  auto tree = Reader(files, environment, problems, document).read_all(paths);
  if (!tree) return std::nullopt;
  document.tree = *std::move(tree);
  apply_overrides(document.tree, overrides, environment, problems, &document.written);
  return document;
}

}  // namespace r50::config
