// CPU time of processes, from /proc: to the hundredth of a second, as Linux counts it there.
#ifndef SELFSAME_TESTS_BENCH_CPU_H_
#define SELFSAME_TESTS_BENCH_CPU_H_

#include <sys/types.h>

namespace selfsame::bench {

// User and system seconds of all threads of a process so far; 0 for no process (pid 0).
double CpuSeconds(pid_t pid);

// The same of a PostgreSQL: its postmaster, the processes it has and those it had.
double ClusterCpuSeconds(pid_t postmaster);

// The processes of one case.
struct Watched {
  pid_t server = 0;      // 0: there is none.
  pid_t postmaster = 0;  // Likewise.
};

struct CpuUse {
  double server = 0;
  double postgres = 0;
  double client = 0;  // This very process.
};

CpuUse CpuOf(const Watched& watched);
CpuUse operator-(const CpuUse& later, const CpuUse& earlier);

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_CPU_H_
