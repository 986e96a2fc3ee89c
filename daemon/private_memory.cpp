#include "daemon/private_memory.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace callmirror::daemon {

void keep_memory_private() {
    constexpr rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none); // where a sandbox forbids it, the next line is enough
    ::prctl(PR_SET_DUMPABLE, 0);
}

} // namespace callmirror::daemon
