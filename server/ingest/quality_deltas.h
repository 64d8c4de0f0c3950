// Quality deltas: how what one commit writes changes the sums that completeness and freshness are
// read from (storage/quality.h).
#ifndef SELFSAME_SERVER_INGEST_QUALITY_DELTAS_H_
#define SELFSAME_SERVER_INGEST_QUALITY_DELTAS_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "base/ids.h"
#include "identity/fold.h"
#include "identity/profile_sizes.h"
#include "storage/profiles.h"
#include "storage/quality.h"

namespace selfsame::ingest {

// Owned by one transaction body.
class QualityDeltas {
 public:
  // A profile as it was before the commit, which the commit replaces or deletes.
  void Take(const identity::Attributes& attributes) { CountFilled(attributes, -1); }
  // A profile as the commit leaves it.
  void Give(const identity::Attributes& attributes) { CountFilled(attributes, 1); }

  // By number of identifiers, how many more profiles have it than before.
  void CountSizes(const identity::SizeChanges& changes);

  // The claims of the commit, and the newest that their anchors had of the same attributes before:
  // at most one each.
  void Say(std::span<const storage::AnchoredClaim> claims,
           std::span<const storage::AnchoredClaim> newest_before);

  // What is different now: nothing where all is as it was.
  std::vector<storage::QualityCount> Changes() const;

 private:
  using Slot = std::tuple<storage::FieldMeasure, std::string, SourceId, std::int32_t>;
  struct Change {
    std::int64_t count = 0;
    std::int64_t seconds = 0;
  };
  void CountFilled(const identity::Attributes& attributes, int sign);
  void CountSaid(const std::string& attribute, const identity::Claim& claim, int sign);

  std::map<Slot, Change> changes_;  // By measure, attribute, source, day.
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_QUALITY_DELTAS_H_
