#include "r50/table_logger.h"

namespace r50 {
namespace {

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
    std::vector<std::string> titles;
    for (const TableColumn& column : columns) titles.push_back(column.title);
    return markdown_header(titles, widths(columns.size()));
  }
  std::string line(const std::vector<TableCell>& cells) const override {
    std::vector<std::string> texts;
    for (const TableCell& cell : cells) texts.push_back(cell.readable);
    return markdown_line(texts, widths(cells.size()));
  }
  // A line is written before the next ones are known: most cells fit this width.
  static std::vector<std::size_t> widths(std::size_t columns) {
    return std::vector<std::size_t>(columns, 9);
  }
};

}  // namespace
}  // namespace r50

R50_PLUGIN(r50::Markdown, "markdown")
