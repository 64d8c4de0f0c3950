#include "server/observe/quality_metrics.h"

namespace selfsame::observe {

Levels EmptyLevels() {
  return {
      {kProfilesName, "Profiles there are, by tenant.", {}},
      {kProfileFieldName, "Profiles that have the field, by the source that last said it.", {}},
      {kFieldAgeName,
       "Age of the newest claims of the field, over all anchors: mean, and quantiles to the day; "
       "of "
       "a tenant with very many of them to the month, where older than 400 days.",
       {}},
      {kSourceFieldAgeName, "Mean age of the newest claims of the field that the source made.", {}},
      {kAuditRatioName,
       "Share of audited values that were right, with the bounds of its 95 % Wilson interval: in "
       "the newest audit of the field whose samples are all judged, or else in the newest with a "
       "verdict.",
       {}},
      {kAuditVerdictsName, "Verdicts of the audit that selfsame_audit_accuracy_ratio is of.", {}},
      {kAuditTimeName,
       "When the audit that selfsame_audit_accuracy_ratio is of was drawn, in seconds since 1970.",
       {}},
      {kAuditWaitingName,
       "Samples that nobody has judged, of the audits of the field since the newest whose samples "
       "are all judged.",
       {}},
      {kProfilesBySizeName, "Profiles by how many identifiers they have.", {}},
      {kSuspectedName,
       "Profiles that share a mailbox with another profile, as of the last walk over mailboxes.",
       {}},
      {kQuarantineName, "Records in quarantine, by tenant and source.", {}},
      {kDriftName,
       "Fields and enum values that arrived and that no version of the schema knows, by source: "
       "how "
       "many there are, up to a hundred a version.",
       {}},
      {kLevelsTimeName,
       "When the stored sums of all tenants were last read, in seconds since 1970.",
       {}},
      {kDatabaseBytesName, "Bytes that the database takes on disk.", {}},
      {kOutboxHeldName,
       "Seconds for which the oldest running transaction has kept readers of the outbox waiting.",
       {}},
      {kReplicasName, "Replicas that follow the database.", {}},
      {kReplicationLagName, "How far behind the last replica is, where that is known.", {}},
      {kDiskFreeName, "Bytes free on the disk of the server's data folder.", {}},
      {kDiskSizeName, "Bytes of the disk of the server's data folder.", {}},
  };
}

}  // namespace selfsame::observe
