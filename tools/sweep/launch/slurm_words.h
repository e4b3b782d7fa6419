#pragma once

#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"

namespace r50::sweep {

// sbatch and its options, as [launcher] has them, up to the script.
std::vector<std::string> sbatch_words(const LauncherTable& table, const std::string& name,
                                      std::size_t elements, const std::string& where,
                                      const std::string& output);

// A time as SLURM's commands take it: "90" (minutes), "4:00:00", "1-12", "2-00:30". -1: no time;
// 0: no limit.
double slurm_seconds(const std::string& text);

// Throws WrongInput for a time that is none or too short to save in, and for words that would take
// a job out of the sweep's hands.
void check_slurm_table(const LauncherTable& table);

}  // namespace r50::sweep
