#include "storage/audits.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <pqxx/result>
#include <queue>
#include <string_view>
#include <utility>

#include "base/hash.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

using StratumHash = Id128<struct StratumTag>;

// A stratum is the value of an attribute, or a member of the provenance: of the source, or of
// nothing.
struct Strata {
  std::string attribute;
  std::string member;
};

Strata StrataOf(std::string_view stratify_by) {
  constexpr std::string_view kAttribute = "attribute:";
  if (stratify_by == "source") return {"", "s"};
  if (stratify_by.substr(0, kAttribute.size()) == kAttribute) {
    return {std::string(stratify_by.substr(kAttribute.size())), ""};
  }
  return {};
}

// Of the audit too: that two audits have a stratum in common is nobody's business.
StratumHash HashOf(std::string_view node_key, EventUuid audit, std::string_view stratify_by,
                   std::string_view value) {
  Hasher hasher(node_key);
  hasher.Add("audit stratum").Add(audit.view()).Add(stratify_by).Add(value);
  return StratumHash{hasher.Finish()};
}

struct Pick {
  ProfileId profile;
  RecordId record;
};

// One stratum while it is drawn from.
struct Stratum {
  std::int64_t population = 0;
  std::int64_t quota = 0;
  double part = 0;  // Of its profiles, that are looked at: 0 to 1.
  std::vector<Pick> picks;

  bool IsDrawn() const { return part >= 1 || static_cast<std::int64_t>(picks.size()) >= quota; }
};
using StratumMap = std::map<std::string, Stratum>;  // By value.

Error NothingToDraw() {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = "NOTHING_TO_DRAW",
          .message = "no profile has a value of the attribute"};
}

Result<StratumMap> CountStrata(pqxx::work& tx, const TenantShard& where, const NewAudit& audit,
                               const Strata& strata) {
  StratumMap counted;
  std::int64_t there_are = 0;
  for (const auto& row : pg::Exec(tx, sql::kCountAuditStrata, where.shard, where.tenant,
                                  audit.attribute, strata.attribute, strata.member, audit.size)) {
    counted[row[0].as<std::string>()].population = row[1].as<std::int64_t>();
    there_are = row[2].as<std::int64_t>();
  }
  if (counted.empty()) return NothingToDraw();
  if (there_are > audit.size) {
    return Error{.code = ErrorCode::kFailedPrecondition,
                 .reason = "TOO_MANY_STRATA",
                 .message = fmt::format("{} strata cannot each give one of {} samples", there_are,
                                        audit.size)};
  }
  return counted;
}

void SetQuotas(StratumMap& strata, int size) {
  std::vector<std::int64_t> populations;
  for (const auto& [value, stratum] : strata) populations.push_back(stratum.population);
  const std::vector<std::int64_t> quotas = ShareOutSamples(populations, size);
  std::size_t i = 0;
  for (auto& [value, stratum] : strata) stratum.quota = quotas[i++];
}

// What the hashes that are looked at are smaller than, of a part of all hashes.
std::string BoundOf(double part) {
  constexpr double kHashes = 4'294'967'296;  // Of the first eight digits.
  return part >= 1 ? "g" : fmt::format("{:08x}", static_cast<std::uint32_t>(part * kHashes));
}

// Looks at more of those strata that have not given enough yet.
void PickOnce(pqxx::work& tx, const TenantShard& where, const NewAudit& audit, const Strata& by,
              StratumMap& strata) {
  auto wanted = nlohmann::json::object();
  for (auto& [value, stratum] : strata) {
    if (stratum.IsDrawn()) continue;
    // Of twice as many and some more, too few turn up once in a hundred thousand strata.
    constexpr double kFactor = 2, kMore = 10, kAgain = 16;
    const double looked_at = kFactor * static_cast<double>(stratum.quota) + kMore;
    stratum.part = stratum.part > 0 ? stratum.part * kAgain
                                    : looked_at / static_cast<double>(stratum.population);
    stratum.picks.clear();
    wanted[value] = nlohmann::json::array({BoundOf(stratum.part), stratum.quota});
  }
  for (const auto& row :
       pg::Exec(tx, sql::kDrawAuditSamples, where.shard, where.tenant, audit.attribute,
                std::to_string(audit.seed), by.attribute, by.member, wanted.dump())) {
    const auto stratum = strata.find(row[0].as<std::string>());
    if (stratum == strata.end()) continue;
    stratum->second.picks.push_back({row[1].as<ProfileId>(), row[2].as<RecordId>()});
  }
}

Status StoreAudit(pqxx::work& tx, TenantId tenant, std::string_view node_key, const NewAudit& audit,
                  const StratumMap& strata, TimeUs now) {
  std::int64_t population = 0;
  std::vector<std::string> populations, hashes, profiles, records, hash_of_each;
  for (const auto& [value, stratum] : strata) {
    // Its profiles went between the count and the draw.
    if (stratum.picks.empty()) continue;
    population += stratum.population;
    populations.push_back(std::to_string(stratum.population));
    hashes.push_back(FormatUuid(HashOf(node_key, audit.id, audit.stratify_by, value)));
    for (const Pick& pick : stratum.picks) {
      profiles.push_back(FormatUuid(pick.profile));
      records.push_back(FormatUuid(pick.record));
      hash_of_each.push_back(hashes.back());
    }
  }
  if (profiles.empty()) return NothingToDraw();
  pg::Exec(tx, sql::kInsertAudit, tenant, audit.id, now, audit.seed, population, audit.attribute,
           audit.stratify_by, audit.drawn_by);
  pg::Exec(tx, sql::kInsertAuditStrata, tenant, audit.id, populations, hashes);
  pg::Exec(tx, sql::kInsertAuditSamples, tenant, audit.id, profiles, records, hash_of_each);
  return {};
}

StratumSums SumsOf(const pqxx::row& row) {
  return {.strata = row[11].as<std::int64_t>(),
          .population = row[12].as<double>(),
          .right = row[13].as<double>(),
          .spread = row[14].as<double>(),
          .square = row[15].as<double>()};
}

// Columns as of ReadAuditSamples.
AuditSample SampleOf(const pqxx::row& row, std::string_view node_key, EventUuid audit) {
  AuditSample sample{.number = row[0].as<int>(),
                     .stratum = "",
                     .source = {},
                     .profile_id = row[1].as<ProfileId>(),
                     .value = row[2].as<std::string>(),
                     .is_changed = row[3].as<bool>(),
                     .verdict = static_cast<Verdict>(row[4].as<int>()),
                     .comment = row[5].as<std::string>()};
  const auto stratify_by = row[6].as<std::string>();
  if (stratify_by.empty()) return sample;
  const auto stratum = row[9].as<std::string>();
  const bool is_gone = row[8].as<bool>();
  sample.is_stratum_changed =
      is_gone || row[7].is_null() ||
      row[7].as<StratumHash>() != HashOf(node_key, audit, stratify_by, stratum);
  if (sample.is_stratum_changed || stratum.empty()) return sample;
  if (stratify_by == "source") {
    sample.source = row[9].as<SourceId>();
  } else {
    sample.stratum = stratum;
  }
  return sample;
}

}  // namespace

std::vector<std::int64_t> ShareOutSamples(std::span<const std::int64_t> populations,
                                          std::int64_t size) {
  std::vector<std::int64_t> quotas(populations.size(), 1);
  // Its quotient, and which; of equal ones the first.
  using Claim = std::pair<double, std::int64_t>;
  std::priority_queue<Claim> claims;
  const auto claim = [&](std::size_t i) {
    if (quotas[i] >= populations[i]) return;
    const double quotient =
        static_cast<double>(populations[i]) / static_cast<double>(2 * quotas[i] + 1);
    claims.push({quotient, -static_cast<std::int64_t>(i)});
  };
  for (std::size_t i = 0; i < populations.size(); ++i) claim(i);
  for (auto left = size - static_cast<std::int64_t>(quotas.size()); left > 0 && !claims.empty();
       --left) {
    const auto i = static_cast<std::size_t>(-claims.top().second);
    claims.pop();
    ++quotas[i];
    claim(i);
  }
  return quotas;
}

Status DrawAudit(pg::Session& session, const TenantShard& where, std::string_view node_key,
                 const NewAudit& audit, TimeUs now) {
  const Strata by = StrataOf(audit.stratify_by);
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Status {
    SELFSAME_ASSIGN_OR_RETURN(StratumMap strata, CountStrata(tx, where, audit, by));
    SetQuotas(strata, audit.size);
    const auto is_drawn = [](const auto& each) { return each.second.IsDrawn(); };
    while (!std::all_of(strata.begin(), strata.end(), is_drawn)) {
      PickOnce(tx, where, audit, by, strata);
    }
    return StoreAudit(tx, where.tenant, node_key, audit, strata, now);
  });
}

Result<std::vector<AuditRow>> ReadAudits(pg::Session& session, TenantId tenant, int audits_max,
                                         int audits_a_field_max, EventUuid after) {
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Result<std::vector<AuditRow>> {
    std::vector<AuditRow> audits;
    for (const auto& row :
         pg::Exec(tx, sql::kReadAudits, tenant, audits_max, audits_a_field_max, after)) {
      audits.push_back({.id = row[0].as<EventUuid>(),
                        .attribute = row[1].as<std::string>(),
                        .stratify_by = row[2].as<std::string>(),
                        .drawn_by = row[3].as<std::string>(),
                        .drawn_at = row[4].as<TimeUs>(),
                        .seed = row[5].as<std::int64_t>(),
                        .population = row[6].as<std::int64_t>(),
                        .samples = row[7].as<std::int64_t>(),
                        .right = row[8].as<std::int64_t>(),
                        .wrong = row[9].as<std::int64_t>(),
                        .unknown = row[10].as<std::int64_t>(),
                        .strata = SumsOf(row)});
    }
    return audits;
  });
}

Result<std::vector<AuditSample>> ReadAuditSamples(pg::Session& session, const TenantShard& where,
                                                  std::string_view node_key, EventUuid audit,
                                                  const SamplePage& page) {
  using Samples = std::vector<AuditSample>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Samples> {
    Samples samples;
    const auto plan = pg::Exec(tx, sql::kReadAuditPlan, where.tenant, audit);
    if (plan.empty()) return samples;
    const Strata by = StrataOf(plan[0][0].as<std::string>());
    for (const auto& row : pg::Exec(tx, sql::kReadAuditSamples, where.shard, where.tenant, audit,
                                    by.attribute, by.member, page.after, page.rows_max)) {
      samples.push_back(SampleOf(row, node_key, audit));
    }
    return samples;
  });
}

Status JudgeAuditSample(pg::Session& session, TenantId tenant, const Judgement& judgement,
                        TimeUs now) {
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Status {
    const auto rows =
        pg::Exec(tx, sql::kJudgeAuditSample, tenant, judgement.audit, judgement.number,
                 static_cast<int>(judgement.verdict), now, judgement.judged_by, judgement.comment);
    if (!rows.empty()) return {};
    return Error{.code = ErrorCode::kNotFound,
                 .reason = "SAMPLE_UNKNOWN",
                 .message = "no such sample of that audit"};
  });
}

}  // namespace selfsame::storage
