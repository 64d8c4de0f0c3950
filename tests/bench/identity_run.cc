#include "tests/bench/identity_run.h"

#include <fmt/format.h>

#include "tests/bench/stage.h"

namespace selfsame::bench {

// The hot profile last: the deadlocks that PostgreSQL counted are those of the whole run.
Result<IdentityFindings> RunIdentityBenchmark(const IdentityOptions& options) {
  fmt::print(stderr, "starting a private PostgreSQL and selfsamed\n");
  SELFSAME_ASSIGN_OR_RETURN(const auto stage, Stage::Start(options.program));
  IdentityFindings run{.options = options,
                       .postgres_version = stage->PostgresVersion(),
                       .is_on_disk = stage->IsOnDisk(),
                       .merge = {},
                       .kiosk = {},
                       .hot = {}};
  if (options.has_kiosk) {
    SELFSAME_ASSIGN_OR_RETURN(run.kiosk, MeasureKiosk(*stage, options));
  }
  if (options.has_merge) {
    SELFSAME_ASSIGN_OR_RETURN(run.merge, MeasureMerges(*stage, options));
  }
  if (options.has_hot) {
    SELFSAME_ASSIGN_OR_RETURN(run.hot, MeasureHotProfile(*stage, options));
  }
  return run;
}

}  // namespace selfsame::bench
