#include <iostream>

#include "r50/error.h"
#include "sweep/verbs.h"

namespace sweep = r50::sweep;

int main(int argc, char** argv) {
  try {
    const sweep::SweepLine line = sweep::parse_sweep_line(argc, argv);
    if (line.version) {
      std::cout << "r50sweep " R50_VERSION "\n";
      return 0;
    }
    for (const sweep::SweepVerb& verb : sweep::sweep_verbs()) {
      if (verb.name != line.verb) continue;
      if (!line.help) return verb.run(line);
      std::cout << (line.words.empty() && argc == 2 ? sweep::sweep_help()
                                                    : sweep::sweep_help(verb));
    }
    return 0;
  } catch (const r50::Error& error) {
    std::cerr << "r50sweep: " << error.what() << "\n";
    return static_cast<int>(error.exit_code());
  } catch (const std::exception& error) {
    std::cerr << "r50sweep: " << error.what() << "\n";
    return static_cast<int>(r50::Exit::failed);
  }
}
