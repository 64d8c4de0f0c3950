#include "server/quality/levels.h"

#include <algorithm>
#include <set>
#include <string>

#include "base/check.h"
#include "server/quality/wilson.h"

namespace selfsame::quality {
namespace {

class LevelWriter {
 public:
  explicit LevelWriter(TimeUs now) : now_(now) {}

  void Add(std::string_view name, observe::Labels labels, double value) {
    if (count_ >= observe::kLevelsMax) return;
    ++count_;
    const auto family =
        std::find_if(levels_.begin(), levels_.end(),
                     [&](const observe::LevelFamily& each) { return each.name == name; });
    SELFSAME_CHECK(family != levels_.end());
    family->levels.push_back({std::move(labels), value});
  }

  void AddTenant(const storage::Directory& directory, const storage::Tenant& tenant,
                 const TenantState& state) {
    const ProfileStanding standing = StandingOf(state.counts, now_);
    Add(observe::kProfilesName, {{"tenant", tenant.name}}, static_cast<double>(standing.profiles));
    for (const auto& [field, values] : standing.fields) {
      AddField(directory, tenant, field, values);
    }
    AddAudits(tenant, state.audits);
  }

  void AddSurroundings(const Surroundings& around) {
    const auto add = [&](std::string_view name, const auto& known) {
      if (known) Add(name, {}, static_cast<double>(*known));
    };
    add(observe::kDiskFreeName, around.disk_free_bytes);
    add(observe::kDiskSizeName, around.disk_size_bytes);
    if (!around.database) return;
    Add(observe::kDatabaseBytesName, {}, static_cast<double>(around.database->bytes));
    Add(observe::kOutboxHeldName, {}, around.outbox_held_seconds);
    Add(observe::kReplicasName, {}, static_cast<double>(around.database->replicas));
    add(observe::kReplicationLagName, around.database->replication_lag_seconds);
  }

  observe::Levels Take() { return std::move(levels_); }

 private:
  void AddField(const storage::Directory& directory, const storage::Tenant& tenant,
                const std::string& field, const FieldStanding& values) {
    for (const auto& [source_id, share] : values.sources) {
      const storage::Source* source = directory.FindSource(source_id);
      const observe::Labels labels = {{"tenant", tenant.name},
                                      {"source", source == nullptr ? "OTHER" : source->name},
                                      {"field", field}};
      Add(observe::kProfileFieldName, labels, static_cast<double>(share.profiles));
      Add(observe::kSourceFieldAgeName, labels, share.mean_age);
    }
    const Ages& ages = values.ages;
    for (const auto& [stat, age] : {std::pair{"mean", ages.mean}, std::pair{"p50", ages.p50},
                                    std::pair{"p90", ages.p90}, std::pair{"p99", ages.p99}}) {
      Add(observe::kFieldAgeName, {{"tenant", tenant.name}, {"field", field}, {"stat", stat}}, age);
    }
  }

  // Of each attribute the newest audit with a verdict, or the newest.
  void AddAudits(const storage::Tenant& tenant, const std::vector<storage::AuditRow>& audits) {
    std::set<std::string> done;
    for (const storage::AuditRow& audit : audits) {
      if (audit.right + audit.wrong > 0 && done.insert(audit.attribute).second) {
        AddAudit(tenant, audit);
      }
    }
  }

  void AddAudit(const storage::Tenant& tenant, const storage::AuditRow& audit) {
    const Interval share = WilsonInterval(audit.right, audit.right + audit.wrong);
    const auto add = [&](std::string_view name, std::string_view label, const char* value,
                         double level) {
      Add(name, {{"tenant", tenant.name}, {"field", audit.attribute}, {label, value}}, level);
    };
    add(observe::kAuditRatioName, "bound", "estimate", share.estimate);
    add(observe::kAuditRatioName, "bound", "low", share.low);
    add(observe::kAuditRatioName, "bound", "high", share.high);
    add(observe::kAuditVerdictsName, "verdict", "right", static_cast<double>(audit.right));
    add(observe::kAuditVerdictsName, "verdict", "wrong", static_cast<double>(audit.wrong));
    add(observe::kAuditVerdictsName, "verdict", "unknown", static_cast<double>(audit.unknown));
    Add(observe::kAuditTimeName, {{"tenant", tenant.name}, {"field", audit.attribute}},
        static_cast<double>(audit.drawn_at.us / 1'000'000));
  }

  const TimeUs now_;
  observe::Levels levels_ = observe::EmptyLevels();
  std::size_t count_ = 0;
};

}  // namespace

observe::Levels LevelsOf(const storage::Directory& directory,
                         const std::map<TenantId, TenantState>& tenants, const Surroundings& around,
                         TimeUs now) {
  LevelWriter writer(now);
  writer.AddSurroundings(around);
  for (const auto& [id, state] : tenants) {
    const storage::Tenant* tenant = directory.FindTenant(id);
    if (tenant != nullptr) writer.AddTenant(directory, *tenant, state);
  }
  return writer.Take();
}

}  // namespace selfsame::quality
