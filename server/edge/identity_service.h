// IdentityService: decisions about who is who, handed to the desk, and explanations, handed to the
// read pool.
#ifndef SELFSAME_SERVER_EDGE_IDENTITY_SERVICE_H_
#define SELFSAME_SERVER_EDGE_IDENTITY_SERVICE_H_

#include "selfsame/identity/v1/identity.grpc.pb.h"
#include "server/decisions/desk.h"
#include "server/edge/intake.h"
#include "server/edge/read_pool.h"

namespace selfsame::edge {

class IdentityService final : public identity::v1::IdentityService::CallbackService {
 public:
  // Requires: all outlive this.
  IdentityService(const EdgeContext& edge, ReadPool& reads, decisions::Desk& desk)
      : edge_(edge), reads_(reads), desk_(desk) {}

  grpc::ServerUnaryReactor* MergeProfiles(grpc::CallbackServerContext* context,
                                          const identity::v1::MergeProfilesRequest* request,
                                          identity::v1::MergeProfilesResponse* response) override;
  grpc::ServerUnaryReactor* UnmergeProfiles(
      grpc::CallbackServerContext* context, const identity::v1::UnmergeProfilesRequest* request,
      identity::v1::UnmergeProfilesResponse* response) override;
  grpc::ServerUnaryReactor* Pin(grpc::CallbackServerContext* context,
                                const identity::v1::PinRequest* request,
                                identity::v1::PinResponse* response) override;
  grpc::ServerUnaryReactor* CannotLink(grpc::CallbackServerContext* context,
                                       const identity::v1::CannotLinkRequest* request,
                                       identity::v1::CannotLinkResponse* response) override;
  grpc::ServerUnaryReactor* ExplainProfile(grpc::CallbackServerContext* context,
                                           const identity::v1::ExplainProfileRequest* request,
                                           identity::v1::ExplainProfileResponse* response) override;
  grpc::ServerUnaryReactor* ExplainAttribute(
      grpc::CallbackServerContext* context, const identity::v1::ExplainAttributeRequest* request,
      identity::v1::ExplainAttributeResponse* response) override;
  grpc::ServerUnaryReactor* ListOperations(grpc::CallbackServerContext* context,
                                           const identity::v1::ListOperationsRequest* request,
                                           identity::v1::ListOperationsResponse* response) override;
  grpc::ServerUnaryReactor* Reresolve(grpc::CallbackServerContext* context,
                                      const identity::v1::ReresolveRequest* request,
                                      identity::v1::ReresolveResponse* response) override;
  grpc::ServerUnaryReactor* RollBackReresolve(
      grpc::CallbackServerContext* context, const identity::v1::RollBackReresolveRequest* request,
      identity::v1::RollBackReresolveResponse* response) override;

 private:
  // Authenticates an administrator and runs `decide`, a Status(BulkConnection&, const Caller&,
  // const CommitContext&), at the desk.
  template <typename Decide>
  grpc::ServerUnaryReactor* HandleDecision(grpc::CallbackServerContext* context,
                                           observe::Method method, Decide decide);
  // Authenticates a reader and runs `read`, a Status(Session&, const Caller&), on the pool.
  template <typename Read>
  grpc::ServerUnaryReactor* HandleRead(grpc::CallbackServerContext* context, observe::Method method,
                                       Read read);

  const EdgeContext& edge_;
  ReadPool& reads_;
  decisions::Desk& desk_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_IDENTITY_SERVICE_H_
