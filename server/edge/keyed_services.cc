// Which methods there are, service by service, in the order of their .proto files.
#include "server/edge/grpc_server.h"
#include "server/edge/keyed_call.h"

namespace selfsame::edge {

using observe::Method;

void GrpcServer::KeyServices() {
  const KeyedContext parts{edge_, message_reads_, long_messages_};
  KeyMethods(parts, ingest_, UnaryMethod{Method::kTrackEvents, &IngestService::TrackEvents},
             UnaryMethod{Method::kUpdateProfiles, &IngestService::UpdateProfiles}, StreamMethod{},
             UnaryMethod{Method::kGetLimits, &IngestService::GetLimits});
  KeyMethods(parts, profile_, UnaryMethod{Method::kGetProfile, &ProfileService::GetProfile},
             UnaryMethod{Method::kListEvents, &ProfileService::ListEvents},
             UnaryMethod{Method::kGetMergeHistory, &ProfileService::GetMergeHistory});
  KeyMethods(parts, schema_, UnaryMethod{Method::kRegisterSchema, &SchemaService::RegisterSchema},
             UnaryMethod{Method::kListSchemas, &SchemaService::ListSchemas},
             UnaryMethod{Method::kGetSchema, &SchemaService::GetSchema},
             UnaryMethod{Method::kDeprecateSchema, &SchemaService::DeprecateSchema},
             UnaryMethod{Method::kRetireSchema, &SchemaService::RetireSchema},
             UnaryMethod{Method::kRegisterVocabulary, &SchemaService::RegisterVocabulary},
             UnaryMethod{Method::kListVocabularies, &SchemaService::ListVocabularies},
             UnaryMethod{Method::kGetVocabulary, &SchemaService::GetVocabulary});
  KeyMethods(parts, quarantine_, UnaryMethod{Method::kListQuarantine, &QuarantineService::List},
             UnaryMethod{Method::kCountQuarantine, &QuarantineService::Count},
             UnaryMethod{Method::kGetQuarantine, &QuarantineService::Get},
             UnaryMethod{Method::kPatchQuarantine, &QuarantineService::Patch},
             UnaryMethod{Method::kReplayQuarantine, &QuarantineService::Replay},
             UnaryMethod{Method::kDiscardQuarantine, &QuarantineService::Discard},
             UnaryMethod{Method::kListLeftOut, &QuarantineService::ListLeftOut},
             UnaryMethod{Method::kCountLeftOut, &QuarantineService::CountLeftOut},
             UnaryMethod{Method::kGetLeftOut, &QuarantineService::GetLeftOut});
  KeyMethods(parts, catalog_, UnaryMethod{Method::kListFields, &CatalogService::ListFields},
             UnaryMethod{Method::kGetLineage, &CatalogService::GetLineage},
             UnaryMethod{Method::kListDrift, &CatalogService::ListDrift});
  KeyMethods(parts, identity_, UnaryMethod{Method::kMergeProfiles, &IdentityService::MergeProfiles},
             UnaryMethod{Method::kUnmergeProfiles, &IdentityService::UnmergeProfiles},
             UnaryMethod{Method::kPin, &IdentityService::Pin},
             UnaryMethod{Method::kCannotLink, &IdentityService::CannotLink},
             UnaryMethod{Method::kExplainProfile, &IdentityService::ExplainProfile},
             UnaryMethod{Method::kExplainAttribute, &IdentityService::ExplainAttribute},
             UnaryMethod{Method::kListOperations, &IdentityService::ListOperations},
             UnaryMethod{Method::kReresolve, &IdentityService::Reresolve},
             UnaryMethod{Method::kRollBackReresolve, &IdentityService::RollBackReresolve});
  KeyMethods(parts, quality_, UnaryMethod{Method::kGetQuality, &QualityService::GetQuality},
             UnaryMethod{Method::kCountRecords, &QualityService::CountRecords},
             UnaryMethod{Method::kFindKeys, &QualityService::FindKeys},
             UnaryMethod{Method::kDrawSample, &QualityService::DrawSample},
             UnaryMethod{Method::kListAudits, &QualityService::ListAudits},
             UnaryMethod{Method::kListSamples, &QualityService::ListSamples},
             UnaryMethod{Method::kSubmitVerdict, &QualityService::SubmitVerdict});
}

}  // namespace selfsame::edge
