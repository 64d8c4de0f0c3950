// Quality deltas: how the profiles that one commit writes change the sums that completeness and
// freshness are read from (storage/quality.h).
#ifndef SELFSAME_SERVER_INGEST_QUALITY_DELTAS_H_
#define SELFSAME_SERVER_INGEST_QUALITY_DELTAS_H_

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/ids.h"
#include "identity/fold.h"
#include "storage/quality.h"

namespace selfsame::ingest {

// Owned by one transaction body.
class QualityDeltas {
 public:
  // A profile as it was before the commit, which the commit replaces or deletes.
  void Take(const identity::Attributes& attributes) { Count(attributes, -1); }
  // A profile as the commit leaves it.
  void Give(const identity::Attributes& attributes) { Count(attributes, 1); }

  // What is different now: nothing where a profile says what it said before.
  std::vector<storage::ProfileFieldCount> Changes() const;

 private:
  using Slot = std::tuple<std::string, SourceId, std::int32_t>;  // Attribute, source, day.
  struct Change {
    std::int64_t profiles = 0;
    std::int64_t seconds = 0;
  };
  void Count(const identity::Attributes& attributes, int sign);

  std::map<Slot, Change> changes_;
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_QUALITY_DELTAS_H_
