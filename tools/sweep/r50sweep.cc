#include <iostream>

#include "r50/error.h"
#include "sweep/verbs/sweep_verbs.h"

namespace sweep = r50::sweep;

namespace {

int run(int argc, char** argv) {
  const r50::line::Program& program = sweep::sweep_program();
  const r50::line::Typed typed = r50::line::parse(program, argc, argv);
  if (typed.version) {
    std::cout << "r50sweep " R50_VERSION "\n";
    return 0;
  }
  if (typed.help || argc == 1) {
    const bool first = typed.verb == program.verbs.front().name;
    std::cout << (first ? help(program) + "\n" : "") << help(program, *program.find(typed.verb));
    return static_cast<int>(typed.help ? r50::Exit::done : r50::Exit::wrong_input);
  }
  return sweep::run_sweep_verb(typed);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const r50::Error& error) {
    std::cerr << "r50sweep: " << error.what() << "\n";
    return static_cast<int>(error.exit_code());
  } catch (const std::exception& error) {
    std::cerr << "r50sweep: " << error.what() << "\n";
    return static_cast<int>(r50::Exit::failed);
  }
}
