#include <algorithm>
#include <cctype>
#include <type_traits>

#include "contract/subject.h"
#include "plugin/interfaces.h"

namespace r50::contract {

namespace {

std::string letters_of(const std::string& text) {
  std::string letters;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return letters;
}

void expect_real_doc(const SchemaInfo& info, const std::string& where) {
  expect(info.doc.find(' ') != std::string::npos && info.doc.ends_with('.'),
         "the doc of " + where + " is no sentence: \"" + info.doc + "\"");
  for (const FieldInfo& field : info.fields) {
    const std::string key = where + "." + field.key;
    expect(letters_of(field.doc).size() >= 4, "the doc of " + key + " is empty");
    expect(letters_of(field.doc) != letters_of(field.key),
           "the doc of " + key + " only repeats the key: \"" + field.doc + "\"");
    expect(std::isspace(static_cast<unsigned char>(field.doc.front())) == 0 &&
               std::isspace(static_cast<unsigned char>(field.doc.back())) == 0,
           "the doc of " + key + " begins or ends with a space");
    if (field.nested) expect_real_doc(field.nested->info(), key);
  }
}

bool is_plain_key(const std::string& key) {
  return !key.empty() && std::islower(static_cast<unsigned char>(key[0])) != 0 &&
         std::all_of(key.begin(), key.end(), [](unsigned char c) {
           return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
         });
}

void expect_plain_keys(const SchemaInfo& info) {
  for (const FieldInfo& field : info.fields) {
    expect(is_plain_key(field.key),
           "the key '" + field.key + "' is not made of small letters, digits and _");
    expect(!is_host_key(field.key), "the key '" + field.key + "' belongs to r50 itself");
    if (field.nested) expect_plain_keys(field.nested->info());
  }
}

// The last letter twice: a slip that leaves the word recognisable.
void expect_misspelling_is_caught(const Subject& subject, const FieldInfo& field) {
  const std::string wrong = field.key + field.key.back();
  if (field.key.size() < 2 || subject.info().find(wrong)) return;
  Value table = subject.table();
  table.table()->erase(field.key);
  table.table()->set(wrong, field.default_value.value_or(Value(1)));
  const std::string report = subject.problems(table).report();
  expect(report.find("'" + wrong + "'") != std::string::npos,
         "the misspelt key '" + wrong + "' is not refused");
  expect(report.find("'" + field.key + "'") != std::string::npos,
         "no guess of '" + field.key + "' in: " + report);
}

Value of_another_type(const FieldInfo& field) {
  const bool takes_text =
      !field.list && (field.type == FieldInfo::Type::text || field.type == FieldInfo::Type::path);
  return takes_text ? Value(Array{Value(1), Value("x")}) : Value("neither this nor that");
}

void expect_wrong_type_is_caught(const Subject& subject, const FieldInfo& field) {
  Value table = subject.table();
  table.table()->set(field.key, of_another_type(field));
  expect(!subject.problems(table).empty(),
         "the key '" + field.key + "' takes " + of_another_type(field).toml());
}

void expect_default_is_accepted(const Subject& subject, const FieldInfo& field) {
  // A key that had to be given another value may not have a default that fits the rest.
  if (!field.default_value || subject.table().table()->find(field.key)) return;
  Value table = subject.table();
  table.table()->set(field.key, *field.default_value);
  const Problems problems = subject.problems(table);
  expect(problems.empty(), "writing the default of '" + field.key + "', " +
                               field.default_value->toml() + ", is refused: " + problems.report());
}

bool needs_run_alone(Kind kind) {
  return host::visit_interface(
      kind, [](auto of) { return std::is_same_v<RunFacts, typename decltype(of)::type::Facts>; });
}

// A plugin inside another is built with the facts of the one around it, which must fit.
void expect_inner_plugins_can_be_built(const Subject& subject) {
  const Kind kind = subject.plugin().entry.kind;
  for (const FieldInfo& field : subject.info().fields) {
    if (field.type != FieldInfo::Type::plugin || field.kind == kind) continue;
    expect(needs_run_alone(field.kind) && host::knows_run(kind),
           "'" + field.key + "' holds a " + std::string(kind_name(field.kind)) +
               " plugin, which needs other facts than a " + std::string(kind_name(kind)) + " has");
  }
}

}  // namespace

void check_schema(Subject& subject) {
  const SchemaInfo& info = subject.info();
  Report& report = subject.report();
  const auto each = [&](auto expectation) {
    return [&, expectation] {
      for (const FieldInfo& field : info.fields) expectation(subject, field);
    };
  };
  report.check("docs say something", [&] { expect_real_doc(info, subject.plugin().entry.name); });
  report.check("keys are plain words", [&] { expect_plain_keys(info); });
  report.check("inner plugins fit", [&] { expect_inner_plugins_can_be_built(subject); });
  report.check("the defaults are valid", [&] {
    const Problems problems = subject.problems(subject.table());
    expect(problems.empty(), problems.report());
  });
  report.check("each default may be written out", each(expect_default_is_accepted));
  report.check("a misspelt key is refused with a guess", each(expect_misspelling_is_caught));
  report.check("a value of another type is refused", each(expect_wrong_type_is_caught));
}

}  // namespace r50::contract
