#include "plugin/stamp.h"

#include <unistd.h>

// Boost 1.74's library_info.hpp uses std::vector without including it.
#include <vector>
#define BOOST_DLL_USE_STD_FS
#include <boost/dll/library_info.hpp>
#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>

#include "r50/abi.h"
#include "r50/error.h"

namespace r50::host {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view prefix = R50_STAMP_PREFIX;

[[noreturn]] void refuse_file(const std::string& file, const std::string& what,
                              const std::string& hint) {
  Problems problems;
  problems.add({}, "the plugin file '" + file + "' " + what, hint);
  throw WrongInput(std::move(problems));
}

void require_readable_file(const std::string& file) {
  std::error_code fault;
  const fs::file_status status = fs::status(file, fault);
  if (status.type() == fs::file_type::not_found) {
    const bool link = fs::is_symlink(fs::symlink_status(file, fault));
    refuse_file(file, link ? "is a link that leads nowhere" : "does not exist",
                "check the path, or build the plugin first");
  }
  if (status.type() == fs::file_type::directory) {
    refuse_file(file, "is a folder, not a shared library", "name the .so file inside it");
  }
  if (status.type() == fs::file_type::none) {
    refuse_file(file, "cannot be looked at: " + fault.message(),
                "check the rights of the folders above it");
  }
  if (status.type() != fs::file_type::regular) {
    refuse_file(file, "is not a regular file", "name the .so file of a plugin");
  }
  if (access(file.c_str(), R_OK) != 0) {
    refuse_file(file, "cannot be read: " + std::string(std::strerror(errno)),
                "make it readable: chmod a+r '" + file + "'");
  }
}

std::vector<std::string> section_names(const std::string& file) {
  try {
    return boost::dll::library_info(file).sections();
  } catch (const std::exception& error) {  // bad_alloc and stream errors among them
    refuse_file(file, "is damaged, or not a shared library: " + std::string(error.what()),
                "build or copy it again");
  }
}

std::string or_none(const std::string& sanitizer) {
  return sanitizer.empty()     ? "no sanitizer"
         : sanitizer == "asan" ? "AddressSanitizer"
         : sanitizer == "tsan" ? "ThreadSanitizer"
                               : "sanitizer '" + sanitizer + "'";
}

void append(std::string& list, const std::string& item) {
  list += (list.empty() ? "" : "; ") + item;
}

}  // namespace

std::optional<Stamp> Stamp::parse(std::string_view section) {
  if (!section.starts_with(prefix)) return std::nullopt;
  section.remove_prefix(prefix.size());
  const std::size_t torch = section.find(".torch");
  const std::size_t cxx = section.find(".cxx");
  if (torch == std::string_view::npos || cxx == std::string_view::npos || torch > cxx) {
    return std::nullopt;
  }
  Stamp stamp;
  stamp.abi = section.substr(0, torch);
  stamp.torch = section.substr(torch + 6, cxx - torch - 6);
  stamp.cxx = section.substr(cxx + 1);
  if (const std::size_t dot = stamp.cxx.find('.'); dot != std::string::npos) {
    stamp.sanitizer = stamp.cxx.substr(dot + 1);
    stamp.cxx.resize(dot);
  }
  return stamp;
}

std::string own_stamp() { return R50_STAMP; }

std::string read_stamp(const std::string& file) {
  require_readable_file(file);
  if (const std::string fault = elf_fault(file); !fault.empty()) {
    refuse_file(file, fault,
                "name the .so file of a plugin; if this is one, build or copy it again");
  }
  for (std::string& name : section_names(file)) {
    if (name.starts_with(prefix)) return std::move(name);
  }
  refuse_file(
      file, "is a shared library, but not an r50 plugin: it holds no r50 stamp",
      "a plugin's source ends with R50_PLUGIN(Class, \"name\") and is built by r50_add_plugin");
}

void require_same_stamp(const std::string& file, std::string_view theirs, std::string_view ours) {
  if (theirs == ours) return;
  const std::optional<Stamp> plugin = Stamp::parse(theirs);
  const std::optional<Stamp> program = Stamp::parse(ours);
  std::string differences;
  std::string hint = "build it again against this r50";
  if (plugin && program) {
    if (plugin->abi != program->abi) {
      append(differences, "its plugin interface is number " + plugin->abi +
                              ", this r50 has number " + program->abi);
    }
    if (plugin->torch != program->torch) {
      append(differences,
             "it was built with libtorch " + plugin->torch + ", this r50 with " + program->torch);
    }
    if (plugin->cxx != program->cxx) {
      append(differences, "its C++ library ABI is " + plugin->cxx + ", this r50's is " +
                              program->cxx + " (_GLIBCXX_USE_CXX11_ABI)");
    }
    if (plugin->sanitizer != program->sanitizer) {
      append(differences, "it was built with " + or_none(plugin->sanitizer) + ", this r50 with " +
                              or_none(program->sanitizer));
      hint += ", with the same sanitizer";
    }
  }
  if (differences.empty()) {
    append(differences,
           "its stamp is '" + std::string(theirs) + "', this r50's is '" + std::string(ours) + "'");
  }
  refuse_file(file, "cannot be loaded by this r50: " + differences,
              hint +
                  ": configure its project with -DCMAKE_PREFIX_PATH=(where r50 is installed), or, "
                  "inside r50's own tree, build the tree again");
}

}  // namespace r50::host
