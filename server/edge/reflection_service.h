// gRPC server reflection, version 1, beside gRPC 1.51's own v1alpha: newer clients ask for v1 only.
// Needs no API key, so all it holds is bounded: the number of streams, the requests of each, the
// size of a request, and one request at a time per stream.
#ifndef SELFSAME_SERVER_EDGE_REFLECTION_SERVICE_H_
#define SELFSAME_SERVER_EDGE_REFLECTION_SERVICE_H_

#include <atomic>
#include <string>
#include <vector>

#include "grpc/reflection/v1/reflection.grpc.pb.h"

namespace selfsame::edge {

// A browser of the contract asks once per service and file: some dozens.
inline constexpr int kReflectionStreamsMax = 64;
inline constexpr int kReflectionRequestsMax = 1'000;
inline constexpr std::size_t kReflectionRequestBytesMax = 4 * 1024;

// Thread-safe. Requires: its server has ended before this goes.
class ReflectionService final : public grpc::reflection::v1::ServerReflection::CallbackService {
 public:
  // `services`: the full names that list_services answers.
  explicit ReflectionService(std::vector<std::string> services) : services_(std::move(services)) {}

  // Errors: kResourceExhausted once a bound is reached; the client opens a new stream later.
  grpc::ServerBidiReactor<grpc::reflection::v1::ServerReflectionRequest,
                          grpc::reflection::v1::ServerReflectionResponse>*
  ServerReflectionInfo(grpc::CallbackServerContext* context) override;

 private:
  class Call;
  const std::vector<std::string> services_;
  std::atomic<int> open_{0};
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_REFLECTION_SERVICE_H_
