#pragma once

// The pickle in a checkpoint: what r50 writes, and state dicts as Python's torch.save writes them.
// Nothing is ever executed. (libtorch's own reader does not know OrderedDict, which every state
// dict of Python is.)

#include <string>

#include "checkpoint/zip.h"
#include "r50/archive.h"

namespace r50::checkpoint {

// Throws Error, which begins with "'PATH' ", for what an Archive cannot hold.
Archive unpickle(const CheckpointZip& zip, const std::string& path);

}  // namespace r50::checkpoint
