#include "tests/bench/cpu.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace selfsame::bench {
namespace {

struct Ticks {
  long own = 0;
  long ended_children = 0;
};

// proc(5): after the name, which may hold anything but ends at the last parenthesis, utime, stime,
// cutime and cstime are fields 14 to 17; the state, right behind the name, is field 3.
Ticks TicksOf(pid_t pid) {
  std::string line;
  std::getline(std::ifstream(fmt::format("/proc/{}/stat", pid)), line);
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};  // Ended, and nobody's child any more.
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  long user = 0, system = 0, children_user = 0, children_system = 0;
  fields >> user >> system >> children_user >> children_system;
  return {user + system, children_user + children_system};
}

double Seconds(long ticks) { return static_cast<double>(ticks) / sysconf(_SC_CLK_TCK); }

}  // namespace

double CpuSeconds(pid_t pid) { return pid == 0 ? 0 : Seconds(TicksOf(pid).own); }

double ClusterCpuSeconds(pid_t postmaster) {
  if (postmaster == 0) return 0;
  const Ticks ticks = TicksOf(postmaster);
  long sum = ticks.own + ticks.ended_children;
  std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", postmaster));
  pid_t child = 0;
  while (children >> child) sum += TicksOf(child).own;
  return Seconds(sum);
}

CpuUse CpuOf(const Watched& watched) {
  return {.server = CpuSeconds(watched.server),
          .postgres = ClusterCpuSeconds(watched.postmaster),
          .client = CpuSeconds(getpid())};
}

CpuUse operator-(const CpuUse& later, const CpuUse& earlier) {
  return {.server = later.server - earlier.server,
          .postgres = later.postgres - earlier.postgres,
          .client = later.client - earlier.client};
}

}  // namespace selfsame::bench
