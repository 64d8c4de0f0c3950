// What a metric is made of: counters, gauges and histograms of plain atomics, and families of them.
// Not the metrics themselves (metrics.h) and not how they are served (metrics_server.h).
//
// Own atomics rather than a library's: an update is one instruction without a lock, and no other
// folder sees the library's headers. Everything here is thread-safe; nothing can be moved, so a
// reference stays good as long as what holds the instrument.
#ifndef SELFSAME_SERVER_OBSERVE_INSTRUMENTS_H_
#define SELFSAME_SERVER_OBSERVE_INSTRUMENTS_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"

namespace selfsame::observe {

// Only grows. An Add is visible no later than any Add that its thread makes after it: that is how
// a scrape that reads outcomes first never finds more of them than records received.
class Counter {
 public:
  void Add(std::uint64_t count = 1) { count_.fetch_add(count, std::memory_order_release); }
  std::uint64_t Value() const { return count_.load(std::memory_order_acquire); }

 private:
  std::atomic<std::uint64_t> count_{0};
};

// A level that goes up and down.
class Gauge {
 public:
  explicit Gauge(std::int64_t level = 0) : level_(level) {}
  void Set(std::int64_t level) { level_.store(level, std::memory_order_relaxed); }
  void Add(std::int64_t change) { level_.fetch_add(change, std::memory_order_relaxed); }
  std::int64_t Value() const { return level_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> level_;
};

// How a measure is distributed over fixed ranges.
class Histogram {
 public:
  // Requires: bounds ascending, at least one, and alive as long as the histogram. Each bound
  // belongs to the range it closes; a last range has no bound.
  explicit Histogram(std::span<const double> bounds)
      : bounds_(bounds), counts_(bounds.size() + 1) {}

  void Observe(double value) {
    const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
    counts_[bound - bounds_.begin()].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }

  std::span<const double> bounds() const { return bounds_; }
  // How many fell into range `index`, which ends at bounds()[index].
  std::uint64_t Count(std::size_t index) const {
    return counts_[index].load(std::memory_order_relaxed);
  }
  std::uint64_t Total() const {
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) total += Count(i);
    return total;
  }
  double Sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  const std::span<const double> bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_;
  std::atomic<double> sum_{0};
};

// Label names and values of one instrument.
using Labels = std::vector<std::pair<std::string_view, std::string>>;

// The instruments of one metric that has labels. All are made while the family is constructed.
template <typename T>
class Family {
 public:
  struct Member {
    template <typename... Args>
    explicit Member(Labels labels, const Args&... args)
        : labels(std::move(labels)), instrument(args...) {}
    const Labels labels;
    T instrument;
  };
  const std::deque<Member>& members() const { return members_; }

 protected:
  template <typename... Args>
  T& Make(Labels labels, const Args&... args) {
    return members_.emplace_back(std::move(labels), args...).instrument;
  }
  std::deque<Member> members_;
};

// One instrument for each value of one label. The values are a closed set; any other value counts
// as "OTHER", so that no input can ever make a new series.
template <typename T>
class Labelled : public Family<T> {
 public:
  Labelled(std::string_view label, std::span<const std::string_view> values) {
    for (const std::string_view value : values) {
      if (!by_value_.contains(value))
        by_value_.emplace(value, &this->Make({{label, std::string(value)}}));
    }
    other_ = &this->Make({{label, "OTHER"}});
  }

  // The instrument of a value; good as long as this object.
  T& Of(std::string_view value) {
    const auto found = by_value_.find(value);
    return found == by_value_.end() ? *other_ : *found->second;
  }

 private:
  std::map<std::string, T*, std::less<>> by_value_;  // Constant after construction.
  T* other_ = nullptr;
};
using LabelledCounters = Labelled<Counter>;
using LabelledGauges = Labelled<Gauge>;

// One histogram for each lane, numbered from 0.
class LaneHistograms : public Family<Histogram> {
 public:
  LaneHistograms(std::size_t lanes, std::span<const double> bounds) {
    for (std::size_t lane = 0; lane < lanes; ++lane) Make({{"lane", std::to_string(lane)}}, bounds);
  }
  // Requires: lane below the number of lanes.
  Histogram& Of(std::size_t lane) {
    SELFSAME_CHECK(lane < members_.size());
    return members_[lane].instrument;
  }
};

// An instrument or a family with the name and the help text it is exported under.
template <typename T>
class Named : public T {
 public:
  template <typename... Args>
  Named(std::string_view name, std::string_view help, const Args&... args)
      : T(args...), name(name), help(help) {}
  const std::string_view name;
  const std::string_view help;
};

}  // namespace selfsame::observe

#endif  // SELFSAME_SERVER_OBSERVE_INSTRUMENTS_H_
