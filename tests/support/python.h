#pragma once

// Python as a judge of files that r50 has written: its json, csv and zlib are not ours.

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/temp_folder.h"

namespace r50::test {

inline std::string python_program() {
  const std::string own = R50_SOURCE_DIR "/.venv/bin/python";
  return access(own.c_str(), X_OK) == 0 ? own : "python3";
}

inline bool has_python() {
  return std::system((python_program() + " -c '' >/dev/null 2>&1").c_str()) == 0;
}

// What the script prints. `arguments` are paths and words without quotes. Throws if it fails.
inline std::string python(const std::string& script, const std::vector<std::string>& arguments) {
  const TempFolder folder;
  std::string command = python_program() + " '" + folder.write("script.py", script) + "'";
  for (const std::string& argument : arguments) command += " '" + argument + "'";
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) throw std::runtime_error("cannot start " + command);
  std::string out;
  std::array<char, 4096> buffer;
  while (const std::size_t count = fread(buffer.data(), 1, buffer.size(), pipe)) {
    out.append(buffer.data(), count);
  }
  const int status = pclose(pipe);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw std::runtime_error("failed: " + command + "\n" + out);
  }
  return out;
}

}  // namespace r50::test
