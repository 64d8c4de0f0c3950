#include "server/edge/identity_service.h"

#include <utility>
#include <vector>

#include "base/uuid.h"
#include "server/decisions/decide.h"
#include "server/decisions/reresolve.h"
#include "server/edge/explain.h"
#include "server/edge/operations.h"
#include "server/edge/pool_call.h"
#include "server/edge/profile_ref.h"
#include "server/edge/status.h"

namespace selfsame::edge {
namespace {

using decisions::Made;
using decisions::PlainIdentifier;
using observe::Entry;
using observe::Method;

constexpr int kUnmergeIdentifiersMax = 100;

storage::Decision DecisionOf(const identity::v1::Decision& decision) {
  return {.actor = decision.actor(), .reason = decision.reason()};
}

template <typename Request>
decisions::Run RunOf(const Request& request) {
  return request.dry_run() ? decisions::Run::kDry : decisions::Run::kReal;
}

template <typename Request>
decisions::Overrides OverridesOf(const Request& request) {
  return {.limits = request.override_limits(), .cannot_links = request.override_cannot_links()};
}

Result<decisions::Target> TargetOf(const profile::v1::ProfileRef& ref, const Caller& caller,
                                   const std::string& field) {
  return KeyOf(ref, caller, field);
}

// An id of ours, which may be absent: nil then.
template <typename Id>
Result<Id> IdOf(const std::string& text, const char* field) {
  if (text.empty()) return Id{};
  const auto id = ParseUuid(text);
  if (!id) return InvalidField(field, "ID_MALFORMED", "not a UUID");
  return Id{*id};
}

void EncodeIdentifiers(const std::vector<PlainIdentifier>& identifiers,
                       google::protobuf::RepeatedPtrField<ingest::v1::Identifier>* reply) {
  for (const PlainIdentifier& identifier : identifiers) {
    auto* added = reply->Add();
    added->set_kind(identifier.kind);
    added->set_value(identifier.value);
  }
}

void EncodeProfiles(const std::vector<decisions::MadeProfile>& profiles,
                    google::protobuf::RepeatedPtrField<identity::v1::ProfileOutcome>* reply) {
  for (const decisions::MadeProfile& profile : profiles) {
    auto* added = reply->Add();
    added->set_profile_id(FormatUuid(profile.profile_id));
    for (const ProfileId& id : profile.from) added->add_from(FormatUuid(id));
    EncodeIdentifiers(profile.identifiers, added->mutable_identifiers());
  }
}

Status Reply(const Result<Made>& made, identity::v1::DecisionResult* response) {
  if (!made.ok()) return made.error();
  if (!made->operation.IsNil()) response->set_operation_id(FormatUuid(made->operation));
  EncodeProfiles(made->profiles, response->mutable_profiles());
  EncodeIdentifiers(made->in_doubt, response->mutable_in_doubt());
  if (made->refused != identity::Refusal::kNone) {
    response->set_refused(std::string(identity::RefusalName(made->refused)));
  }
  return {};
}

template <typename Next>
Status Reply(const Result<decisions::ReresolvePage>& page, const Next& next,
             identity::v1::ReresolvePage* response) {
  if (!page.ok()) return page.error();
  response->set_batch_id(FormatUuid(page->batch));
  if (!page->is_last) response->set_next_page_token(next(*page));
  EncodeProfiles(page->profiles, response->mutable_profiles());
  response->set_components(static_cast<std::uint32_t>(page->components));
  return {};
}

Result<decisions::UnmergeRequest> UnmergeOf(const identity::v1::UnmergeProfilesRequest& request,
                                            const Caller& caller) {
  decisions::UnmergeRequest unmerge;
  SELFSAME_ASSIGN_OR_RETURN(unmerge.history, IdOf<EventUuid>(request.history_id(), "history_id"));
  const auto& identifiers = request.identifiers().identifiers();
  if (identifiers.size() > kUnmergeIdentifiersMax) {
    return InvalidField("identifiers", "TOO_MANY_IDENTIFIERS", "more than 100");
  }
  for (int i = 0; i < identifiers.size(); ++i) {
    const std::string field = "identifiers.identifiers[" + std::to_string(i) + "]";
    SELFSAME_ASSIGN_OR_RETURN(const NodeId node, NodeOf(identifiers[i], caller, field));
    unmerge.nodes.push_back(node);
  }
  return unmerge;
}

}  // namespace

template <typename Decide>
grpc::ServerUnaryReactor* IdentityService::HandleDecision(grpc::CallbackServerContext* context,
                                                          Method method, Decide decide) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const RequestWatch watch(edge_, method);
  const auto finish = [reactor, watch](const Status& done) {
    done.ok() ? watch.Succeeded() : watch.Failed(done.error());
    reactor->Finish(done.ok() ? grpc::Status::OK : GrpcStatus(done.error(), watch.request_id()));
    return reactor;
  };
  const Status queued = edge_.barrier.Run(Entry::kCall, watch.request_id(), [&]() -> Status {
    SELFSAME_ASSIGN_OR_RETURN(Gate::Pass pass, edge_.gate.Enter());
    SELFSAME_ASSIGN_OR_RETURN(Caller caller,
                              Authenticate(edge_.directory.Get(), CredentialsOf(*context),
                                           storage::Scope::kAdmin, edge_.readiness));
    const TenantId tenant = caller.tenant->id;
    return desk_.Submit(
        tenant, [context] { return context->IsCancelled(); },
        [this, finish, watch, decide, caller = std::move(caller),
         pass = std::move(pass)](Result<pg::BulkConnection*> connection) {
          Status done = edge_.barrier.Run(Entry::kDecision, watch.request_id(), [&]() -> Status {
            if (!connection.ok()) return connection.error();
            const ingest::IdentityCache nothing_known(1);
            const ingest::CommitContext commit{.tenant = *caller.tenant,
                                               .directory = *caller.directory,
                                               .rules = *caller.tenant->rules,
                                               .cache = nothing_known,
                                               .where = WhereOf(caller),
                                               .now = Now(),
                                               .counts_quality = edge_.quality != nullptr,
                                               .metrics = &edge_.metrics};
            return decide(**connection, caller, commit);
          });
          finish(done);
          return done;
        });
  });
  return queued.ok() ? reactor : finish(queued);
}

template <typename Read>
grpc::ServerUnaryReactor* IdentityService::HandleRead(grpc::CallbackServerContext* context,
                                                      Method method, Read read) {
  return RunOnPool({edge_, reads_}, context, method, storage::Scope::kRead, std::move(read));
}

grpc::ServerUnaryReactor* IdentityService::MergeProfiles(
    grpc::CallbackServerContext* context, const identity::v1::MergeProfilesRequest* request,
    identity::v1::MergeProfilesResponse* response) {
  return HandleDecision(
      context, Method::kMergeProfiles,
      [request, response](pg::BulkConnection& connection, const Caller& caller,
                          const ingest::CommitContext& commit) -> Status {
        decisions::MergeRequest merge{.overrides = OverridesOf(*request)};
        SELFSAME_ASSIGN_OR_RETURN(merge.one, TargetOf(request->profile(), caller, "profile"));
        SELFSAME_ASSIGN_OR_RETURN(merge.other, TargetOf(request->other(), caller, "other"));
        return Reply(decisions::Merge(connection, commit, DecisionOf(request->decision()),
                                      RunOf(*request), merge),
                     response->mutable_result());
      });
}

grpc::ServerUnaryReactor* IdentityService::UnmergeProfiles(
    grpc::CallbackServerContext* context, const identity::v1::UnmergeProfilesRequest* request,
    identity::v1::UnmergeProfilesResponse* response) {
  return HandleDecision(
      context, Method::kUnmergeProfiles,
      [request, response](pg::BulkConnection& connection, const Caller& caller,
                          const ingest::CommitContext& commit) -> Status {
        SELFSAME_ASSIGN_OR_RETURN(const decisions::UnmergeRequest unmerge,
                                  UnmergeOf(*request, caller));
        return Reply(decisions::Unmerge(connection, commit, DecisionOf(request->decision()),
                                        RunOf(*request), unmerge),
                     response->mutable_result());
      });
}

grpc::ServerUnaryReactor* IdentityService::Pin(grpc::CallbackServerContext* context,
                                               const identity::v1::PinRequest* request,
                                               identity::v1::PinResponse* response) {
  return HandleDecision(
      context, Method::kPin,
      [request, response](pg::BulkConnection& connection, const Caller& caller,
                          const ingest::CommitContext& commit) -> Status {
        decisions::PinRequest pin{.overrides = OverridesOf(*request)};
        SELFSAME_ASSIGN_OR_RETURN(pin.identifier,
                                  NodeOf(request->identifier(), caller, "identifier"));
        SELFSAME_ASSIGN_OR_RETURN(pin.profile, TargetOf(request->profile(), caller, "profile"));
        return Reply(decisions::Pin(connection, commit, DecisionOf(request->decision()),
                                    RunOf(*request), pin),
                     response->mutable_result());
      });
}

grpc::ServerUnaryReactor* IdentityService::CannotLink(
    grpc::CallbackServerContext* context, const identity::v1::CannotLinkRequest* request,
    identity::v1::CannotLinkResponse* response) {
  return HandleDecision(
      context, Method::kCannotLink,
      [request, response](pg::BulkConnection& connection, const Caller& caller,
                          const ingest::CommitContext& commit) -> Status {
        decisions::PartRequest part{.is_cleared = request->clear()};
        SELFSAME_ASSIGN_OR_RETURN(part.a, NodeOf(request->identifier(), caller, "identifier"));
        SELFSAME_ASSIGN_OR_RETURN(part.b, NodeOf(request->other(), caller, "other"));
        return Reply(decisions::Part(connection, commit, DecisionOf(request->decision()),
                                     RunOf(*request), part),
                     response->mutable_result());
      });
}

grpc::ServerUnaryReactor* IdentityService::ExplainProfile(
    grpc::CallbackServerContext* context, const identity::v1::ExplainProfileRequest* request,
    identity::v1::ExplainProfileResponse* response) {
  return HandleRead(context, Method::kExplainProfile,
                    [request, response](pg::Session& session, const Caller& caller) {
                      return edge::ExplainProfile(session, caller, *request, response);
                    });
}

grpc::ServerUnaryReactor* IdentityService::ExplainAttribute(
    grpc::CallbackServerContext* context, const identity::v1::ExplainAttributeRequest* request,
    identity::v1::ExplainAttributeResponse* response) {
  return HandleRead(context, Method::kExplainAttribute,
                    [request, response](pg::Session& session, const Caller& caller) {
                      return edge::ExplainAttribute(session, caller, *request, response);
                    });
}

grpc::ServerUnaryReactor* IdentityService::ListOperations(
    grpc::CallbackServerContext* context, const identity::v1::ListOperationsRequest* request,
    identity::v1::ListOperationsResponse* response) {
  return HandleRead(context, Method::kListOperations,
                    [request, response](pg::Session& session, const Caller& caller) {
                      return edge::ListOperations(session, caller, *request, response);
                    });
}

grpc::ServerUnaryReactor* IdentityService::Reresolve(grpc::CallbackServerContext* context,
                                                     const identity::v1::ReresolveRequest* request,
                                                     identity::v1::ReresolveResponse* response) {
  return HandleDecision(
      context, Method::kReresolve,
      [request, response](pg::BulkConnection& connection, const Caller&,
                          const ingest::CommitContext& commit) -> Status {
        decisions::ReresolveRequest reresolve{.version = request->ruleset_version()};
        SELFSAME_ASSIGN_OR_RETURN(reresolve.batch,
                                  IdOf<EventUuid>(request->batch_id(), "batch_id"));
        SELFSAME_ASSIGN_OR_RETURN(reresolve.after,
                                  IdOf<ComponentId>(request->page_token(), "page_token"));
        const auto next = [](const auto& page) { return FormatUuid(page.next); };
        return Reply(decisions::Reresolve(connection, commit, DecisionOf(request->decision()),
                                          RunOf(*request), reresolve),
                     next, response->mutable_page());
      });
}

grpc::ServerUnaryReactor* IdentityService::RollBackReresolve(
    grpc::CallbackServerContext* context, const identity::v1::RollBackReresolveRequest* request,
    identity::v1::RollBackReresolveResponse* response) {
  return HandleDecision(
      context, Method::kRollBackReresolve,
      [request, response](pg::BulkConnection& connection, const Caller&,
                          const ingest::CommitContext& commit) -> Status {
        decisions::RollBackRequest rollback;
        SELFSAME_ASSIGN_OR_RETURN(rollback.batch, IdOf<EventUuid>(request->batch_id(), "batch_id"));
        SELFSAME_ASSIGN_OR_RETURN(rollback.after,
                                  IdOf<ComponentId>(request->page_token(), "page_token"));
        const auto next = [](const auto& page) { return FormatUuid(page.next); };
        return Reply(decisions::RollBackReresolve(connection, commit,
                                                  DecisionOf(request->decision()), rollback),
                     next, response->mutable_page());
      });
}

}  // namespace selfsame::edge
