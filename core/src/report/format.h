#pragma once

// Numbers as people read them, and as machines do.

#include <string>

namespace r50::report {

std::string exact(double value);              // fewest digits that give the same double back
std::string fixed(double value, int digits);  // "76.42", "nan", "inf"
std::string brief(double value);              // four significant digits: "0.0921", "3.2e-05"
std::string duration(double seconds);         // "4.2 s", "12 min 03 s", "3 h 12 min", "2 d 4 h"
std::string share(double part);               // 0.021 is "2 %"

}  // namespace r50::report
