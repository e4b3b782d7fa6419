#pragma once

#include <optional>
#include <string>

#include "r50/archive.h"
#include "r50/plugin.h"

namespace r50::contract {

// What a plugin saves are often its live tensors: a copy stands still.
Archive copy(const Archive& archive);

// Where two states differ: "momentum_buffer.fc.weight"; none if they are equal to the last bit.
std::optional<std::string> difference(const Archive& a, const Archive& b);

template <class Interface>
Archive saved(const Held<Interface>& plugin) {
  Archive archive;
  plugin.call([&](auto& it) { it.save(archive); });
  return copy(archive);
}

template <class Interface>
void load(const Held<Interface>& plugin, const Archive& state) {
  plugin.call([&](auto& it) { it.load(state); });
}

template <class Interface>
bool resumable(const Held<Interface>& plugin) {
  return plugin.call([](auto& it) { return it.resumable(); });
}

}  // namespace r50::contract
