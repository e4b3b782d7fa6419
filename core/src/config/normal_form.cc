#include "config/normal_form.h"

namespace r50::config {

Value normal_form(const Value& value, const FieldInfo& field) {
  using Type = FieldInfo::Type;
  const Spot& spot = value.spot();
  if (const Array* array = value.array()) {
    Array items;
    for (const Value& item : *array) items.push_back(normal_form(item, field));
    return {std::move(items), spot};
  }
  const bool real = field.type == Type::real || field.type == Type::rate;
  if (real && value.integer()) return {static_cast<double>(*value.integer()), spot};
  if (!value.text()) return value;
  switch (field.type) {
    case Type::rate:
      return {Rate::parse(*value.text())->text(), spot};
    case Type::when:
      return {When::parse(*value.text())->text(), spot};
    case Type::every:
      return {Every::parse(*value.text())->text(), spot};
    default:
      return value;
  }
}

}  // namespace r50::config
