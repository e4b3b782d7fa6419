#include "r50/table_logger.h"

namespace r50 {
namespace {

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
    std::vector<std::string> names;
    for (const TableColumn& column : columns) names.push_back(column.name);
    return csv_line(names);
  }
  std::string line(const std::vector<TableCell>& cells) const override {
    std::vector<std::string> numbers;
    for (const TableCell& cell : cells) numbers.push_back(cell.exact);
    return csv_line(numbers);
  }
};

}  // namespace
}  // namespace r50

R50_PLUGIN(r50::Csv, "csv")
