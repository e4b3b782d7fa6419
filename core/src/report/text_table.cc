#include "report/text_table.h"

#include <algorithm>

#include "r50/table_logger.h"

namespace r50::report {
namespace {

std::string escaped(const std::string& cell) {
  std::string out;
  for (const char c : cell) {
    if (c == '|') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

}  // namespace

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // not the second byte of a letter
  }));
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t taken = columns(text);
  return std::string(width > taken ? width - taken : 0, ' ') + std::string(text);
}

std::string markdown_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 3);
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], columns(escaped(row[i])));
    }
  }
  std::string out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    out += r == 0 ? markdown_header(rows[r], widths) : markdown_line(rows[r], widths);
  }
  return out;
}

}  // namespace r50::report

namespace r50 {

std::string csv_line(const std::vector<std::string>& cells) {
  std::string out;
  for (const std::string& cell : cells) {
    if (&cell != cells.data()) out += ',';
    if (cell.find_first_of(",\"\r\n") == std::string::npos) {
      out += cell;
      continue;
    }
    out += '"';
    for (const char c : cell) out.append(c == '"' ? 2 : 1, c);
    out += '"';
  }
  return out + '\n';
}

std::string markdown_line(const std::vector<std::string>& cells,
                          const std::vector<std::size_t>& widths) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    out += "| " + report::padded(report::escaped(cells[i]), widths[i]) + ' ';
  }
  return out + "|\n";
}

std::string markdown_header(const std::vector<std::string>& titles,
                            const std::vector<std::size_t>& widths) {
  std::string out = markdown_line(titles, widths);
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const std::size_t width = std::max(widths[i], report::columns(report::escaped(titles[i])));
    out += "|" + std::string(width + 1, '-') + ":";
  }
  return out + "|\n";
}

}  // namespace r50
