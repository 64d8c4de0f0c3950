#include "server/open_files.h"

#include <sys/resource.h>

namespace selfsame::server {

std::int64_t RaiseOpenFilesLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  rlimit raised = limit;
  raised.rlim_cur = raised.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return static_cast<std::int64_t>(limit.rlim_cur);
}

}  // namespace selfsame::server
