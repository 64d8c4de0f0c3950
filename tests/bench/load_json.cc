#include <nlohmann/json.hpp>

#include "tests/bench/load.h"

namespace selfsame::bench {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Watched, server, postmaster)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CpuUse, server, postgres, client)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(People, first, count)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RequestShape, is_stream, records, has_updates, named)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(LoadOptions, address, shape, people, first_number,
                                   run_in_seconds, seconds, records_exactly, watched, seed)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Slice, records, seconds, p50_ms, p99_ms, cpu, records_in_all)

std::string ToJson(const LoadOptions& options) { return nlohmann::json(options).dump(); }
LoadOptions LoadOptionsFromJson(const std::string& json) {
  return nlohmann::json::parse(json).get<LoadOptions>();
}
std::string ToJson(const Slice& slice) { return nlohmann::json(slice).dump(); }
Slice SliceFromJson(const std::string& json) { return nlohmann::json::parse(json).get<Slice>(); }

}  // namespace selfsame::bench
