#include "server/quality/levels.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "server/quality/stratified.h"

namespace selfsame::quality {
namespace {

constexpr std::int64_t kMicrosASecond = 1'000'000;

// What of a field has no row by source.
struct Other {
  double profiles = 0;
  bool has_any = false;
};

class LevelWriter {
 public:
  explicit LevelWriter(const LevelsInput& input) : input_(input) {}

  LevelsShown Write() {
    AddSurroundings();
    std::vector<std::pair<const storage::Tenant*, ProfileStanding>> standings;
    for (const auto& [id, state] : input_.tenants) {
      const storage::Tenant* tenant = input_.directory.FindTenant(id);
      if (tenant == nullptr) continue;
      standings.emplace_back(tenant, StandingOf(state.counts, input_.now));
      AddTenant(*tenant, state, standings.back().second);
    }
    // Each field keeps the room for what has none by source.
    for (const auto& [tenant, standing] : standings) others_ += standing.fields.size();
    for (const auto& [tenant, standing] : standings) {
      for (const auto& [field, values] : standing.fields) AddSources(*tenant, field, values);
    }
    return std::move(shown_);
  }

 private:
  bool HasRoom(std::size_t more) const { return count_ + more <= observe::kLevelsMax; }

  void Add(std::string_view name, observe::Labels labels, double value) {
    if (!HasRoom(1)) {
      ++shown_.left_out;
      return;
    }
    ++count_;
    const auto family =
        std::find_if(shown_.levels.begin(), shown_.levels.end(),
                     [&](const observe::LevelFamily& each) { return each.name == name; });
    SELFSAME_CHECK(family != shown_.levels.end());
    family->levels.push_back({std::move(labels), value});
  }

  void AddSurroundings() {
    const auto add = [&](std::string_view name, const auto& known) {
      if (known) Add(name, {}, static_cast<double>(*known));
    };
    const Surroundings& around = input_.around;
    if (input_.complete_at) {
      Add(observe::kLevelsTimeName, {},
          static_cast<double>(input_.complete_at->us / kMicrosASecond));
    }
    add(observe::kDiskFreeName, around.disk_free_bytes);
    add(observe::kDiskSizeName, around.disk_size_bytes);
    if (!around.database) return;
    Add(observe::kDatabaseBytesName, {}, static_cast<double>(around.database->bytes));
    Add(observe::kOutboxHeldName, {}, around.outbox_held_seconds);
    Add(observe::kReplicasName, {}, static_cast<double>(around.database->replicas));
    add(observe::kReplicationLagName, around.database->replication_lag_seconds);
  }

  void AddTenant(const storage::Tenant& tenant, const TenantState& state,
                 const ProfileStanding& standing) {
    Add(observe::kProfilesName, {{"tenant", tenant.name}}, static_cast<double>(standing.profiles));
    for (const storage::SizeRange& range : storage::kSizeRanges) {
      const std::string label(range.label);
      const auto found = standing.sizes.find(label);
      Add(observe::kProfilesBySizeName, {{"tenant", tenant.name}, {"identifiers", label}},
          found == standing.sizes.end() ? 0 : static_cast<double>(found->second));
    }
    if (state.suspected) {
      Add(observe::kSuspectedName, {{"tenant", tenant.name}},
          static_cast<double>(*state.suspected));
    }
    AddQuarantine(tenant, state);
    AddDrift(tenant, state.drift);
    for (const auto& [field, values] : standing.fields) AddAges(tenant, field, values);
    AddAudits(tenant, state.audits);
  }

  // Also of sources that have none there: a level that goes away says nothing.
  void AddQuarantine(const storage::Tenant& tenant, const TenantState& state) {
    if (!state.quarantine) return;
    std::map<SourceId, std::int64_t> records;
    for (const storage::SourceQuarantine& one : *state.quarantine)
      records[one.source] = one.records;
    for (const auto& [id, source] : input_.directory.sources) {
      if (source.tenant != tenant.id) continue;
      Add(observe::kQuarantineName, {{"tenant", tenant.name}, {"source", source.name}},
          static_cast<double>(records[id]));
    }
  }

  void AddDrift(const storage::Tenant& tenant, const std::vector<storage::DriftCount>& drift) {
    for (const storage::DriftCount& one : drift) {
      const storage::Source* source = input_.directory.FindSource(one.source);
      if (source == nullptr) continue;
      Add(observe::kDriftName,
          {{"tenant", tenant.name}, {"source", source->name}, {"schema", one.schema}},
          static_cast<double>(one.paths));
    }
  }

  void AddAges(const storage::Tenant& tenant, const std::string& field,
               const FieldStanding& values) {
    if (!values.ages) return;
    const Ages& ages = *values.ages;
    for (const auto& [stat, age] : {std::pair{"mean", ages.mean}, std::pair{"p50", ages.p50},
                                    std::pair{"p90", ages.p90}, std::pair{"p99", ages.p99}}) {
      Add(observe::kFieldAgeName, {{"tenant", tenant.name}, {"field", field}, {"stat", stat}}, age);
    }
  }

  void AddSources(const storage::Tenant& tenant, const std::string& field,
                  const FieldStanding& values) {
    Other other;
    for (const auto& [source_id, share] : values.sources) {
      const storage::Source* source = input_.directory.FindSource(source_id);
      if (source == nullptr || !HasRoom(others_ + 2)) {
        other.profiles += static_cast<double>(share.profiles);
        other.has_any = true;
        if (source != nullptr) ++shown_.left_out;
        continue;
      }
      const observe::Labels labels = {
          {"tenant", tenant.name}, {"source", source->name}, {"field", field}};
      Add(observe::kProfileFieldName, labels, static_cast<double>(share.profiles));
      if (share.mean_age) Add(observe::kSourceFieldAgeName, labels, *share.mean_age);
    }
    --others_;
    if (!other.has_any) return;
    Add(observe::kProfileFieldName,
        {{"tenant", tenant.name}, {"source", std::string(observe::kShared)}, {"field", field}},
        other.profiles);
  }

  void AddAudits(const storage::Tenant& tenant, const std::vector<storage::AuditRow>& audits) {
    std::map<std::string_view, std::vector<const storage::AuditRow*>> by_field;
    for (const storage::AuditRow& audit : audits) by_field[audit.attribute].push_back(&audit);
    for (const auto& [field, all] : by_field) {
      const FieldAudit audit = FieldAuditOf(all);
      if (audit.shown != nullptr) AddAudit(tenant, *audit.shown);
      Add(observe::kAuditWaitingName, {{"tenant", tenant.name}, {"field", std::string(field)}},
          static_cast<double>(audit.waiting));
    }
  }

  void AddAudit(const storage::Tenant& tenant, const storage::AuditRow& audit) {
    const auto add = [&](std::string_view name, std::string_view label, const char* value,
                         double level) {
      Add(name, {{"tenant", tenant.name}, {"field", audit.attribute}, {label, value}}, level);
    };
    if (audit.right + audit.wrong > 0) {
      const Interval share = AuditInterval(audit);
      add(observe::kAuditRatioName, "bound", "estimate", share.estimate);
      add(observe::kAuditRatioName, "bound", "low", share.low);
      add(observe::kAuditRatioName, "bound", "high", share.high);
    }
    add(observe::kAuditVerdictsName, "verdict", "right", static_cast<double>(audit.right));
    add(observe::kAuditVerdictsName, "verdict", "wrong", static_cast<double>(audit.wrong));
    add(observe::kAuditVerdictsName, "verdict", "unknown", static_cast<double>(audit.unknown));
    Add(observe::kAuditTimeName, {{"tenant", tenant.name}, {"field", audit.attribute}},
        static_cast<double>(audit.drawn_at.us / kMicrosASecond));
  }

  const LevelsInput& input_;
  LevelsShown shown_{.levels = observe::EmptyLevels()};
  std::size_t count_ = 0;
  std::size_t others_ = 0;  // Rows that are kept for fields to come.
};

std::int64_t JudgedOf(const storage::AuditRow& audit) {
  return audit.right + audit.wrong + audit.unknown;
}

}  // namespace

FieldAudit FieldAuditOf(const std::vector<const storage::AuditRow*>& audits) {
  FieldAudit field;
  for (const storage::AuditRow* audit : audits) {
    const std::int64_t judged = JudgedOf(*audit);
    if (judged == audit->samples) {
      field.shown = audit;
      break;
    }
    field.waiting += audit->samples - judged;
    if (field.shown == nullptr && judged > 0) field.shown = audit;
  }
  return field;
}

LevelsShown LevelsOf(const LevelsInput& input) { return LevelWriter(input).Write(); }

}  // namespace selfsame::quality
