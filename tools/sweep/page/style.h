#pragma once

#include "sweep/page/html.h"

namespace r50::sweep::page {

Html style_element();
Html script_element();
// Nothing is fetched, and no script runs but that one: by its hash.
Html policy_element();

}  // namespace r50::sweep::page
