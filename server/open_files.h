// How many files and connections this process may hold open.
#ifndef SELFSAME_SERVER_OPEN_FILES_H_
#define SELFSAME_SERVER_OPEN_FILES_H_

#include <cstdint>

namespace selfsame::server {

// Raises the soft limit (1,024 on most systems) to the hard limit and returns the limit in force.
// Every connection is an open file, and gRPC stops listening for good once it cannot open another.
// Call it before threads and child processes start.
std::int64_t RaiseOpenFilesLimit();

}  // namespace selfsame::server

#endif  // SELFSAME_SERVER_OPEN_FILES_H_
