#pragma once

// One checkpoint file: a zip that Python's torch.load(weights_only=True) reads as nested dicts.

#include <string>

#include "base/files.h"
#include "r50/archive.h"

namespace r50::checkpoint {

// Equal archives give equal bytes, whenever and wherever they are written. Temp file, fsync,
// rename, fsync of the folder.
void write_checkpoint(base::Files& files, const std::string& path, const Archive& archive);

// Writes the file as it stands and syncs it; the caller renames it into place.
void write_archive(base::Files& files, const std::string& path, const Archive& archive);

// Every CRC is verified. Throws an Error that says what is wrong with the file.
Archive read_checkpoint(base::Files& files, const std::string& path);

}  // namespace r50::checkpoint
