#include <algorithm>

#include "r50/table_logger.h"

namespace r50 {
namespace {

constexpr std::size_t least_width = 9;  // most cells fit, so that the source is readable as well

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

std::string padded(const std::string& text, std::size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}

class Markdown final : public TableLogger {
 public:
  static Schema<TableLoggerConfig> schema() {
    return table_logger_schema("A Markdown table with chosen columns, for reports and issues.",
                               ".md");
  }
  Markdown(const TableLoggerConfig& config, const LoggerFacts& facts)
      : TableLogger(config, facts, ".md") {}

 private:
  std::string header(const std::vector<TableColumn>& columns) const override {
    std::string names, rule;
    for (const TableColumn& column : columns) {
      const std::string name = padded(escaped(column.title), least_width);
      names += "| " + name + ' ';
      rule += "|" + std::string(name.size() + 1, '-') + ":";
    }
    return names + "|\n" + rule + "|\n";
  }
  std::string line(const std::vector<TableCell>& cells) const override {
    std::string out;
    for (const TableCell& cell : cells) {
      out += "| " + padded(escaped(cell.readable), least_width) + ' ';
    }
    return out + "|\n";
  }
};

}  // namespace
}  // namespace r50

R50_PLUGIN(r50::Markdown, "markdown")
