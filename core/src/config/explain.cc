#include <absl/strings/str_join.h>

#include <algorithm>

#include "config/identity.h"
#include "config/plugin_table.h"
#include "config/tables.h"
#include "config/toml_source.h"

namespace r50::config {

namespace {

using Type = FieldInfo::Type;

// Further right, comments would leave the screen; longer values push their own.
constexpr std::size_t rightmost_comment = 42;

// A comment is one line of UTF-8, whatever a doc or a file's name holds.
std::string comment_text(std::string text) {
  const bool utf8 = is_utf8(text);
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = ' ';
    if (byte >= 0x80 && !utf8) c = '?';
  }
  return text;
}

std::string range_text(const FieldInfo& field) {
  std::string text = absl::StrJoin(field.choices, " | ");
  if (text.empty()) text = field.limits.text();
  if (text.empty() || text == "not empty") return "";
  const bool interval = text.front() == '[' || text.front() == '(';
  return interval ? " " + text : " [" + text + "]";
}

class Explainer {
 public:
  Explainer(PluginSource& plugins, const WrittenTexts& written)
      : plugins_(plugins), written_(written) {}

  std::string text() && { return std::move(text_); }
  void line(const std::string& line) { text_ += line + "\n"; }

  void core_table(const std::string& key, const Value& table, const SchemaInfo& info) {
    block("[" + key + "]", info.doc, key, table, {&info});
  }

  void plugin_table(const std::string& path, bool list, Kind kind, bool nested,
                    const Value& table) {
    Problems problems;
    const AnySchema* schema = plugins_.schema(kind, with_absolute_use(table), problems);
    if (!schema) throw WrongInput(std::move(problems));
    block(list ? "[[" + path + "]]" : "[" + path + "]", schema->info().doc, path, table,
          {&host_schema(kind, nested).info(), &schema->info()});
  }

 private:
  struct Line {
    std::string text, comment;
  };

  void block(const std::string& header, const std::string& doc, const std::string& path,
             const Value& table, const std::vector<const SchemaInfo*>& infos) {
    line("");
    line("# " + comment_text(doc));
    line(header);
    std::vector<Line> lines;
    std::vector<const FieldInfo*> below;  // tables come after the plain keys
    for (const SchemaInfo* info : infos) {
      for (const FieldInfo& field : info->fields) {
        const Value* value = table.table()->find(field.key);
        const bool tables = field.type == Type::table || field.type == Type::plugin;
        if (value && tables && !(value->array() && value->array()->empty())) {
          below.push_back(&field);
        } else {
          lines.push_back(key_line(field, value));
        }
      }
    }
    write(lines);
    for (const FieldInfo* field : below) {
      tables_of(path + "." + field->key, *field, *table.table()->find(field->key));
    }
  }

  void tables_of(const std::string& path, const FieldInfo& field, const Value& value) {
    const Array single = {value};
    for (const Value& item : field.list ? *value.array() : single) {
      if (field.type == Type::plugin) {
        plugin_table(path, field.list, field.kind, true, item);
      } else {
        block(field.list ? "[[" + path + "]]" : "[" + path + "]", field.doc, path, item,
              {&field.nested->info()});
      }
    }
  }

  Line key_line(const FieldInfo& field, const Value* value) const {
    const std::string about = field.doc + range_text(field);
    if (!value) return {"# " + field.key + " is not set", about};
    // Written into a file, a path would be relative to that file.
    const bool none = value->array() && value->array()->empty();
    if (field.type == Type::path && !value->spot().known() && !none) {
      return {"# " + field.key + " is " + comment_text(value->toml()), about + " (default)"};
    }
    return {field.key + " = " + escaped(*value).toml(), about + " (" + value->spot().text() + ")"};
  }

  // Reads back through the filling in of environment variables, and counts as it did.
  Value escaped(const Value& value) const {
    if (value.text()) return written_.frozen(value);
    if (const Array* array = value.array()) {
      Array items;
      for (const Value& item : *array) items.push_back(escaped(item));
      return items;
    }
    return value;
  }

  void write(const std::vector<Line>& lines) {
    std::size_t column = 0;
    for (const Line& one : lines) column = std::max(column, one.text.size());
    column = std::min(column, rightmost_comment);
    for (const Line& one : lines) {
      const std::size_t gap = one.text.size() < column ? column - one.text.size() : 0;
      line(one.text + std::string(gap, ' ') + "  # " + comment_text(one.comment));
    }
  }

  PluginSource& plugins_;
  const WrittenTexts& written_;
  std::string text_;
};

}  // namespace

std::string explain(const Experiment& experiment, PluginSource& plugins) {
  Explainer explainer(plugins, experiment.written);
  explainer.line("# " + comment_text(experiment.name) + ", experiment " +
                 experiment_id(experiment));
  if (!experiment.left_out.empty()) explainer.line("# " + comment_text(experiment.left_out));
  for (const TopTable& top : top_tables()) {
    const Value& value = *experiment.resolved.table()->find(top.key);
    if (top.schema) {
      explainer.core_table(top.key, value, top.schema->info());
    } else if (top.list) {
      for (const Value& item : *value.array()) {
        explainer.plugin_table(top.key, true, top.kind, false, item);
      }
    } else {
      explainer.plugin_table(top.key, false, top.kind, false, value);
    }
  }
  return std::move(explainer).text();
}

}  // namespace r50::config
