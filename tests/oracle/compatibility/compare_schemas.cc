// What FindBreaks says about two descriptor sets, for scripts:
//   compare_schemas WAS.binpb IS.binpb MESSAGE...
// prints one JSON object a message: {"message":"shop.v1.Order","breaks":[{"rule":...},...]}.
// Exit codes: 0 told, whatever was found; 2 not: usage, a set that cannot be read, no such message.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "server/schema/compatibility.h"

namespace selfsame::schema {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using nlohmann::json;

// As `protoc --include_imports --descriptor_set_out` writes it: each file after those it imports.
bool ReadInto(DescriptorPool& pool, const char* path) {
  std::ifstream file(path, std::ios::binary);
  google::protobuf::FileDescriptorSet files;
  if (!file || !files.ParseFromIstream(&file)) return false;
  for (const google::protobuf::FileDescriptorProto& proto : files.file()) {
    if (pool.BuildFile(proto) == nullptr) return false;
  }
  return true;
}

json ToJson(const std::string& message, const std::vector<Break>& breaks) {
  json list = json::array();
  for (const Break& one : breaks) {
    list.push_back({{"rule", one.rule},
                    {"path", one.path},
                    {"was", one.was},
                    {"is", one.is},
                    {"message", one.message}});
  }
  return {{"message", message}, {"breaks", list}};
}

int Run(int argc, char** argv) {
  DescriptorPool was_pool;
  DescriptorPool is_pool;
  if (argc < 4 || !ReadInto(was_pool, argv[1]) || !ReadInto(is_pool, argv[2])) {
    std::fputs("usage: compare_schemas WAS.binpb IS.binpb MESSAGE...\n", stderr);
    return 2;
  }
  for (int i = 3; i < argc; ++i) {
    const Descriptor* was = was_pool.FindMessageTypeByName(argv[i]);
    const Descriptor* is = is_pool.FindMessageTypeByName(argv[i]);
    if (was == nullptr || is == nullptr) {
      std::fprintf(stderr, "compare_schemas: %s is not in both sets\n", argv[i]);
      return 2;
    }
    std::puts(ToJson(argv[i], FindBreaks(*was, *is)).dump().c_str());
  }
  return 0;
}

}  // namespace
}  // namespace selfsame::schema

int main(int argc, char** argv) { return selfsame::schema::Run(argc, argv); }
