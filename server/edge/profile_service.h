// ProfileService: reads, handed to the read pool.
#ifndef SELFSAME_SERVER_EDGE_PROFILE_SERVICE_H_
#define SELFSAME_SERVER_EDGE_PROFILE_SERVICE_H_

#include "selfsame/profile/v1/profile.grpc.pb.h"
#include "server/edge/intake.h"
#include "server/edge/read_pool.h"
#include "storage/profile_reader.h"

namespace selfsame::edge {

class ProfileService final : public profile::v1::ProfileService::CallbackService {
 public:
  // Requires: both outlive this.
  ProfileService(const EdgeContext& edge, ReadPool& reads) : edge_(edge), reads_(reads) {}

  grpc::ServerUnaryReactor* GetProfile(grpc::CallbackServerContext* context,
                                       const profile::v1::GetProfileRequest* request,
                                       profile::v1::GetProfileResponse* response) override;
  grpc::ServerUnaryReactor* ListEvents(grpc::CallbackServerContext* context,
                                       const profile::v1::ListEventsRequest* request,
                                       profile::v1::ListEventsResponse* response) override;
  grpc::ServerUnaryReactor* GetMergeHistory(
      grpc::CallbackServerContext* context, const profile::v1::GetMergeHistoryRequest* request,
      profile::v1::GetMergeHistoryResponse* response) override;

 private:
  // Authenticates, finds the key of `ref`, and runs `read`, a Status(Session&, const Caller&,
  // const ProfileKey&), on the pool.
  template <typename Read>
  grpc::ServerUnaryReactor* Handle(grpc::CallbackServerContext* context, observe::Method method,
                                   const profile::v1::ProfileRef& ref, Read read);

  // For the data catalog: who uses which attribute.
  void NoteRead(const Caller& caller, const storage::Profile& profile);

  const EdgeContext& edge_;
  ReadPool& reads_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_PROFILE_SERVICE_H_
