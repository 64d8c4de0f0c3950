#include "storage/audits.h"

#include <pqxx/result>
#include <string_view>

#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

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

}  // namespace

Status DrawAudit(pg::Session& session, const TenantShard& where, const NewAudit& audit,
                 TimeUs now) {
  const Strata strata = StrataOf(audit.stratify_by);
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Status {
    const auto drawn =
        pg::Exec(tx, sql::kDrawAuditSamples, where.shard, where.tenant, audit.attribute, audit.size,
                 std::to_string(audit.seed), strata.attribute, strata.member);
    if (drawn.empty()) {
      return Error{.code = ErrorCode::kFailedPrecondition,
                   .reason = "NOTHING_TO_DRAW",
                   .message = "no profile has the attribute"};
    }
    pg::Exec(tx, sql::kInsertAudit, where.tenant, audit.id, now, audit.seed,
             drawn[0][3].as<std::int64_t>(), audit.attribute, audit.stratify_by, audit.drawn_by);
    int number = 0;
    for (const auto& row : drawn) {
      pg::Exec(tx, sql::kInsertAuditSample, where.tenant, audit.id, ++number,
               row[1].as<ProfileId>(), row[2].as<RecordId>(), row[0].as<std::string>());
    }
    return {};
  });
}

Result<std::vector<AuditRow>> ReadAudits(pg::Session& session, TenantId tenant, int audits_max) {
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Result<std::vector<AuditRow>> {
    std::vector<AuditRow> audits;
    for (const auto& row : pg::Exec(tx, sql::kReadAudits, tenant, audits_max)) {
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
                        .unknown = row[10].as<std::int64_t>()});
    }
    return audits;
  });
}

Result<std::vector<AuditSample>> ReadAuditSamples(pg::Session& session, const TenantShard& where,
                                                  EventUuid audit) {
  using Samples = std::vector<AuditSample>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Samples> {
    Samples samples;
    for (const auto& row : pg::Exec(tx, sql::kReadAuditSamples, where.shard, where.tenant, audit)) {
      const auto stratum = row[1].as<std::string>();
      const bool is_source = row[7].as<bool>() && !stratum.empty();
      samples.push_back({.number = row[0].as<int>(),
                         .stratum = is_source ? "" : stratum,
                         .source = is_source ? row[1].as<SourceId>() : SourceId{},
                         .profile_id = row[2].as<ProfileId>(),
                         .value = row[3].as<std::string>(),
                         .is_changed = row[4].as<bool>(),
                         .verdict = static_cast<Verdict>(row[5].as<int>()),
                         .comment = row[6].as<std::string>()});
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
