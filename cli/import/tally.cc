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
  for (const auto& value : outcome.left_out()) {
    ++left_out_[{FieldOfPath(value.field()), value.reason()}];
  }
}

std::uint64_t Tally::values_left_out() const {
  std::uint64_t count = 0;
  for (const auto& [field, values] : left_out_) count += values;
  return count;
}

std::string FieldOfPath(std::string_view path) {
  std::string field;
  bool inside = false;
  for (const char c : path) {
    if (c == ']') inside = false;
    if (!inside) field.push_back(c);
    if (c == '[') inside = true;
  }
  return field;
}

std::uint64_t Tally::CountOf(std::string_view outcome) const {
  std::uint64_t count = 0;
  for (const auto& [name, rows] : counts_) {
    if (name.first == outcome) count += rows;
  }
  return count;
}

std::uint64_t Tally::CountOf(std::string_view outcome, std::string_view reason) const {
  const auto found = counts_.find({std::string(outcome), std::string(reason)});
  return found == counts_.end() ? 0 : found->second;
}

bool Tally::AllWell() const {
  const bool all_good = std::all_of(counts_.begin(), counts_.end(), [](const auto& entry) {
    return std::find(kGoodOutcomes.begin(), kGoodOutcomes.end(), entry.first.first) !=
           kGoodOutcomes.end();
  });
  return all_good && rows_unsettled() == 0;
}

}  // namespace selfsame::cli
