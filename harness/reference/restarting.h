#pragma once
// What a broker that was stopped or killed still knows when it is started again (3.1.1 and 5.0: section 4.1).
#include "harness/reference/core.h"

namespace reference {

// The connections have ended already. `killed`: it had no time to save anything at the end.
void come_back(Core& core, bool killed);

}  // namespace reference
