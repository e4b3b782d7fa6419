#pragma once

#include "r50/archive.h"

namespace r50::checkpoint {

// A copy of `live` on the CPU, made in the tensors of `kept` (an earlier snapshot, or empty)
// wherever key, shape and type are the same: in steady state no tensor is allocated. Tensors of
// `kept` that are not used again are freed.
void take_snapshot(const Archive& live, Archive& kept);

// The memory that a snapshot of `live` needs, touched, so that taking it is only copying. Values of
// `live` are not read: they may be changing.
void make_room(const Archive& live, Archive& kept);

}  // namespace r50::checkpoint
