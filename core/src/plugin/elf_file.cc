#include "plugin/stamp.h"

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <vector>

namespace r50::host {

namespace {

#if defined(__x86_64__)
constexpr Elf64_Half machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half machine = EM_AARCH64;
#else
#error "name this machine's ELF number here"
#endif

// Section names of a real library take a few hundred bytes; a larger table is a garbled number.
constexpr std::uint64_t most_names = 1 << 20;

class Reader {
 public:
  explicit Reader(const std::string& file) : stream_(file, std::ios::binary) {
    stream_.seekg(0, std::ios::end);
    const auto end = stream_.tellg();
    size_ = end < 0 ? 0 : static_cast<std::uint64_t>(end);
  }

  bool holds(std::uint64_t offset, std::uint64_t size) const {
    return offset <= size_ && size <= size_ - offset;
  }

  bool read(std::uint64_t offset, void* to, std::uint64_t size) {
    if (!holds(offset, size)) return false;
    stream_.clear();
    stream_.seekg(static_cast<std::streamoff>(offset));
    stream_.read(static_cast<char*>(to), static_cast<std::streamsize>(size));
    return stream_.good();
  }

  template <class T>
  std::optional<T> read(std::uint64_t offset) {
    T value;
    if (!read(offset, &value, sizeof value)) return std::nullopt;
    return value;
  }

 private:
  std::ifstream stream_;
  std::uint64_t size_ = 0;
};

// A file cut short still has its beginning, which the loader would map and then die of.
bool segments_lie_inside(Reader& file, const Elf64_Ehdr& header) {
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = file.read<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
    if (!segment) return false;
    if (segment->p_type == PT_LOAD && !file.holds(segment->p_offset, segment->p_filesz)) {
      return false;
    }
  }
  return true;
}

bool section_names_are_sound(Reader& file, const Elf64_Ehdr& header) {
  if (header.e_shstrndx >= header.e_shnum) return false;
  if (!file.holds(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr))) return false;
  const auto names =
      file.read<Elf64_Shdr>(header.e_shoff + std::uint64_t{header.e_shstrndx} * sizeof(Elf64_Shdr));
  if (!names || names->sh_type != SHT_STRTAB) return false;
  if (names->sh_size == 0 || names->sh_size > most_names) return false;
  std::vector<char> text(static_cast<std::size_t>(names->sh_size));
  return file.read(names->sh_offset, text.data(), text.size()) && text.back() == '\0';
}

}  // namespace

std::string elf_fault(const std::string& path) {
  Reader file(path);
  unsigned char ident[EI_NIDENT] = {};
  if (!file.read(0, ident, SELFMAG) || std::memcmp(ident, ELFMAG, SELFMAG) != 0) {
    return "is not a shared library";
  }
  const auto header = file.read<Elf64_Ehdr>(0);
  if (!header) return "is a damaged shared library: it ends in its first lines";
  std::memcpy(ident, header->e_ident, sizeof ident);
  if (ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB ||
      header->e_machine != machine) {
    return "is a shared library for another kind of machine, or a damaged one";
  }
  if (header->e_type != ET_DYN) return "is not a shared library, but another kind of ELF file";
  if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_shentsize != sizeof(Elf64_Shdr) ||
      !section_names_are_sound(file, *header) || !segments_lie_inside(file, *header)) {
    return "is damaged: parts of it that its own tables name are missing";
  }
  return "";
}

}  // namespace r50::host
