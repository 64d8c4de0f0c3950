// Alike window: which records say what an earlier one said, under another key: a client that makes
// new keys for its retries, an export that holds lines twice.
#ifndef SELFSAME_SERVER_QUALITY_ALIKE_WINDOW_H_
#define SELFSAME_SERVER_QUALITY_ALIKE_WINDOW_H_

#include <cstddef>
#include <unordered_set>

#include "base/ids.h"

namespace selfsame::quality {

// Looks back over at least the last `records` records, and at most over twice as many. Not
// thread-safe.
class AlikeWindow {
 public:
  explicit AlikeWindow(std::size_t records) : records_(records) {}

  // Whether a record of the same source and content was added before; adds it.
  bool Add(SourceId source, const Fingerprint& fingerprint) {
    const Seen seen{source, fingerprint};
    const bool is_alike = newer_.contains(seen) || older_.contains(seen);
    if (newer_.size() >= records_) {
      older_.swap(newer_);
      newer_.clear();
    }
    newer_.insert(seen);
    return is_alike;
  }

 private:
  struct Seen {
    SourceId source;
    Fingerprint fingerprint;
    bool operator==(const Seen&) const = default;
  };
  struct SeenHash {
    std::size_t operator()(const Seen& seen) const {
      return Id128Hash()(seen.fingerprint) ^ static_cast<std::size_t>(seen.source.value);
    }
  };
  using Set = std::unordered_set<Seen, SeenHash>;

  const std::size_t records_;
  Set newer_;
  Set older_;
};

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_ALIKE_WINDOW_H_
