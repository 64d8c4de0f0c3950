#include "cli/connect.h"

namespace selfsame::cli {

Result<Client> Connect(const Settings& settings) {
  SELFSAME_ASSIGN_OR_RETURN(const std::string server, settings.Server());
  SELFSAME_ASSIGN_OR_RETURN(const std::string api_key, settings.ApiKey());
  return Client(server, api_key);
}

}  // namespace selfsame::cli
