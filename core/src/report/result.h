#pragma once

// What a finished run came to, read from its own record, so that a run that was continued ten times
// tells the same as one that was not.

#include <string>

#include "report/history.h"

namespace r50::report {

std::string result_json(const History& history);
std::string result_sentence(const History& history);

}  // namespace r50::report
