#include "server/ingest/turn_length.h"

#include <algorithm>

namespace selfsame::ingest {
namespace {

constexpr std::chrono::seconds kCompany{10};  // After its last record a tenant counts as gone.
constexpr std::size_t kRowsFirst = 100;
// What a transaction costs by itself would be most of the cost of smaller ones.
constexpr std::size_t kRowsMin = 25;

}  // namespace

bool TurnLength::HasCompany(TenantId tenant, TimePoint now) const {
  return std::any_of(recent_.begin(), recent_.end(), [&](const auto& other) {
    return other.first != tenant && now - other.second.seen < kCompany;
  });
}

std::size_t TurnLength::RowsFor(TenantId tenant, TimePoint now) const {
  if (!HasCompany(tenant, now)) return bounds_.rows_max;
  const auto recent = recent_.find(tenant);
  return std::min(recent == recent_.end() ? kRowsFirst : recent->second.rows, bounds_.rows_max);
}

void TurnLength::Took(TenantId tenant, std::size_t rows, std::chrono::microseconds time,
                      TimePoint now) {
  std::erase_if(recent_, [&](const auto& other) { return now - other.second.seen >= kCompany; });
  const bool has_company = HasCompany(tenant, now);
  Recent& recent =
      recent_.try_emplace(tenant, Recent{.rows = kRowsFirst, .seen = now}).first->second;
  recent.seen = now;
  if (!has_company) return;
  if (time > bounds_.turn) {
    const auto fitting = static_cast<std::size_t>(static_cast<double>(rows) *
                                                  static_cast<double>(bounds_.turn.count()) /
                                                  static_cast<double>(time.count()));
    // By half at most: one slow commit says little.
    recent.rows = std::max({kRowsMin, recent.rows / 2, std::min(fitting, recent.rows)});
  } else if (rows >= recent.rows) {
    recent.rows = std::min(recent.rows + recent.rows / 4, bounds_.rows_max);
  }
}

}  // namespace selfsame::ingest
