#pragma once

// A user's command line with places for values: "qsub -N {name} {script}".

#include <map>
#include <string>
#include <vector>

namespace r50::sweep {

// `known`: the places there are. What is wrong with the line, in one sentence; empty: nothing. An
// unknown place, and one inside quotes, are wrong: a value comes with quotes of its own. Braces of
// the shell's own (${HOME}, {a,b}) are left alone.
std::string template_fault(const std::string& line, const std::vector<std::string>& known);

// Every place filled by its value, quoted for the shell.
std::string fill_template(const std::string& line,
                          const std::map<std::string, std::string>& values);

}  // namespace r50::sweep
