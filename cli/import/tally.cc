#include "cli/import/tally.h"

#include <algorithm>
#include <array>

#include "cli/outcome.h"

namespace selfsame::cli {
namespace {

constexpr std::array<std::string_view, 5> kGoodOutcomes = {"ACCEPTED", "DUPLICATE", "QUARANTINED",
                                                           "CONSENT_DENIED", "SUPPRESSED"};

}  // namespace

void Tally::CountUnreadable(std::string_view reason) {
  ++counts_[{std::string(kUnreadableRow), std::string(reason)}];
}

void Tally::CountOutcome(const ingest::v1::RecordOutcome& outcome) {
  ++rows_settled_;
  ++counts_[{OutcomeName(outcome.outcome()), outcome.reason()}];
}

std::uint64_t Tally::CountOf(std::string_view outcome) const {
  std::uint64_t count = 0;
  for (const auto& [name, rows] : counts_) {
    if (name.first == outcome) count += rows;
  }
  return count;
}

bool Tally::AllWell() const {
  const bool all_good = std::all_of(counts_.begin(), counts_.end(), [](const auto& entry) {
    return std::find(kGoodOutcomes.begin(), kGoodOutcomes.end(), entry.first.first) !=
           kGoodOutcomes.end();
  });
  return all_good && rows_unsettled() == 0;
}

}  // namespace selfsame::cli
