#pragma once

#include <string>

namespace r50::sweep {

// Where the threads of a trial's processes stand, for whoever wonders why it hangs: each one's
// name, state, and what the kernel waits in; of the trial itself the calls too, where eu-stack or
// gdb is installed and may look. Takes half a minute at most. `keeper`: a text by which the shells
// are known that watch over the trial; they are left out.
std::string stacks_of_group(int group, const std::string& keeper);

}  // namespace r50::sweep
