// Channels and streams of bytes, shared by the .cc files that speak gRPC; tests include
// tests/support/ingest_client.h instead.
#ifndef SELFSAME_TESTS_SUPPORT_RPC_CHANNEL_H_
#define SELFSAME_TESTS_SUPPORT_RPC_CHANNEL_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/sync_stream.h>

#include <memory>
#include <string>

namespace selfsame::test {

using ByteStream = grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;

// A connection of its own, which comes back soon after the server does.
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address);

std::unique_ptr<ByteStream> OpenByteStream(grpc::ChannelInterface* channel, const char* method,
                                           grpc::ClientContext* context);

grpc::ByteBuffer ToByteBuffer(const std::string& bytes);
std::string ToString(const grpc::ByteBuffer& buffer);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_RPC_CHANNEL_H_
