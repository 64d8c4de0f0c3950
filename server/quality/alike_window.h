// Alike window: which records say what an earlier one said, under another key: a client that makes
// new keys for its retries, an export that holds lines twice.
#ifndef SELFSAME_SERVER_QUALITY_ALIKE_WINDOW_H_
#define SELFSAME_SERVER_QUALITY_ALIKE_WINDOW_H_

#include <cstddef>
#include <map>
#include <unordered_set>

#include "base/ids.h"

namespace selfsame::quality {

struct AlikeBounds {
  std::size_t records = 0;  // That a source is looked back over.
  std::size_t sources = 0;  // That have a window of their own.
};

// Looks back over at least the last `records` records of each source, and at most over twice as
// many, so that a busy source does not push out what a quiet one said. The first `sources` sources
// that send anything have a window each, all further ones share one. Not thread-safe.
class AlikeWindow {
 public:
  explicit AlikeWindow(AlikeBounds bounds) : bounds_(bounds) {}

  // Whether a record of the same source and content was added before; adds it.
  bool Add(SourceId source, const Fingerprint& fingerprint) {
    Window& window = WindowOf(source);
    const Seen seen{source, fingerprint};
    const bool is_alike = window.newer.contains(seen) || window.older.contains(seen);
    if (window.newer.size() >= bounds_.records) {
      window.older.swap(window.newer);
      window.newer.clear();
    }
    window.newer.insert(seen);
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
  struct Window {
    Set newer;
    Set older;
  };

  Window& WindowOf(SourceId source) {
    const auto own = windows_.find(source);
    if (own != windows_.end()) return own->second;
    return windows_.size() < bounds_.sources ? windows_[source] : shared_;
  }

  const AlikeBounds bounds_;
  std::map<SourceId, Window> windows_;
  Window shared_;
};

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_ALIKE_WINDOW_H_
