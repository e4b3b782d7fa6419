#pragma once

// The verbs' functions, one file each. They return exit codes and throw r50::Error.

#include "verbs/command_line.h"

namespace r50::cli {

int train(const CommandLine& line);
int explain(const CommandLine& line);
int check(const CommandLine& line);
int schedule(const CommandLine& line);
int find_lr(const CommandLine& line);
int verify_resume(const CommandLine& line);
int profile(const CommandLine& line);
int inspect(const CommandLine& line);
int plugins(const CommandLine& line);
int env(const CommandLine& line);

// The experiment a verb works on: its file, and those that are put over it. Throws WrongInput if
// there is none.
const std::vector<std::string>& experiment_files(const CommandLine& line);

}  // namespace r50::cli
