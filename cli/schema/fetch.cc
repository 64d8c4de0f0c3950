#include "cli/schema/fetch.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include "cli/connect.h"
#include "selfsame/options/v1/options.pb.h"

namespace selfsame::cli {

Result<FetchedSchema> FetchSchema(const Client& client, const std::string& name,
                                  std::uint32_t version) {
  schema::v1::GetSchemaRequest request;
  request.set_name(name);
  request.set_version(version);
  SELFSAME_ASSIGN_OR_RETURN(const auto response,
                            client.GetSchema(request, Deadline::After(kCallWait)));
  FetchedSchema fetched{.schema = response.schema(), .type = nullptr};
  SELFSAME_ASSIGN_OR_RETURN(fetched.type, schema::MessageType::Build(response.descriptor_set(),
                                                                     response.schema().name()));
  // The content decides it; a server that has just learnt of the version may not say it yet.
  fetched.schema.set_kind(
      fetched.type->descriptor().options().GetExtension(options::v1::schema).kind());
  return fetched;
}

}  // namespace selfsame::cli
