// r50run: trains what an experiment file describes. See verbs/ for each thing it can do.

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

#include "r50/error.h"
#include "verbs/verbs.h"

namespace cli = r50::cli;

namespace {

int run(int argc, char** argv) {
  const cli::CommandLine line = cli::parse(argc, argv);
  if (line.version) {
    std::cout << "r50run " R50_VERSION "\n";
    return 0;
  }
  if (line.help || argc == 1) {
    const bool first = line.verb == cli::program().verbs.front().name;
    std::cout << (first ? help(cli::program()) + "\n" : "")
              << help(cli::program(), *cli::find_verb(line.verb));
    return line.help ? 0 : static_cast<int>(r50::Exit::wrong_input);
  }
  return cli::run(line);
}

}  // namespace

int main(int argc, char** argv) {
  // `r50run ... | head` must not end a night's run when head has seen enough.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const r50::Error& error) {
    std::fflush(stdout);
    std::cerr << "r50run: " << error.what() << "\n";
    return static_cast<int>(error.exit_code());
  } catch (const std::exception& error) {
    std::fflush(stdout);
    std::cerr << "r50run: " << error.what() << "\n";
    return static_cast<int>(r50::Exit::failed);
  }
}
