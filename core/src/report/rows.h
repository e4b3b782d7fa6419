#pragma once

// The rows of metrics.jsonl: one JSON object a line, numbered from 0. What differs between two runs
// of the same experiment stands under "wall" and nowhere else, so that a comparison drops that key.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "r50/events.h"

namespace r50::report {

// Without the line end. Keys keep one order and numbers have their shortest exact text; what is no
// number in JSON is one of the texts "nan", "inf" and "-inf", which Python's float() reads.
std::string row_text(const Row& row);

// Keys it does not know are skipped: a newer r50 may have written them. Throws an Error.
Row parse_row(std::string_view line);

// All rows from number `from` on. A last line without its end was torn by a kill, or is being
// written just now: it is left out. Anything else that is wrong throws an Error with file and line.
std::vector<Row> read_rows(base::Files& files, const std::string& path, std::int64_t from = 0);

// The place behind that many line ends; npos if there are fewer.
std::size_t after_lines(std::string_view content, std::int64_t lines);

std::string json_text(std::string_view text);  // quoted; bytes that are no UTF-8 are replaced

}  // namespace r50::report
