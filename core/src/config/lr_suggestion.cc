#include "config/lr_suggestion.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "r50/error.h"

namespace r50::config {

LrSuggestion read_lr_suggestion(const std::string& json) {
  using Json = nlohmann::json;
  const Json found = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (found.is_discarded()) throw Error("is damaged: it is no JSON");
  const auto member = [&](const char* key) {
    return found.is_object() && found.contains(key) ? found[key] : Json();
  };
  const Json rate = member("suggested_max_lr"), rule = member("rule"), batch = member("batch");
  if (!rule.is_string() || !batch.is_number_integer() || !found.contains("suggested_max_lr")) {
    throw Error("is no lr_suggestion.json of find-lr: it lacks suggested_max_lr, rule or batch");
  }
  if (rate.is_null()) {
    throw Error("suggests no rate: its curves were too short for the rule '" +
                rule.get<std::string>() + "', which [find_lr] iterations can change");
  }
  const double number = rate.is_number() ? rate.get<double>() : 0;
  if (!(number > 0) || !std::isfinite(number)) {
    throw Error("is damaged: its suggested_max_lr is no rate, but " +
                rate.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  return {number, rule.get<std::string>(), batch.get<std::int64_t>()};
}

}  // namespace r50::config
