#pragma once

// The columns of a run's tables: of history.csv and history.md, and of table loggers.

#include <string>
#include <vector>

#include "r50/events.h"
#include "r50/table_logger.h"

namespace r50::report {

// The words that may stand in `columns`. "loss", "top1" and "top5" mean one column a weight set.
std::vector<std::string> column_words(TableLoggerConfig::Rows rows);

// What the words mean with these sets: for each such word, a column of each set.
std::vector<TableColumn> expand_columns(const std::vector<std::string>& words,
                                        const std::vector<std::string>& sets);

std::vector<TableCell> step_cells(const std::vector<TableColumn>& columns, const StepEvent& step);
std::vector<TableCell> epoch_cells(const std::vector<TableColumn>& columns, const EpochEvent& epoch,
                                   const std::vector<EvaluationEvent>& results);

}  // namespace r50::report
