#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace r50 {

// The candidate a typing hand most likely meant: within 3 edits (insert, delete, replace, swap of
// neighbours, letter case for nothing) and nearer than half the word. None if nothing is near.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

// "did you mean 'lr'?", or else "known keys: lr, warmup" (what = "keys").
std::string near_guess(std::string_view word, const std::vector<std::string>& candidates,
                       std::string_view what);

}  // namespace r50
