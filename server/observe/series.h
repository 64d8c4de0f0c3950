// Series: instruments that appear with what they measure, such as a source's first record of a
// schema. For labels whose values are known only while the server runs; closed sets are in
// instruments.h.
#ifndef SELFSAME_SERVER_OBSERVE_SERIES_H_
#define SELFSAME_SERVER_OBSERVE_SERIES_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/mutex.h"
#include "server/observe/instruments.h"

namespace selfsame::observe {

// What stands for all that is not told apart. No tenant or source can have such a name.
inline constexpr std::string_view kShared = "OTHER";

// A longer value of a label is shown as kShared: names that are registered may be long, and a table
// holds tens of thousands of rows.
inline constexpr std::size_t kLabelBytesMax = 256;

struct SeriesBounds {
  std::size_t rows_max = 0;
  // Of one source: of the same first two labels. 0: no bound of its own.
  std::size_t source_rows_max = 0;
};

// Thread-safe. Values of labels must come from what the operator registered (tenants, sources,
// schemas, fields) or from the code, never from a record: at most rows_max of them are told apart,
// each of at most kLabelBytesMax bytes a label.
template <typename T, std::size_t kLabels>
class Series {
 public:
  using Names = std::array<std::string_view, kLabels>;
  using Values = std::array<std::string, kLabels>;

  // `args` are handed to each instrument.
  template <typename... Args>
  Series(const Names& names, SeriesBounds bounds, const Args&... args)
      : names_(names), bounds_(bounds), make_([=](Rows& rows, const Values& values) -> T& {
          return rows.try_emplace(values, args...).first->second;
        }) {}
  template <typename... Args>
  Series(const Names& names, std::size_t rows_max, const Args&... args)
      : Series(names, SeriesBounds{.rows_max = rows_max}, args...) {}

  // The instrument of these values, made at its first call; good as long as this object. Takes a
  // lock: keep the reference. Past source_rows_max a source's further ones share one that has its
  // tenant and name and is "OTHER" in the rest; past rows_max all further ones share one, "OTHER"
  // throughout.
  T& Of(const Values& values) {
    MutexLock lock(mutex_);
    if (std::none_of(values.begin(), values.end(), IsLong)) return Find(values);
    Values shortened = values;
    std::replace_if(shortened.begin(), shortened.end(), IsLong, std::string(kShared));
    return Find(shortened);
  }

  using Visit = std::function<void(const Values& values, const T& instrument)>;
  void ForEachRow(const Visit& visit) const {
    MutexLock lock(mutex_);
    for (const auto& [values, instrument] : rows_) visit(values, instrument);
  }
  using VisitLabels = std::function<void(const Labels& labels, const T& instrument)>;
  void ForEach(const VisitLabels& visit) const {
    ForEachRow([&](const Values& values, const T& instrument) {
      Labels labels;
      for (std::size_t i = 0; i < kLabels; ++i) labels.emplace_back(names_[i], values[i]);
      visit(labels, instrument);
    });
  }

  // How many label sets had to share an instrument: at most kOverMax of them are told.
  const Counter& over() const { return over_; }

  static constexpr std::size_t kOverMax = 10'000;

 private:
  using Rows = std::map<Values, T>;
  using SourceName = std::pair<std::string, std::string>;

  static bool IsLong(const std::string& value) { return value.size() > kLabelBytesMax; }

  T& Find(const Values& values) SELFSAME_REQUIRES(mutex_) {
    if (const auto found = rows_.find(values); found != rows_.end()) return found->second;
    const bool has_room = rows_.size() < bounds_.rows_max;
    if (has_room && TakeRowOfSource(values)) return make_(rows_, values);
    NoteOver(values);
    Values shared;
    shared.fill(std::string(kShared));
    if (has_room) KeepSource(values, shared);
    return make_(rows_, shared);
  }

  static void KeepSource([[maybe_unused]] const Values& values, [[maybe_unused]] Values& shared) {
    if constexpr (kLabels > 2) {
      shared[0] = values[0];
      shared[1] = values[1];
    }
  }

  bool TakeRowOfSource([[maybe_unused]] const Values& values) SELFSAME_REQUIRES(mutex_) {
    if constexpr (kLabels > 2) {
      if (bounds_.source_rows_max == 0) return true;
      std::size_t& rows = rows_of_source_[{values[0], values[1]}];
      return rows < bounds_.source_rows_max && ++rows > 0;
    }
    return true;
  }

  // Remembered by hash, so that asking again for the same counts once.
  void NoteOver(const Values& values) SELFSAME_REQUIRES(mutex_) {
    if (seen_over_.size() >= kOverMax) return;
    std::size_t hash = 0;
    for (const std::string& value : values) {
      hash = hash * 1'000'003 + std::hash<std::string>()(value);
    }
    if (seen_over_.insert(hash).second) over_.Add();
  }

  const Names names_;
  const SeriesBounds bounds_;
  const std::function<T&(Rows&, const Values&)> make_;
  Counter over_;
  mutable Mutex mutex_;
  Rows rows_ SELFSAME_GUARDED_BY(mutex_);
  // Those within bounds, of tables that have a bound a source.
  std::map<SourceName, std::size_t> rows_of_source_ SELFSAME_GUARDED_BY(mutex_);
  std::unordered_set<std::size_t> seen_over_ SELFSAME_GUARDED_BY(mutex_);
};

}  // namespace selfsame::observe

#endif  // SELFSAME_SERVER_OBSERVE_SERIES_H_
