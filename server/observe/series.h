// Series: instruments that appear with what they measure, such as a source's first record of a
// schema. For labels whose values are known only while the server runs; closed sets are in
// instruments.h.
#ifndef SELFSAME_SERVER_OBSERVE_SERIES_H_
#define SELFSAME_SERVER_OBSERVE_SERIES_H_

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "server/observe/instruments.h"

namespace selfsame::observe {

// Thread-safe. Values of labels must come from what the operator registered (tenants, sources,
// schemas, fields) or from the code, never from a record: at most rows_max of them are told apart.
template <typename T, std::size_t kLabels>
class Series {
 public:
  using Names = std::array<std::string_view, kLabels>;
  using Values = std::array<std::string, kLabels>;

  // `args` are handed to each instrument.
  template <typename... Args>
  Series(const Names& names, std::size_t rows_max, const Args&... args)
      : names_(names), rows_max_(rows_max), make_([=](Rows& rows, const Values& values) -> T& {
          return rows.try_emplace(values, args...).first->second;
        }) {}

  // The instrument of these values, made at its first call; good as long as this object. Takes a
  // lock: keep the reference. Past rows_max all further ones share one, labelled "OTHER".
  T& Of(const Values& values) {
    MutexLock lock(mutex_);
    if (const auto found = rows_.find(values); found != rows_.end()) return found->second;
    if (rows_.size() < rows_max_) return make_(rows_, values);
    Values other;
    other.fill("OTHER");
    return make_(rows_, other);
  }

  using Visit = std::function<void(const Labels& labels, const T& instrument)>;
  void ForEach(const Visit& visit) const {
    MutexLock lock(mutex_);
    for (const auto& [values, instrument] : rows_) {
      Labels labels;
      for (std::size_t i = 0; i < kLabels; ++i) labels.emplace_back(names_[i], values[i]);
      visit(labels, instrument);
    }
  }

 private:
  using Rows = std::map<Values, T>;

  const Names names_;
  const std::size_t rows_max_;
  const std::function<T&(Rows&, const Values&)> make_;
  mutable Mutex mutex_;
  Rows rows_ SELFSAME_GUARDED_BY(mutex_);
};

}  // namespace selfsame::observe

#endif  // SELFSAME_SERVER_OBSERVE_SERIES_H_
