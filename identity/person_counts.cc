#include "identity/person_counts.h"

#include <algorithm>

namespace selfsame::identity {
namespace {

// True when some span of the rule's window holds more than the rule allows.
bool BreaksWindow(const KindRule& rule, const std::vector<TimeUs>& some,
                  const std::vector<TimeUs>& others) {
  std::vector<TimeUs> times(some);
  times.insert(times.end(), others.begin(), others.end());
  std::sort(times.begin(), times.end());
  const auto max = static_cast<std::size_t>(rule.per_person_max);
  for (std::size_t i = 0; i + max < times.size(); ++i) {
    if (times[i + max].us - times[i].us < rule.window.count()) return true;
  }
  return false;
}

bool Breaks(const KindRule& rule, const std::vector<TimeUs>& some,
            const std::vector<TimeUs>& others) {
  if (some.size() + others.size() <= static_cast<std::size_t>(rule.per_person_max)) return false;
  return rule.window.count() == 0 || BreaksWindow(rule, some, others);
}

}  // namespace

void PersonCounts::Add(std::string_view kind, TimeUs first_evidence) {
  times_[kind].push_back(first_evidence);
}

Refusal PersonCounts::CheckUnion(const PersonCounts& other, const Ruleset& rules) const {
  Refusal refusal = Refusal::kNone;
  for (const auto& [kind, times] : times_) {
    const auto found = other.times_.find(kind);
    const KindRule* rule = rules.Find(kind);
    if (found == other.times_.end() || rule == nullptr) continue;
    if (!Breaks(*rule, times, found->second)) continue;
    if (rule->IsUnique()) return Refusal::kUniqueConflict;
    refusal = Refusal::kLimitExceeded;
  }
  return refusal;
}

void PersonCounts::Absorb(PersonCounts& other) {
  for (auto& [kind, times] : other.times_) {
    std::vector<TimeUs>& mine = times_[kind];
    mine.insert(mine.end(), times.begin(), times.end());
  }
  other.times_.clear();
}

}  // namespace selfsame::identity
