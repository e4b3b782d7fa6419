#include "plugins_verb.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <ostream>

#include "config/document.h"
#include "config/plugin_table.h"
#include "contract/contract.h"
#include "plugin/search_path.h"
#include "r50/suggest.h"

namespace r50::tools {

namespace {

constexpr std::size_t width = 96;

// Words in lines of at most `width`, all but the first indented.
std::string wrapped(const std::string& text, std::size_t indent) {
  std::string result;
  std::size_t column = indent;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find_first_of(" \n", start), text.size());
    const std::string word = text.substr(start, end - start);
    start = end + 1;
    if (word.empty()) continue;
    const bool first = column == indent;
    if (!first && column + 1 + word.size() > width) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      result += " ";
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result;
}

std::string padded(std::string text, std::size_t size) {
  text.resize(std::max(text.size() + 1, size), ' ');
  return text;
}

std::string first_sentence(const std::string& doc) {
  const std::size_t end = doc.find(". ");
  return end == std::string::npos ? doc : doc.substr(0, end + 1);
}

// Its first sentence, or why it cannot be used; each in lines that fit beside its name.
std::string doc_or_reason(host::Host& host, const host::SearchPath::Found& found,
                          std::size_t indent) {
  try {
    const host::LoadedPlugin& plugin = host.load_file(found.file);
    if (plugin.entry.kind == found.kind && plugin.entry.name == found.name) {
      return wrapped(first_sentence(plugin.entry.schema->info().doc), indent);
    }
    return wrapped("BROKEN: it registers the " + std::string(kind_name(plugin.entry.kind)) + " '" +
                       plugin.entry.name + "', which is not what its file is called",
                   indent);
  } catch (const WrongInput& error) {
    const Problem& problem = error.problems().list().at(0);
    const std::string subject = "the plugin file '" + found.file + "'";  // stands beside it
    std::string what = problem.what;
    if (what.starts_with(subject)) what.replace(0, subject.size(), "it");
    const std::string next_line = "\n" + std::string(indent, ' ');
    return wrapped("BROKEN: " + what, indent) + next_line + wrapped(problem.hint, indent);
  }
}

std::string range_text(const FieldInfo& field) {
  std::string text = field.type_text();
  if (field.type == FieldInfo::Type::choice) {
    text = field.list ? "list of " : "";
    for (std::size_t i = 0; i < field.choices.size(); ++i) {
      const char* before = i == 0 ? "" : i + 1 < field.choices.size() ? ", " : " or ";
      text += before + Value(field.choices[i]).toml();
    }
  }
  const bool one_plugin = field.type == FieldInfo::Type::plugin && !field.list;
  const std::string limits = one_plugin ? "" : field.limits.text();
  if (!limits.empty()) text += ", " + limits;
  if (field.required()) text += ", must be written";
  if (field.optional) text += ", may be left out";
  return text;
}

void print_fields(const SchemaInfo& info, std::size_t indent, std::ostream& out) {
  std::size_t widest = 0;
  const auto assignment = [](const FieldInfo& field) {
    return field.key + (field.default_value ? " = " + field.default_value->toml() : "");
  };
  for (const FieldInfo& field : info.fields) widest = std::max(widest, assignment(field).size());
  const std::size_t column = indent + std::min<std::size_t>(widest, 40) + 3;
  for (const FieldInfo& field : info.fields) {
    out << padded(std::string(indent, ' ') + assignment(field), column) << range_text(field) << "\n"
        << std::string(indent + 4, ' ') << wrapped(field.doc, indent + 4) << "\n";
    if (field.nested) print_fields(field.nested->info(), indent + 4, out);
  }
}

void describe(const host::LoadedPlugin& plugin, std::ostream& out) {
  const Kind kind = plugin.entry.kind;
  const SchemaInfo& info = plugin.entry.schema->info();
  out << kind_name(kind) << " '" << plugin.entry.name << "'\n  " << wrapped(info.doc, 2)
      << "\n  file: " << plugin.file << "\n";
  for (const std::string& other : plugin.shadowed) out << "  hides: " << other << "\n";
  out << (info.fields.empty() ? "\n  It has no keys of its own.\n" : "\n");
  print_fields(info, 2, out);
  SchemaInfo around = config::host_schema(kind, false).info();
  std::erase_if(around.fields, [](const FieldInfo& field) { return field.key == "use"; });
  if (around.fields.empty()) return;
  out << "\n  Beside these, r50 itself reads:\n";
  print_fields(around, 2, out);
}

// "scheduler/cosine" or "cosine".
std::optional<std::pair<Kind, std::string>> with_kind(const std::string& name) {
  for (const Kind kind : kinds) {
    const std::string prefix = std::string(kind_name(kind)) + "/";
    if (name.starts_with(prefix)) return std::pair(kind, name.substr(prefix.size()));
  }
  return std::nullopt;
}

[[noreturn]] void refuse_unknown(const host::Host& host, const std::string& name) {
  std::vector<std::string> known;
  for (const auto& found : host.search_path().all()) known.push_back(found.name);
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  Problems problems;
  problems.add({}, "there is no plugin '" + name + "'", near_guess(name, known, "plugins"));
  throw WrongInput(std::move(problems));
}

}  // namespace

int list_plugins(host::Host& host, std::ostream& out) {
  std::map<std::string, std::vector<host::SearchPath::Found>> by_folder;
  for (auto& found : host.search_path().all()) {
    by_folder[std::filesystem::path(found.file).parent_path().string()].push_back(found);
  }
  std::size_t widest = 8;
  for (const auto& [folder, all] : by_folder) {
    for (const auto& found : all) widest = std::max(widest, found.name.size());
  }
  constexpr std::size_t kind_width = 16;
  const std::size_t indent = kind_width + widest + 2;
  std::map<std::pair<Kind, std::string>, std::string> first_folder;
  for (const std::string& folder : host.search_path().folders()) {
    const auto plugins = by_folder.find(folder);
    out << folder << (plugins == by_folder.end() ? ": no plugins\n" : "\n");
    if (plugins == by_folder.end()) continue;
    for (const Kind kind : kinds) {
      bool first_of_kind = true;
      for (const auto& found : plugins->second) {
        if (found.kind != kind) continue;
        const auto [first, is_first] = first_folder.try_emplace({kind, found.name}, folder);
        const std::string text = is_first ? doc_or_reason(host, found, indent)
                                          : wrapped("hidden by that of " + first->second, indent);
        out << padded(first_of_kind ? "  " + std::string(kind_name(kind)) : "", kind_width)
            << padded(found.name, widest + 2) << text << "\n";
        first_of_kind = false;
      }
    }
  }
  out << "A plugin's file is r50_KIND_NAME.so in its folder; `r50run plugins NAME` shows its "
         "keys.\n";
  return 0;
}

int describe_plugin(host::Host& host, const std::string& name, std::ostream& out) {
  if (const auto full = with_kind(name)) {
    describe(host.load(full->first, full->second), out);
    return 0;
  }
  if (name.ends_with(".so")) {
    describe(host.load_file(name), out);
    return 0;
  }
  bool any = false;
  for (const Kind kind : kinds) {
    if (host.search_path().find(kind, name).empty()) continue;
    if (any) out << "\n";
    describe(host.load(kind, name), out);
    any = true;
  }
  if (!any) refuse_unknown(host, name);
  return 0;
}

int check_plugin_file(host::Host& host, const std::string& file,
                      const std::vector<std::string>& values, std::ostream& out) {
  Problems problems;
  Value given;
  config::apply_overrides(given, config::words_of_command_line(values),
                          config::process_environment(), problems);
  if (!problems.empty()) throw WrongInput(problems);
  const host::LoadedPlugin& plugin = host.load_file(file);
  out << plugin.label() << "\n" << std::flush;
  const contract::Report report = contract::check_plugin(host, plugin, given);
  out << report.text();
  return static_cast<int>(report.good() ? Exit::done : Exit::failed);
}

}  // namespace r50::tools
