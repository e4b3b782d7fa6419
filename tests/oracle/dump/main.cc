// oracle_dump CASES.json FOLDER

#include <ATen/Parallel.h>

#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "oracle/dump/dump.h"

int main(int argc, char** argv) {
  using r50::test::Json;
  const std::map<std::string, std::function<void(const Json&, const std::string&)>> kinds = {
      {"scheduler", r50::test::dump_schedule},  {"optimizer", r50::test::dump_optimizer},
      {"averaging", r50::test::dump_averaging}, {"loss", r50::test::dump_loss},
      {"model", r50::test::dump_model},
  };
  if (argc != 3) {
    std::cerr << "usage: oracle_dump CASES.json FOLDER\n";
    return 2;
  }
  try {
    at::set_num_threads(1);  // sums depend on the number of threads; the Python side uses one too
    std::ifstream file(argv[1]);
    const Json cases = Json::parse(file);
    for (const Json& entry : cases) {
      const std::string folder = std::string(argv[2]) + "/" + entry.at("name").get<std::string>();
      std::filesystem::create_directories(folder);
      kinds.at(entry.at("kind").get<std::string>())(entry, folder);
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
