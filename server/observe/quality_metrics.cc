#include "server/observe/quality_metrics.h"

namespace selfsame::observe {

Levels EmptyLevels() {
  return {
      {kProfilesName, "Profiles there are, by tenant.", {}},
      {kProfileFieldName, "Profiles that have the field, by the source that last said it.", {}},
      {kFieldAgeName,
       "Age of the newest claims of the field, over all anchors: mean, and quantiles to the day.",
       {}},
      {kSourceFieldAgeName, "Mean age of the newest claims of the field that the source made.", {}},
      {kAuditRatioName,
       "Share of audited values that were right, in the newest audit of the field, with the bounds "
       "of its 95 % Wilson interval.",
       {}},
      {kAuditVerdictsName, "Verdicts of the newest audit of the field.", {}},
      {kAuditTimeName, "When the newest audit of the field was drawn, in seconds since 1970.", {}},
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
