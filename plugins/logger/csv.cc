#include "r50/table_logger.h"

namespace r50 {
namespace {

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

class Csv final : public TableLogger {
 public:
  static Schema<TableLoggerConfig> schema() {
    return table_logger_schema("A CSV file with chosen columns, for spreadsheets and pandas.",
                               ".csv");
  }
  Csv(const TableLoggerConfig& config, const LoggerFacts& facts)
      : TableLogger(config, facts, ".csv") {}

 private:
  std::string header(const std::vector<TableColumn>& columns) const override {
    std::string out;
    for (const TableColumn& column : columns) out += (out.empty() ? "" : ",") + quoted(column.name);
    return out + '\n';
  }
  std::string line(const std::vector<TableCell>& cells) const override {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i)
      out += (i > 0 ? "," : "") + quoted(cells[i].exact);
    return out + '\n';
  }
};

}  // namespace
}  // namespace r50

R50_PLUGIN(r50::Csv, "csv")
