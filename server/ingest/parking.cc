#include "server/ingest/parking.h"

#include <algorithm>
#include <map>

namespace selfsame::ingest {
namespace {

constexpr std::chrono::milliseconds kPauseFirst{100};
constexpr std::chrono::milliseconds kPauseMax{500};
constexpr std::chrono::seconds kForgotten{5};  // What is parked later starts with the first pause.

}  // namespace

void Parking::Park(const LaneWork& work, std::uint32_t index, Standing standing,
                   std::chrono::milliseconds give_up) {
  const PreparedRecord& record = work.submission->records()[index];
  if (parked_.empty()) {
    const bool is_again = due_ && std::chrono::steady_clock::now() - due_->at() < kForgotten;
    pause_ = is_again ? std::min(pause_ * 2, kPauseMax) : kPauseFirst;
    due_ = Deadline::After(pause_);
  }
  parked_.push_back({{.submission = work.submission,
                      .records = {index},
                      .give_up = work.give_up ? *work.give_up : Deadline::After(give_up)},
                     standing});
  if (!record.mentions.empty()) anchors_.insert(record.anchor());
  keys_.emplace(record.source, record.key);
}

bool Parking::Holds(const PreparedRecord& record) const {
  if (parked_.empty()) return false;
  return (!record.mentions.empty() && anchors_.contains(record.anchor())) ||
         keys_.contains({record.source, record.key});
}

void Parking::RemoveParked(std::vector<LaneWork>& works) const {
  std::set<std::pair<const Submission*, std::uint32_t>> parked;
  for (const Parked& one : parked_) {
    parked.emplace(one.work.submission.get(), one.work.records.front());
  }
  for (LaneWork& work : works) {
    std::erase_if(work.records, [&](std::uint32_t index) {
      return parked.contains({work.submission.get(), index});
    });
  }
  std::erase_if(works, [](const LaneWork& work) { return work.records.empty(); });
}

std::optional<Deadline> Parking::due() const {
  return parked_.empty() ? std::optional<Deadline>() : due_;
}

Parking::Taken Parking::TakeAll() {
  Taken taken;
  std::map<std::pair<TenantId, bool>, std::vector<LaneWork>> batches;
  for (Parked& parked : parked_) {
    if (parked.work.give_up->Expired()) {
      taken.expired.push_back(std::move(parked.work));
    } else {
      const bool is_sorted = parked.standing != Standing::kUnsorted;
      batches[{parked.work.submission->tenant().id, is_sorted}].push_back(std::move(parked.work));
    }
  }
  parked_.clear();
  anchors_.clear();
  keys_.clear();
  for (auto& [group, works] : batches) taken.batches.push_back(std::move(works));
  return taken;
}

}  // namespace selfsame::ingest
