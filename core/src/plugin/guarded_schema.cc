#include "plugin/library.h"

#include <utility>

namespace r50::host {

namespace {

class GuardedSchema final : public AnySchema {
 public:
  GuardedSchema(std::shared_ptr<const AnySchema> schema, std::string label)
      : schema_(std::move(schema)), label_(std::move(label)) {}

  const SchemaInfo& info() const override { return schema_->info(); }

  void check(const Value& table, SchemaReader& reader) const override {
    try {
      schema_->check(table, reader);
    } catch (const BadKey& error) {
      add_bad_key(error, table, label_, reader.problems());
    } catch (...) {
      rethrow_from_plugin(label_);
    }
  }

 private:
  std::shared_ptr<const AnySchema> schema_;
  std::string label_;
};

}  // namespace

std::shared_ptr<const AnySchema> guard(std::shared_ptr<const AnySchema> schema, std::string label) {
  return std::make_shared<GuardedSchema>(std::move(schema), std::move(label));
}

void add_bad_key(const BadKey& error, const Value& table, const std::string& label,
                 Problems& problems) {
  const Value* place = nullptr;
  if (const Table* keys = table.table()) {
    place = keys->find(error.key());
    if (!place) place = keys->find("use");  // the key was left to its default
  }
  problems.add(place ? place->spot() : table.spot(),
               "'" + error.key() + "' of " + label + ": " + error.what(), error.hint());
}

}  // namespace r50::host
