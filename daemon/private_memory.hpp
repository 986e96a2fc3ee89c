// Keys are in this process's memory.
#pragma once

namespace callmirror::daemon {

// From now on: no core file, not even one that the kernel pipes to a program whatever its size
// limit, and no look into memory or environment by another process of the same user. At the
// program's start, before a key is read.
void keep_memory_private();

} // namespace callmirror::daemon
