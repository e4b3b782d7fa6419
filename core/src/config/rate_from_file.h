#pragma once

// lr = "from:FILE": a learning rate that find-lr has found.

#include <cstdint>
#include <string>

#include "config/document.h"
#include "r50/plugin.h"

namespace r50::config {

// What a run takes from an lr_suggestion.json of find-lr. run/lr_result.cc writes it.
struct LrSuggestion {
  double rate = 0;
  std::string rule;
  std::int64_t batch = 0;
};

// Throws Error with a text that follows the file's name: "is damaged: ...".
LrSuggestion read_lr_suggestion(const std::string& json);

enum class SchedulerRates {
  from_files,
  stand_in,  // find-lr uses no schedule, and may be about to write the very file it names
};

// Puts the number in place of every "from:FILE" that a document has where a schema, of the core or
// of a plugin, wants a rate; its spot then names the origin as well. FILE is relative to the file
// that names it, on the command line to the current directory; a folder means the
// lr_suggestion.json in it. A problem is: a file that is missing, damaged, or was found for
// another batch.
void take_up_rates(Document& document, base::Files& files, PluginSource& plugins,
                   SchedulerRates scheduler, Problems& problems);

}  // namespace r50::config
