#pragma once

// lr = "from:FILE": a learning rate that find-lr has found.

#include "base/files.h"
#include "r50/plugin.h"
#include "r50/value.h"

namespace r50::config {

enum class SchedulerRates {
  from_files,
  stand_in,  // find-lr uses no schedule, and may be about to write the very file it names
};

// Puts the number in place of every "from:FILE" that a document has where a schema, of the core or
// of a plugin, wants a rate; its spot then names the origin as well. FILE is relative to the file
// that names it, on the command line to the current directory; a folder means the
// lr_suggestion.json in it. Told as a problem: a file that is missing, damaged, or was found for
// another batch.
void take_up_rates(Value& document, base::Files& files, PluginSource& plugins,
                   SchedulerRates scheduler, Problems& problems);

}  // namespace r50::config
