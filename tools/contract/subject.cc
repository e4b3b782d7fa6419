#include "contract/subject.h"

#include "config/plugin_table.h"

namespace r50::contract {

namespace {

// Another value than `now` that the field may well accept.
std::vector<Value> alternatives(const FieldInfo& field, const Value& now) {
  std::vector<Value> values;
  if (field.list || field.type == FieldInfo::Type::plugin || field.type == FieldInfo::Type::table ||
      field.type == FieldInfo::Type::path) {
    return values;
  }
  if (const bool* on = now.boolean()) {
    values.emplace_back(!*on);
  } else if (const std::int64_t* integer = now.integer()) {
    values.emplace_back(*integer + 1);
    values.emplace_back(*integer - 1);
  } else if (const double* real = now.real()) {
    values.emplace_back(*real * 0.5);
    values.emplace_back(*real + 0.25);
  } else if (field.type == FieldInfo::Type::choice) {
    for (const std::string& word : field.choices) {
      if (!now.text() || word != *now.text()) values.emplace_back(word);
    }
  } else if (field.type == FieldInfo::Type::when) {
    values.emplace_back("10%");
    values.emplace_back("2 epochs");
  }
  return values;
}

}  // namespace

RunFacts small_run(std::uint64_t seed) {
  RunFacts facts;
  facts.seed = seed;
  facts.length = {.epochs = 20, .steps_per_epoch = 5};
  facts.batch = 8;
  facts.train_images = 40;
  facts.classes = 4;
  facts.image_size = 32;
  facts.mean = {0.485, 0.456, 0.406};
  facts.std = {0.229, 0.224, 0.225};
  return facts;
}

Problems Subject::problems(const Value& table) const {
  Problems problems;
  SchemaReader reader(SchemaReader::Mode::check, problems, host_, small_run().length);
  const InTable place(reader, kind_name(plugin_.entry.kind));
  config::check_plugin_table(plugin_.entry.kind, false, table, reader);
  return problems;
}

const std::vector<Value>& Subject::other_configurations() const {
  if (others_known_) return others_;
  others_known_ = true;
  for (const FieldInfo& field : info().fields) {
    const Value* written = table_.table()->find(field.key);
    if (!written && !field.default_value) continue;
    const Value& now = written ? *written : *field.default_value;
    for (const Value& value : alternatives(field, now)) {
      Value other = table_;
      other.table()->set(field.key, value);
      if (!problems(other).empty()) continue;
      others_.push_back(std::move(other));
      break;
    }
  }
  return others_;
}

std::string changed_key(const Subject& subject, const Value& other) {
  for (const Table::Entry& entry : other.table()->entries()) {
    const Value* before = subject.table().table()->find(entry.key);
    if (!before || !(*before == entry.value)) return entry.key + " = " + entry.value.toml();
  }
  return "nothing";
}

}  // namespace r50::contract
